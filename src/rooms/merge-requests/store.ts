import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { recordNotFound } from '../../kit/errors.ts';
import type { MergeRequestId, ProjectId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { MergeRequest, MergeRequestState } from './merge-request.ts';
import { mergeOptionsOf, mergeUnderWayOf, wishedTargetOf } from './merge-request-json.ts';

/** SQL of `merge_requests`: single rows. */

export type MergeRequestRow = Selectable<DB['merge_requests']> & {
  readonly assignee_ids: unknown;
  readonly reviewer_ids: unknown;
};

const idsOf = (json: unknown): readonly UserId[] => (Array.isArray(json) ? json.map((id) => Number(id) as UserId) : []);

const toState = (text: string): MergeRequestState => (text === 'closed' || text === 'merged' ? text : 'opened');

const toChecked = (row: MergeRequestRow): MergeRequest['checked'] =>
  row.checked_sha === null || row.checked_target_sha === null || row.has_conflicts === null
    ? null
    : { sha: row.checked_sha, targetSha: row.checked_target_sha, hasConflicts: row.has_conflicts };

export const toMergeRequest = (row: MergeRequestRow): MergeRequest => ({
  id: row.id as MergeRequestId,
  projectId: row.project_id as ProjectId,
  iid: row.iid,
  title: row.title,
  description: row.description,
  state: toState(row.state),
  authorId: row.author_id as UserId | null,
  assigneeIds: idsOf(row.assignee_ids),
  reviewerIds: idsOf(row.reviewer_ids),
  sourceBranch: row.source_branch,
  targetBranch: row.target_branch,
  labels: row.labels,
  sha: row.sha,
  baseSha: row.base_sha,
  startSha: row.start_sha,
  diffId: row.diff_id,
  pipelinedSha: row.pipelined_sha,
  checked: toChecked(row),
  squash: row.squash,
  removeSourceBranch: row.remove_source_branch,
  discussionLocked: row.discussion_locked,
  autoMerge:
    row.auto_merge_user_id === null
      ? null
      : {
          userId: row.auto_merge_user_id as UserId,
          options: mergeOptionsOf(row.auto_merge_options),
          targetBranch: wishedTargetOf(row.auto_merge_options),
        },
  mergeError: row.merge_error,
  merging: row.merging_sha === null ? null : mergeUnderWayOf(row.merging_sha, row.merging_options, row.target_branch),
  mergeCommitSha: row.merge_commit_sha,
  squashCommitSha: row.squash_commit_sha,
  mergeUserId: row.merge_user_id as UserId | null,
  mergedAt: row.merged_at,
  removalDue: row.removal_due,
  closedById: row.closed_by_id as UserId | null,
  closedAt: row.closed_at,
  updatedById: row.updated_by_id as UserId | null,
  lastEditedAt: row.last_edited_at,
  lastEditedById: row.last_edited_by_id as UserId | null,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const peopleOf = (part: 'assignee' | 'reviewer') => sql<unknown>`
  (select coalesce(jsonb_agg(user_id order by created_at, user_id), '[]') from merge_request_people
    where merge_request_id = merge_requests.id and part = ${part})`;

/** Whole rows with their people. Every reading of merge requests starts here. */
export const selectMergeRequests = (db: Db | Tx) =>
  db
    .selectFrom('merge_requests')
    .selectAll('merge_requests')
    .select([peopleOf('assignee').as('assignee_ids'), peopleOf('reviewer').as('reviewer_ids')]);

export const findMergeRequestByIid = async (
  db: Db | Tx,
  projectId: ProjectId,
  iid: number,
): Promise<MergeRequest | undefined> => {
  const row = await selectMergeRequests(db)
    .where('project_id', '=', projectId)
    .where('iid', '=', iid)
    .executeTakeFirst();
  return row === undefined ? undefined : toMergeRequest(row);
};

export const findMergeRequest = async (db: Db | Tx, id: MergeRequestId): Promise<MergeRequest | undefined> => {
  const row = await selectMergeRequests(db).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toMergeRequest(row);
};

/** The same, with the row locked to the end of the transaction. */
export const lockMergeRequest = async (tx: Tx, id: MergeRequestId): Promise<MergeRequest | undefined> => {
  const row = await selectMergeRequests(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row === undefined ? undefined : toMergeRequest(row);
};

/** Throws 404 when it is gone; from here to the end of the transaction it is not deleted. */
export const holdMergeRequest = async (tx: Tx, id: MergeRequestId): Promise<void> => {
  const row = await tx.selectFrom('merge_requests').select('id').where('id', '=', id).forKeyShare().executeTakeFirst();
  if (row === undefined) throw recordNotFound();
};

/**
 * Before `findOpenPair`: of two that would open the same pair of branches at once the second waits here, to the end of the first one's
 * transaction. Comes before every other lock.
 */
export const lockPairs = async (tx: Tx, projectId: ProjectId): Promise<void> => {
  await tx.selectFrom('projects').select('id').where('id', '=', projectId).forNoKeyUpdate().execute();
};

export interface NewMergeRequest {
  readonly projectId: ProjectId;
  readonly title: string;
  readonly description: string | null;
  readonly authorId: UserId;
  readonly sourceBranch: string;
  readonly targetBranch: string;
  readonly labels: readonly string[];
  readonly sha: string;
  readonly baseSha: string | null;
  readonly startSha: string;
  readonly squash: boolean;
  readonly removeSourceBranch: boolean;
  readonly discussionLocked: boolean | null;
}

/** Gives it the next number of its project, whose row is locked from here to the end of the transaction. */
export const insertMergeRequest = async (tx: Tx, wanted: NewMergeRequest, now: Date): Promise<MergeRequestId> => {
  const { rows } = await sql<{ readonly last: number }>`
    update projects set last_merge_request_iid = last_merge_request_iid + 1
    where id = ${wanted.projectId} and deleted_at is null
    returning last_merge_request_iid as last`.execute(tx);
  const iid = rows[0]?.last;
  if (iid === undefined) throw new Error(`project ${wanted.projectId} is gone`);
  const row = await tx
    .insertInto('merge_requests')
    .values({
      project_id: wanted.projectId,
      iid,
      title: wanted.title,
      description: wanted.description,
      author_id: wanted.authorId,
      source_branch: wanted.sourceBranch,
      target_branch: wanted.targetBranch,
      labels: [...wanted.labels],
      sha: wanted.sha,
      base_sha: wanted.baseSha,
      start_sha: wanted.startSha,
      squash: wanted.squash,
      remove_source_branch: wanted.removeSourceBranch,
      discussion_locked: wanted.discussionLocked,
      created_at: now,
      updated_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id as MergeRequestId;
};

/** The open one of this pair of branches. */
export const findOpenPair = async (
  db: Db | Tx,
  pair: Pick<MergeRequest, 'projectId' | 'sourceBranch' | 'targetBranch'>,
): Promise<{ readonly id: MergeRequestId; readonly iid: number } | undefined> => {
  const row = await db
    .selectFrom('merge_requests')
    .select(['id', 'iid'])
    .where('project_id', '=', pair.projectId)
    .where('source_branch', '=', pair.sourceBranch)
    .where('target_branch', '=', pair.targetBranch)
    .where('state', '=', 'opened')
    .executeTakeFirst();
  return row === undefined ? undefined : { id: row.id as MergeRequestId, iid: row.iid };
};

export const deleteMergeRequestRow = async (tx: Tx, id: MergeRequestId): Promise<void> => {
  await tx.deleteFrom('merge_requests').where('id', '=', id).execute();
};

/** Replaces everybody who has that part. */
export const replacePeople = async (
  tx: Tx,
  id: MergeRequestId,
  part: 'assignee' | 'reviewer',
  userIds: readonly UserId[],
  now: Date,
): Promise<void> => {
  await tx
    .deleteFrom('merge_request_people')
    .where('merge_request_id', '=', id)
    .where('part', '=', part)
    .where(sql<boolean>`user_id <> all(${[...userIds]}::bigint[])`)
    .execute();
  if (userIds.length === 0) return;
  await tx
    .insertInto('merge_request_people')
    .values(userIds.map((userId) => ({ merge_request_id: id, user_id: userId, part, created_at: now })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
};
