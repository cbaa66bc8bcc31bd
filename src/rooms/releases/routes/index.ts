import type { Route } from '../../../http/index.ts';
import type { ReleaseRouteDeps } from './deps.ts';
import { groupReleasesRoute } from './group-routes.ts';
import { linkRoutes } from './link-routes.ts';
import { permanentRoutes } from './permanent-routes.ts';
import { releaseRoutesOfProject } from './release-routes.ts';

/** Every route of releases. */
export const releaseRoutes = (deps: ReleaseRouteDeps): readonly Route[] => [
  ...releaseRoutesOfProject(deps),
  ...linkRoutes(deps),
  ...permanentRoutes(deps),
  groupReleasesRoute(deps),
];
