import { sql } from 'kysely';
import type { MergeRequestId, ProjectId, UserId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { ROLES, selfAndDescendants } from '../groups/index.ts';
import { isMember } from '../projects/index.ts';
import type { MergeRequest, MergeRequestState } from './merge-request.ts';
import { selectMergeRequests, toMergeRequest } from './store.ts';

/** SQL of `merge_requests`: many rows. */

/** Open ones that begin or end in one of these branches, oldest first. */
export const listOpenOfBranches = async (
  db: Db,
  projectId: ProjectId,
  branches: readonly string[],
): Promise<readonly MergeRequest[]> => {
  const rows = await selectMergeRequests(db)
    .where('project_id', '=', projectId)
    .where('state', '=', 'opened')
    .where(
      sql<boolean>`(source_branch = any(${[...branches]}::text[]) or target_branch = any(${[...branches]}::text[]))`,
    )
    .orderBy('id')
    .execute();
  return rows.map(toMergeRequest);
};

const BATCH = 100;

/** The newest pipeline of the head decides, its own before its branch's. */
const headPipelineStatus = sql<string | null>`(
  select pipelines.status from pipelines
  where pipelines.project_id = merge_requests.project_id and pipelines.sha = merge_requests.sha
    and pipelines.source <> 'parent_pipeline' and (
      pipelines.merge_request_id = merge_requests.id
      or (pipelines.ref = merge_requests.source_branch and not pipelines.tag and pipelines.source <> 'merge_request_event'))
  order by pipelines.merge_request_id is not null desc, pipelines.id desc limit 1)`;

/** Those that wait for a pipeline that has succeeded. */
export const listAutoMergesToTry = async (db: Db): Promise<readonly MergeRequest[]> => {
  const rows = await selectMergeRequests(db)
    .where('auto_merge_user_id', 'is not', null)
    .where('state', '=', 'opened')
    .where(headPipelineStatus, '=', 'success')
    .orderBy('id')
    .limit(BATCH)
    .execute();
  return rows.map(toMergeRequest);
};

/** Open ones whose head has had no pipeline asked for, untouched since that moment, with an author to ask for it. */
export const listUnpipelined = async (db: Db, before: Date): Promise<readonly MergeRequest[]> => {
  const rows = await selectMergeRequests(db)
    .where('state', '=', 'opened')
    .where(sql<boolean>`pipelined_sha is distinct from sha`)
    .where(sql<boolean>`base_sha is distinct from sha`)
    .where('author_id', 'is not', null)
    .where('updated_at', '<', before)
    .orderBy('id')
    .limit(BATCH)
    .execute();
  return rows.map(toMergeRequest);
};

/** Those with a merge that was begun before that moment and has not ended. */
export const listMergesUnderWay = async (db: Db, before: Date): Promise<readonly MergeRequest[]> => {
  const rows = await selectMergeRequests(db)
    .where('state', '=', 'opened')
    .where('merging_sha', 'is not', null)
    .where(sql<boolean>`(merging_options ->> 'at')::timestamptz <= ${before}`)
    .orderBy('id')
    .limit(BATCH)
    .execute();
  return rows.map(toMergeRequest);
};

/** Merged before that moment, with a source branch that is still to be deleted by somebody who is still there. */
export const listRemovalsDue = async (db: Db, before: Date): Promise<readonly MergeRequest[]> => {
  const rows = await selectMergeRequests(db)
    .where('removal_due', '=', true)
    .where('merge_user_id', 'is not', null)
    .where('merged_at', '<', before)
    .orderBy('id')
    .limit(BATCH)
    .execute();
  return rows.map(toMergeRequest);
};

/** Merged ones whose merge is to remove the source branch, or is about to be done with that. */
export const listRemovedByMerge = async (
  db: Db,
  projectId: ProjectId,
  branches: readonly string[],
): Promise<readonly MergeRequest[]> => {
  const rows = await selectMergeRequests(db)
    .where('project_id', '=', projectId)
    .where('removal_due', '=', true)
    .where('source_branch', 'in', [...branches])
    .orderBy('id')
    .execute();
  return rows.map(toMergeRequest);
};

/** People by id, by username (lower case), or by absence and presence. */
export type PersonFilter = { readonly id: UserId } | { readonly username: string } | 'none' | 'any';

export interface MergeRequestFilter {
  /** Where to look: one project, a group with all below it, or everywhere. */
  readonly place:
    | { readonly kind: 'project'; readonly id: ProjectId }
    | { readonly kind: 'group'; readonly id: number }
    | { readonly kind: 'everywhere' };
  readonly states?: readonly MergeRequestState[] | undefined;
  readonly iids?: readonly number[] | undefined;
  readonly sourceBranch?: string | undefined;
  readonly targetBranch?: string | undefined;
  readonly authorId?: number | undefined;
  readonly authorUsername?: string | undefined;
  readonly assignee?: PersonFilter | undefined;
  readonly reviewer?: PersonFilter | undefined;
  /** Besides: what somebody has to do with it. */
  readonly scope?: { readonly part: 'author' | 'assignee' | 'reviewer'; readonly id: UserId } | undefined;
  /** All of them; `'none'`: without any. */
  readonly labels?: readonly string[] | 'none' | 'any' | undefined;
  /** In the title or the description. */
  readonly search?: { readonly text: string; readonly in: readonly ('title' | 'description')[] } | undefined;
  readonly draft?: boolean | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  readonly updatedAfter?: Date | undefined;
  readonly updatedBefore?: Date | undefined;
  readonly nonArchived?: boolean | undefined;
  /** Whether anybody has approved it. */
  readonly approved?: boolean | undefined;
  /** What it must not have; of labels none. */
  readonly not?:
    | {
        readonly author?: { readonly id: UserId } | { readonly username: string } | undefined;
        readonly assignee?: PersonFilter | undefined;
        readonly reviewer?: PersonFilter | undefined;
        readonly labels?: readonly string[] | 'none' | 'any' | undefined;
      }
    | undefined;
}

export const MERGE_REQUEST_ORDERS = ['created_at', 'updated_at', 'merged_at', 'title'] as const;

export interface MergeRequestOrder {
  readonly column: (typeof MERGE_REQUEST_ORDERS)[number];
  readonly direction: 'asc' | 'desc';
}

const userOf = (filter: { readonly id: UserId } | { readonly username: string }) =>
  'id' in filter ? sql`${filter.id}` : sql`(select id from users where lower(username) = ${filter.username})`;

const person = (part: 'assignee' | 'reviewer', filter: PersonFilter) => {
  const of = sql`from merge_request_people where merge_request_id = merge_requests.id and part = ${part}`;
  if (filter === 'none') return sql<boolean>`not exists (select ${of})`;
  if (filter === 'any') return sql<boolean>`exists (select ${of})`;
  return sql<boolean>`exists (select ${of} and user_id = ${userOf(filter)})`;
};

const scopeCondition = ({ part, id }: NonNullable<MergeRequestFilter['scope']>) =>
  part === 'author' ? sql<boolean>`merge_requests.author_id = ${id}` : person(part, { id });

const negationsOf = ({ author, assignee, reviewer, labels }: NonNullable<MergeRequestFilter['not']>) => {
  const all = [];
  if (author !== undefined) all.push(sql<boolean>`merge_requests.author_id is distinct from ${userOf(author)}`);
  if (assignee !== undefined) all.push(sql<boolean>`not ${person('assignee', assignee)}`);
  if (reviewer !== undefined) all.push(sql<boolean>`not ${person('reviewer', reviewer)}`);
  if (labels === 'none') all.push(sql<boolean>`merge_requests.labels <> '{}'`);
  else if (labels === 'any') all.push(sql<boolean>`merge_requests.labels = '{}'`);
  else if (labels !== undefined) all.push(sql<boolean>`not merge_requests.labels && ${[...labels]}::text[]`);
  return all;
};

const isApproved = sql<boolean>`exists (
  select from merge_request_approvals where merge_request_id = merge_requests.id)`;

/** Reading merge requests is reading code: of private projects from planner on. */
const visibleTo = (viewer: User | undefined, now: Date) => {
  if (viewer === undefined) return sql<boolean>`projects.visibility = 'public'`;
  if (viewer.admin) return sql<boolean>`true`;
  return sql<boolean>`(projects.visibility in ('public', 'internal') or ${isMember(viewer.id, ROLES.planner, now)})`;
};

const DRAFT_TITLE = String.raw`^\s*(\[draft\]|\(draft\)|draft:)`;

const likeOf = (text: string): string => `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;

/** What narrows the place and what people did there, as conditions. */
const conditionsOf = (filter: MergeRequestFilter, viewer: User | undefined, now: Date) => {
  const { place, labels, search } = filter;
  const all = [sql<boolean>`projects.deleted_at is null`];
  if (place.kind === 'project') all.push(sql<boolean>`merge_requests.project_id = ${place.id}`);
  else all.push(visibleTo(viewer, now));
  if (place.kind === 'group') {
    all.push(sql<boolean>`projects.namespace_id in ${selfAndDescendants(sql`${place.id}`)}`);
  }
  if (filter.nonArchived === true) all.push(sql<boolean>`not projects.archived`);
  if (filter.states !== undefined) all.push(sql<boolean>`merge_requests.state = any(${[...filter.states]}::text[])`);
  if (filter.iids !== undefined) all.push(sql<boolean>`merge_requests.iid = any(${[...filter.iids]}::bigint[])`);
  if (filter.sourceBranch !== undefined) all.push(sql<boolean>`merge_requests.source_branch = ${filter.sourceBranch}`);
  if (filter.targetBranch !== undefined) all.push(sql<boolean>`merge_requests.target_branch = ${filter.targetBranch}`);
  if (filter.authorId !== undefined) all.push(sql<boolean>`merge_requests.author_id = ${filter.authorId}`);
  if (filter.authorUsername !== undefined) {
    const name = filter.authorUsername.toLowerCase();
    all.push(sql<boolean>`merge_requests.author_id in (select id from users where lower(username) = ${name})`);
  }
  if (filter.assignee !== undefined) all.push(person('assignee', filter.assignee));
  if (filter.reviewer !== undefined) all.push(person('reviewer', filter.reviewer));
  if (filter.scope !== undefined) all.push(scopeCondition(filter.scope));
  if (labels === 'none') all.push(sql<boolean>`merge_requests.labels = '{}'`);
  else if (labels === 'any') all.push(sql<boolean>`merge_requests.labels <> '{}'`);
  else if (labels !== undefined) all.push(sql<boolean>`merge_requests.labels @> ${[...labels]}::text[]`);
  if (search !== undefined) {
    const like = likeOf(search.text);
    const places = search.in.map((column) => sql<boolean>`lower(merge_requests.${sql.ref(column)}) like ${like}`);
    all.push(sql<boolean>`(${sql.join(places, sql` or `)})`);
  }
  if (filter.draft !== undefined) all.push(sql<boolean>`(merge_requests.title ~* ${DRAFT_TITLE}) = ${filter.draft}`);
  if (filter.createdAfter !== undefined) all.push(sql<boolean>`merge_requests.created_at >= ${filter.createdAfter}`);
  if (filter.createdBefore !== undefined) all.push(sql<boolean>`merge_requests.created_at <= ${filter.createdBefore}`);
  if (filter.updatedAfter !== undefined) all.push(sql<boolean>`merge_requests.updated_at >= ${filter.updatedAfter}`);
  if (filter.updatedBefore !== undefined) all.push(sql<boolean>`merge_requests.updated_at <= ${filter.updatedBefore}`);
  if (filter.approved !== undefined) all.push(sql<boolean>`${isApproved} = ${filter.approved}`);
  if (filter.not !== undefined) all.push(...negationsOf(filter.not));
  return sql<boolean>`${sql.join(all, sql` and `)}`;
};

const idsOf = (filter: MergeRequestFilter, viewer: User | undefined, now: Date) => sql<number>`
  select merge_requests.id from merge_requests join projects on projects.id = merge_requests.project_id
  where ${conditionsOf(filter, viewer, now)}`;

export const listMergeRequests = async (
  db: Db,
  viewer: { readonly user: User | undefined; readonly now: Date },
  filter: MergeRequestFilter,
  order: MergeRequestOrder,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly MergeRequest[]> => {
  const rows = await selectMergeRequests(db)
    .where(sql<boolean>`merge_requests.id in (${idsOf(filter, viewer.user, viewer.now)})`)
    .orderBy(`merge_requests.${order.column}`, (by) => (order.direction === 'asc' ? by.asc() : by.desc()).nullsLast())
    .orderBy('merge_requests.id', order.direction)
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toMergeRequest);
};

export const countMergeRequests = async (
  db: Db,
  viewer: { readonly user: User | undefined; readonly now: Date },
  filter: MergeRequestFilter,
): Promise<number> => {
  const { rows } = await sql<{ readonly total: number }>`
    select count(*) as total from (${idsOf(filter, viewer.user, viewer.now)}) as found`.execute(db);
  return Number(rows[0]?.total ?? 0);
};

/** How many comments each has; absent: none. */
export const countNotes = async (
  db: Db,
  ids: readonly MergeRequestId[],
): Promise<ReadonlyMap<MergeRequestId, number>> => {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('notes')
    .select(['merge_request_id', (select) => select.fn.countAll<number>().as('total')])
    .where('merge_request_id', 'in', [...ids])
    .groupBy('merge_request_id')
    .execute();
  return new Map(rows.map((row) => [row.merge_request_id as MergeRequestId, Number(row.total)]));
};

/** Of one project: those of `iids`, and those whose merge or squash came to that commit (`isResult`), with their bases. */
export const listBasesOfCommit = async (
  db: Db,
  projectId: ProjectId,
  { sha, iids }: { readonly sha: string; readonly iids: readonly number[] },
): Promise<readonly { readonly iid: number; readonly baseSha: string | null; readonly isResult: boolean }[]> => {
  const isResult = sql<boolean>`coalesce(${sha} in (merge_commit_sha, squash_commit_sha), false)`;
  const rows = await db
    .selectFrom('merge_requests')
    .select(['iid', 'base_sha', isResult.as('is_result')])
    .where('project_id', '=', projectId)
    .where(sql<boolean>`(iid = any(${[...iids]}::int[]) or merge_commit_sha = ${sha} or squash_commit_sha = ${sha})`)
    .execute();
  return rows.map((row) => ({ iid: row.iid, baseSha: row.base_sha, isResult: row.is_result }));
};
