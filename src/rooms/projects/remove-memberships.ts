import type { UserId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';

/** Takes a user out of every project and group, at once and for good. */
export const removeMemberships = async (tx: Tx, userId: UserId): Promise<void> => {
  await tx.deleteFrom('project_members').where('user_id', '=', userId).execute();
  await tx.deleteFrom('group_members').where('user_id', '=', userId).execute();
};
