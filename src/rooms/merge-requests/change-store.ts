import { sql } from 'kysely';
import type { MergeRequestId, UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { MergeHead, MergeOptions, MergeRequest, MergeUnderWay } from './merge-request.ts';

/** SQL of `merge_requests`: changes. All but the first say by their answer whether the row was as expected. */

/** What people change. Absent: as it is. */
export interface MergeRequestChanges {
  readonly title?: string;
  readonly description?: string | null;
  readonly targetBranch?: string;
  readonly labels?: readonly string[];
  readonly squash?: boolean;
  readonly removeSourceBranch?: boolean;
  readonly discussionLocked?: boolean | null;
}

/** `targetBranch` is for another one than it has: whoever waited to merge it into the old one waits no longer. */
export const updateMergeRequest = async (
  tx: Tx,
  id: MergeRequestId,
  changes: MergeRequestChanges,
  by: { readonly userId: UserId; readonly at: Date },
): Promise<void> => {
  const { title, description, targetBranch, labels, squash, removeSourceBranch, discussionLocked } = changes;
  await tx
    .updateTable('merge_requests')
    .set({
      updated_at: by.at,
      updated_by_id: by.userId,
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...((title ?? description) !== undefined && { last_edited_at: by.at, last_edited_by_id: by.userId }),
      ...(targetBranch !== undefined && {
        target_branch: targetBranch,
        auto_merge_user_id: null,
        auto_merge_options: null,
        merge_error: null,
      }),
      ...(labels !== undefined && { labels: [...labels] }),
      ...(squash !== undefined && { squash }),
      ...(removeSourceBranch !== undefined && { remove_source_branch: removeSourceBranch }),
      ...(discussionLocked !== undefined && { discussion_locked: discussionLocked }),
    })
    .where('id', '=', id)
    .execute();
};

export const touchMergeRequest = async (tx: Tx, id: MergeRequestId, now: Date): Promise<void> => {
  await tx.updateTable('merge_requests').set({ updated_at: now }).where('id', '=', id).execute();
};

/**
 * What git says of an open one; with a new head, whoever waited for the old one's pipeline waits no longer. False: since it was read,
 * somebody else has said something of its head, or given it another target branch.
 */
export const updateHead = async (
  tx: Tx,
  known: Pick<MergeRequest, 'id' | 'sha' | 'diffId' | 'targetBranch'>,
  head: MergeHead,
  how: { readonly needsPipeline: boolean; readonly at: Date },
): Promise<boolean> => {
  const result = await tx
    .updateTable('merge_requests')
    .set({
      sha: head.sha,
      base_sha: head.baseSha,
      start_sha: head.startSha,
      diff_id: sql<number>`nextval('merge_request_diff_ids')`,
      ...(head.sha !== known.sha && {
        auto_merge_user_id: null,
        auto_merge_options: null,
        merge_error: null,
        updated_at: how.at,
        ...(!how.needsPipeline && { pipelined_sha: head.sha }),
      }),
    })
    .where('id', '=', known.id)
    .where('state', '=', 'opened')
    .where('diff_id', '=', known.diffId)
    .where('target_branch', '=', known.targetBranch)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** For the transaction that writes the pipeline: false when another one has it for this head. */
export const claimPipeline = async (tx: Tx, id: MergeRequestId, sha: string): Promise<boolean> => {
  const result = await tx
    .updateTable('merge_requests')
    .set({ pipelined_sha: sha })
    .where('id', '=', id)
    .where('sha', '=', sha)
    .where('pipelined_sha', 'is distinct from', sha)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

export const updateChecked = async (
  db: Db,
  id: MergeRequestId,
  checked: { readonly sha: string; readonly targetSha: string; readonly hasConflicts: boolean },
): Promise<void> => {
  await db
    .updateTable('merge_requests')
    .set({ checked_sha: checked.sha, checked_target_sha: checked.targetSha, has_conflicts: checked.hasConflicts })
    .where('id', '=', id)
    .execute();
};

/** Not while a merge is under way. */
export const closeMergeRequestRow = async (tx: Tx, id: MergeRequestId, userId: UserId, now: Date): Promise<boolean> => {
  const result = await tx
    .updateTable('merge_requests')
    .set({
      state: 'closed',
      closed_by_id: userId,
      closed_at: now,
      updated_at: now,
      auto_merge_user_id: null,
      auto_merge_options: null,
    })
    .where('id', '=', id)
    .where('state', '=', 'opened')
    .where('merging_sha', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Its head gets no pipeline because of this. */
export const reopenMergeRequestRow = async (tx: Tx, id: MergeRequestId, now: Date): Promise<boolean> => {
  const result = await tx
    .updateTable('merge_requests')
    .set({
      state: 'opened',
      closed_by_id: null,
      closed_at: null,
      updated_at: now,
      pipelined_sha: sql<string>`sha`,
    })
    .where('id', '=', id)
    .where('state', '=', 'closed')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** False: its head or its target branch is another one by now. */
export const wishAutoMerge = async (
  db: Db,
  { id, sha, targetBranch }: Pick<MergeRequest, 'id' | 'sha' | 'targetBranch'>,
  wish: { readonly userId: UserId; readonly options: MergeOptions },
  now: Date,
): Promise<boolean> => {
  const result = await db
    .updateTable('merge_requests')
    .set({
      auto_merge_user_id: wish.userId,
      auto_merge_options: JSON.stringify({ ...wish.options, targetBranch }),
      merge_error: null,
      updated_at: now,
    })
    .where('id', '=', id)
    .where('state', '=', 'opened')
    .where('sha', '=', sha)
    .where('target_branch', '=', targetBranch)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Of this head only: what is wished of a newer one stays. */
export const endAutoMerge = async (
  db: Db,
  { id, sha }: Pick<MergeRequest, 'id' | 'sha'>,
  about: { readonly mergeError: string | null; readonly at: Date },
): Promise<void> => {
  await db
    .updateTable('merge_requests')
    .set({
      auto_merge_user_id: null,
      auto_merge_options: null,
      merge_error: about.mergeError,
      updated_at: about.at,
    })
    .where('id', '=', id)
    .where('state', '=', 'opened')
    .where('sha', '=', sha)
    .where('auto_merge_user_id', 'is not', null)
    .execute();
};

/** Notes what the target branch is about to be moved to. False: it has changed, or another merge of it is under way. */
export const beginMerge = async (
  db: Db,
  { id, sha }: Pick<MergeRequest, 'id' | 'sha'>,
  { sha: to, at, ...rest }: MergeUnderWay,
): Promise<boolean> => {
  const result = await db
    .updateTable('merge_requests')
    .set({ merging_sha: to, merging_options: JSON.stringify({ ...rest, at: at.toISOString() }) })
    .where('id', '=', id)
    .where('state', '=', 'opened')
    .where('sha', '=', sha)
    .where('target_branch', '=', rest.targetBranch)
    .where('merging_sha', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** The ref did not move. */
export const abandonMerge = async (db: Db, id: MergeRequestId, to: string): Promise<void> => {
  await db
    .updateTable('merge_requests')
    .set({ merging_sha: null, merging_options: null })
    .where('id', '=', id)
    .where('state', '=', 'opened')
    .where('merging_sha', '=', to)
    .execute();
};

export const mergeMergeRequestRow = async (
  tx: Tx,
  id: MergeRequestId,
  merge: Pick<MergeUnderWay, 'head' | 'userId' | 'mergeCommitSha' | 'squashCommitSha' | 'removeSourceBranch'>,
  now: Date,
): Promise<boolean> => {
  const { head } = merge;
  const result = await tx
    .updateTable('merge_requests')
    .set({
      ...(head !== null && { sha: head.sha, base_sha: head.baseSha, start_sha: head.startSha }),
      state: 'merged',
      merge_user_id: merge.userId,
      merged_at: now,
      merge_commit_sha: merge.mergeCommitSha,
      squash_commit_sha: merge.squashCommitSha,
      removal_due: merge.removeSourceBranch,
      auto_merge_user_id: null,
      auto_merge_options: null,
      merging_sha: null,
      merging_options: null,
      merge_error: null,
      updated_at: now,
    })
    .where('id', '=', id)
    .where('state', '=', 'opened')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

export const clearRemovalDue = async (db: Db, id: MergeRequestId): Promise<void> => {
  await db.updateTable('merge_requests').set({ removal_due: false }).where('id', '=', id).execute();
};

export const updateMergeError = async (db: Db, id: MergeRequestId, mergeError: string): Promise<void> => {
  await db.updateTable('merge_requests').set({ merge_error: mergeError }).where('id', '=', id).execute();
};
