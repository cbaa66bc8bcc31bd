import type { Route } from '../../../http/index.ts';
import { changeUserRoutes } from './change-user-routes.ts';
import type { AccountRouteDeps } from './deps.ts';
import { emailRoutes } from './email-routes.ts';
import { impersonationRoutes } from './impersonation-routes.ts';
import { moderationRoutes } from './moderation-routes.ts';
import { serverRoutes } from './server-routes.ts';
import { sshKeyRoutes } from './ssh-key-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { userRoutes } from './user-routes.ts';

/** Every route of the room under `/api/v4`. */
export const accountRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  ...serverRoutes(deps),
  ...userRoutes(deps),
  ...changeUserRoutes(deps),
  ...moderationRoutes(deps),
  ...sshKeyRoutes(deps),
  ...emailRoutes(deps),
  ...tokenRoutes(deps),
  ...impersonationRoutes(deps),
];
