export type { Environment } from './environment-store.ts';
export { findEnvironment, updateEnvironmentUrl } from './environment-store.ts';
export { environmentsOnFact } from './on-facts.ts';
export { environmentRoutes } from './routes.ts';
export { tierOf } from './tier.ts';
