import type { Route } from '../../../http/index.ts';
import type { AccountRouteDeps } from './deps.ts';
import { serverRoutes } from './server-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { userRoutes } from './user-routes.ts';

/** Every route of the room under `/api/v4`. */
export const accountRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  ...serverRoutes(deps),
  ...userRoutes(deps),
  ...tokenRoutes(deps),
];
