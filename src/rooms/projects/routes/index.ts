import type { Route } from '../../../http/index.ts';
import { accessTokenRoutes } from './access-token-routes.ts';
import { deployTokenRoutes } from './deploy-token-routes.ts';
import type { ProjectRouteDeps } from './deps.ts';
import { jobTokenScopeRoutes } from './job-token-scope-routes.ts';
import { projectListRoutes } from './list-routes.ts';
import { projectMemberRoutes } from './member-routes.ts';
import { singleProjectRoutes } from './project-routes.ts';
import { protectedBranchRoutes } from './protected-branch-routes.ts';
import { protectedTagRoutes } from './protected-tag-routes.ts';

import { transferRoutes } from './transfer-routes.ts';

/** Every route of the room. */
export const projectRoutes = (deps: ProjectRouteDeps): readonly Route[] => [
  ...projectListRoutes(deps),
  ...singleProjectRoutes(deps),
  ...transferRoutes(deps),
  ...projectMemberRoutes(deps),
  ...protectedBranchRoutes(deps),
  ...protectedTagRoutes(deps),
  ...accessTokenRoutes(deps),
  ...deployTokenRoutes(deps),
  ...jobTokenScopeRoutes(deps),
];
