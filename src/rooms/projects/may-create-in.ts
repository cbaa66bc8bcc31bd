import type { Clock } from '../../kit/clock.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Namespace, User } from '../accounts/index.ts';
import { findGroupById, findGroupRole, groupCan } from '../groups/index.ts';

/** Whether a user may make projects in a namespace: in their own, and in groups from the role on that the group says. */
export const mayCreateIn = async (
  deps: { readonly db: Db; readonly clock: Clock },
  user: User,
  namespace: Pick<Namespace, 'id' | 'kind' | 'ownerId'>,
): Promise<boolean> => {
  if (namespace.kind === 'user') return user.admin || namespace.ownerId === user.id;
  const group = await findGroupById(deps.db, namespace.id);
  const role = group && (await findGroupRole(deps.db, user, group.id, deps.clock.now()));
  return group !== undefined && groupCan(user, 'create_projects', group, role);
};
