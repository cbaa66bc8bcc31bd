import type { Route } from '../../../http/index.ts';
import { branchRoutes } from './branch-routes.ts';
import { commitRoutes } from './commit-routes.ts';
import type { RepositoryRouteDeps } from './deps.ts';
import { fileRoutes } from './file-routes.ts';
import { tagRoutes } from './tag-routes.ts';
import { treeRoutes } from './tree-routes.ts';

/** `/projects/:id/repository/…`. */
export const repositoryRoutes = (deps: RepositoryRouteDeps): readonly Route[] => [
  ...branchRoutes(deps),
  ...commitRoutes(deps),
  ...fileRoutes(deps),
  ...tagRoutes(deps),
  ...treeRoutes(deps),
];
