import type { Route } from '../../http/index.ts';

/** R/… of the API. */
export const repositoryRoutes = (_deps: object): readonly Route[] => [];
