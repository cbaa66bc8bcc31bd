import { sql } from 'kysely';
import type { MergeRequestId, PipelineId, ProjectId, ScheduleId, UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { Status } from '../../wire/statuses.ts';
import type { Pipeline } from './pipeline.ts';
import { toPipeline } from './pipeline-store.ts';

/** SQL of the pipelines list and of what a pipeline's answer adds to its row. */

export interface PipelineFilter {
  readonly projectId: ProjectId;
  /** Any of these; none of them with `[]`. */
  readonly statuses?: readonly Status[];
  /** `scope=branches` / `tags`: only the newest pipeline of each branch or tag. */
  readonly newestOfEach?: 'branches' | 'tags';
  readonly ref?: string;
  readonly sha?: string;
  readonly yamlErrors?: boolean;
  readonly username?: string;
  readonly userId?: UserId;
  readonly updatedBefore?: Date;
  readonly updatedAfter?: Date;
  readonly createdBefore?: Date;
  readonly createdAfter?: Date;
  readonly source?: string;
  readonly name?: string;
  readonly triggerId?: number;
  readonly scheduleId?: ScheduleId;
  readonly mergeRequest?: PipelinesOfMergeRequest;
}

/** Its own pipelines, and those of its source branch for these commits. */
export interface PipelinesOfMergeRequest {
  readonly id: MergeRequestId;
  readonly sourceBranch: string;
  readonly shas: readonly string[];
}

export interface PipelineOrder {
  readonly column: 'id' | 'status' | 'ref' | 'updated_at' | 'user_id';
  readonly direction: 'asc' | 'desc';
}

const filtered = (db: Db, filter: PipelineFilter) => {
  let query = db.selectFrom('pipelines').where('pipelines.project_id', '=', filter.projectId);
  if (filter.statuses !== undefined) query = query.where(sql<boolean>`status = any(${[...filter.statuses]}::text[])`);
  if (filter.newestOfEach !== undefined) {
    const tags = filter.newestOfEach === 'tags';
    const { scheduleId } = filter;
    query = query.where('pipelines.id', 'in', (sub) =>
      sub
        .selectFrom('pipelines as newest')
        .select((one) => one.fn.max('newest.id').as('id'))
        .where('newest.project_id', '=', filter.projectId)
        .where('newest.tag', '=', tags)
        .where('newest.source', '<>', 'merge_request_event')
        .$if(scheduleId !== undefined, (of) => of.where('newest.schedule_id', '=', scheduleId ?? null))
        .groupBy('newest.ref'),
    );
  }
  if (filter.ref !== undefined) query = query.where('ref', '=', filter.ref);
  if (filter.sha !== undefined) query = query.where('sha', '=', filter.sha);
  if (filter.yamlErrors !== undefined) {
    query = query.where('yaml_errors', filter.yamlErrors ? 'is not' : 'is', null);
  }
  if (filter.username !== undefined) {
    const { username } = filter;
    query = query.where('user_id', 'in', (sub) =>
      sub.selectFrom('users').select('users.id').where(sql`lower(users.username)`, '=', username.toLowerCase()),
    );
  }
  if (filter.userId !== undefined) query = query.where('user_id', '=', filter.userId);
  if (filter.updatedBefore !== undefined) query = query.where('updated_at', '<', filter.updatedBefore);
  if (filter.updatedAfter !== undefined) query = query.where('updated_at', '>', filter.updatedAfter);
  if (filter.createdBefore !== undefined) query = query.where('created_at', '<', filter.createdBefore);
  if (filter.createdAfter !== undefined) query = query.where('created_at', '>', filter.createdAfter);
  // Child pipelines are seen from their parents; `source=parent_pipeline` lists them.
  query =
    filter.source === undefined
      ? query.where('source', '<>', 'parent_pipeline')
      : query.where('source', '=', filter.source);
  if (filter.name !== undefined) query = query.where('name', '=', filter.name);
  if (filter.triggerId !== undefined) query = query.where('trigger_id', '=', filter.triggerId);
  if (filter.scheduleId !== undefined) query = query.where('schedule_id', '=', filter.scheduleId);
  if (filter.mergeRequest !== undefined) query = query.where(ofMergeRequest(filter.mergeRequest));
  return query;
};

const ofMergeRequest = ({ id, sourceBranch, shas }: PipelinesOfMergeRequest) => sql<boolean>`(
  pipelines.merge_request_id = ${id} or (
    pipelines.ref = ${sourceBranch} and not pipelines.tag and pipelines.source <> 'merge_request_event'
    and pipelines.sha = any(${[...shas]}::text[])
  ))`;

/** The one that decides whether the merge request may be merged: of its head, its own before its branch's, the newest. */
export async function findHeadPipeline(
  db: Db | Tx,
  projectId: ProjectId,
  of: { readonly id: MergeRequestId; readonly sourceBranch: string; readonly sha: string },
): Promise<Pipeline | undefined> {
  const row = await db
    .selectFrom('pipelines')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('sha', '=', of.sha)
    .where('source', '<>', 'parent_pipeline')
    .where(ofMergeRequest({ ...of, shas: [of.sha] }))
    .orderBy(sql`merge_request_id is not null`, 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : toPipeline(row);
}

export async function listPipelines(
  db: Db,
  filter: PipelineFilter,
  order: PipelineOrder,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly Pipeline[]> {
  let query = filtered(db, filter).selectAll('pipelines').orderBy(`pipelines.${order.column}`, order.direction);
  if (order.column !== 'id') query = query.orderBy('pipelines.id', order.direction);
  const rows = await query.limit(page.limit).offset(page.offset).execute();
  return rows.map(toPipeline);
}

export async function findNewestPipelineOfSchedule(db: Db, id: ScheduleId): Promise<Pipeline | undefined> {
  const row = await db
    .selectFrom('pipelines')
    .selectAll()
    .where('schedule_id', '=', id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : toPipeline(row);
}

export async function countPipelines(db: Db, filter: PipelineFilter): Promise<number> {
  const row = await filtered(db, filter)
    .select((one) => one.fn.countAll<number>().as('count'))
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

export interface PipelineSummary {
  /** Jobs that may fail did, and nothing worse: the pipeline "passed with warnings". */
  readonly warnings: boolean;
  /** Mean of the latest jobs' coverage in percent. */
  readonly coverage: number | null;
}

export async function findPipelineSummary(db: Db, id: PipelineId): Promise<PipelineSummary> {
  const { rows } = await sql<{ readonly warnings: boolean | null; readonly coverage: string | null }>`
    select bool_or(allow_failure and status in ('failed', 'canceled')) as warnings, avg(coverage) as coverage
    from jobs where pipeline_id = ${id} and not retried`.execute(db);
  const row = rows[0];
  return {
    warnings: row?.warnings ?? false,
    coverage: row === undefined || row.coverage === null ? null : Number(row.coverage),
  };
}
