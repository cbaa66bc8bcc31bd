import type { Route } from '../../../http/index.ts';
import type { ProjectRouteDeps } from './deps.ts';
import { jobTokenScopeRoutes } from './job-token-scope-routes.ts';
import { projectListRoutes } from './list-routes.ts';
import { memberRoutes } from './member-routes.ts';
import { singleProjectRoutes } from './project-routes.ts';
import { protectedBranchRoutes } from './protected-branch-routes.ts';

/** Every route of the room. */
export const projectRoutes = (deps: ProjectRouteDeps): readonly Route[] => [
  ...projectListRoutes(deps),
  ...singleProjectRoutes(deps),
  ...memberRoutes(deps),
  ...protectedBranchRoutes(deps),
  ...jobTokenScopeRoutes(deps),
];
