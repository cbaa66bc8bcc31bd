import type { Route } from '../../../http/index.ts';
import type { GroupRouteDeps } from './deps.ts';
import { groupListRoutes } from './group-list-routes.ts';
import { groupMemberRoutes } from './group-member-routes.ts';
import { singleGroupRoutes } from './group-routes.ts';
import { groupTransferRoutes } from './group-transfer-routes.ts';
import { namespaceRoutes } from './namespace-routes.ts';

/** Every route of the room. */
export const groupRoutes = (deps: GroupRouteDeps): readonly Route[] => [
  ...groupListRoutes(deps),
  ...singleGroupRoutes(deps),
  ...groupTransferRoutes(deps),
  ...groupMemberRoutes(deps),
  ...namespaceRoutes(deps),
];
