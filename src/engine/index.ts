export { ALLOWED, isAllowed } from './allowed.ts';
export { applyMove, findMove, transition } from './transition.ts';
export { compositeStatus } from './composite.ts';
export type * from './types.ts';
