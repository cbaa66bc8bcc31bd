import type { MergeRequestId, UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';

/** SQL of `merge_request_approvals`. */

export interface Approval {
  readonly userId: UserId;
  readonly createdAt: Date;
}

/** Oldest first. */
export const listApprovals = async (db: Db | Tx, id: MergeRequestId): Promise<readonly Approval[]> => {
  const rows = await db
    .selectFrom('merge_request_approvals')
    .select(['user_id', 'created_at'])
    .where('merge_request_id', '=', id)
    .orderBy('created_at')
    .orderBy('user_id')
    .execute();
  return rows.map((row) => ({ userId: row.user_id as UserId, createdAt: row.created_at }));
};

export const countApprovals = async (db: Db | Tx, id: MergeRequestId): Promise<number> =>
  (await listApprovals(db, id)).length;

/** False: they had approved it before. */
export const insertApproval = async (tx: Tx, id: MergeRequestId, userId: UserId, now: Date): Promise<boolean> => {
  const result = await tx
    .insertInto('merge_request_approvals')
    .values({ merge_request_id: id, user_id: userId, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
};

/** False: they had not. */
export const deleteApproval = async (tx: Tx, id: MergeRequestId, userId: UserId): Promise<boolean> => {
  const result = await tx
    .deleteFrom('merge_request_approvals')
    .where('merge_request_id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
};
