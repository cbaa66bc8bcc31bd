import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { MergeRequestId, PipelineId, ProjectId, ScheduleId, TriggerId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import { jsonParameter } from '../../platform/postgres/index.ts';
import type { PipelineFailureReason, PipelineSource, Status } from '../../wire/statuses.ts';
import type { Pipeline } from './pipeline.ts';

/** SQL of the table `pipelines`. */

export const toPipeline = (row: Selectable<DB['pipelines']>): Pipeline => ({
  id: row.id as PipelineId,
  projectId: row.project_id as ProjectId,
  iid: row.iid,
  ref: row.ref,
  tag: row.tag,
  sha: row.sha,
  beforeSha: row.before_sha,
  source: row.source as PipelineSource,
  configSource: row.config_source,
  status: row.status as Status,
  failureReason: row.failure_reason as PipelineFailureReason | null,
  yamlErrors: row.yaml_errors,
  name: row.name,
  userId: row.user_id as UserId | null,
  triggerId: row.trigger_id as TriggerId | null,
  triggerShortToken: row.trigger_short_token,
  scheduleId: row.schedule_id as ScheduleId | null,
  mergeRequestId: row.merge_request_id as MergeRequestId | null,
  protected: row.protected,
  autoCancelOnNewCommit: row.auto_cancel_on_new_commit as Pipeline['autoCancelOnNewCommit'],
  autoCancelOnJobFailure: row.auto_cancel_on_job_failure as Pipeline['autoCancelOnJobFailure'],
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  duration: row.duration,
});

export async function findPipeline(db: Db | Tx, projectId: ProjectId, id: number): Promise<Pipeline | undefined> {
  const row = await db
    .selectFrom('pipelines')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : toPipeline(row);
}

export async function findPipelineById(db: Db | Tx, id: PipelineId): Promise<Pipeline | undefined> {
  const row = await db.selectFrom('pipelines').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toPipeline(row);
}

export async function findPipelinesByIds(
  db: Db | Tx,
  ids: readonly PipelineId[],
): Promise<ReadonlyMap<PipelineId, Pipeline>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('pipelines')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id as PipelineId, toPipeline(row)]));
}

/** The newest pipeline for this ref and this commit; child pipelines do not count. */
export async function findLatestPipeline(
  db: Db | Tx,
  projectId: ProjectId,
  ref: string,
  sha: string,
): Promise<Pipeline | undefined> {
  const row = await db
    .selectFrom('pipelines')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('ref', '=', ref)
    .where('sha', '=', sha)
    .where('source', '<>', 'parent_pipeline')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : toPipeline(row);
}

/** The newest pipeline of a commit, whatever its ref. */
export async function findNewestPipelineOfCommit(
  db: Db | Tx,
  projectId: ProjectId,
  sha: string,
): Promise<Pipeline | undefined> {
  const row = await db
    .selectFrom('pipelines')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('sha', '=', sha)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : toPipeline(row);
}

export interface NewPipeline {
  readonly ref: string;
  readonly tag: boolean;
  readonly sha: string;
  readonly beforeSha: string;
  readonly source: PipelineSource;
  readonly status: Status;
  readonly failureReason: PipelineFailureReason | null;
  readonly yamlErrors: string | null;
  readonly name: string | null;
  readonly userId: UserId;
  readonly triggerId: TriggerId | null;
  readonly triggerShortToken: string | null;
  readonly scheduleId: ScheduleId | null;
  readonly mergeRequestId: MergeRequestId | null;
  readonly protected: boolean;
  readonly autoCancelOnNewCommit: Pipeline['autoCancelOnNewCommit'];
  readonly autoCancelOnJobFailure: Pipeline['autoCancelOnJobFailure'];
}

/**
 * Gives the pipelines, all of one project, its next numbers in the order given, and answers them so. The project's row is
 * locked from here to the end of the transaction, so call it as late as possible. A schedule or merge request that was
 * deleted meanwhile is
 * left out.
 */
export async function insertPipelines(
  tx: Tx,
  projectId: ProjectId,
  pipelines: readonly NewPipeline[],
  now: Date,
): Promise<readonly Pipeline[]> {
  const { rows } = await sql<Selectable<DB['pipelines']>>`
    with numbered as (
      update projects set last_pipeline_iid = last_pipeline_iid + ${pipelines.length}, last_activity_at = ${now}
      where id = ${projectId} and deleted_at is null
      returning last_pipeline_iid - ${pipelines.length} as iid
    )
    insert into pipelines (
      project_id, iid, ref, tag, sha, before_sha, source, status, failure_reason, yaml_errors, name, user_id,
      trigger_id, trigger_short_token, schedule_id, merge_request_id, protected, auto_cancel_on_new_commit, auto_cancel_on_job_failure,
      created_at, updated_at, finished_at
    )
    select ${projectId}, numbered.iid + p.ord, p.ref, p.tag, p.sha, p."beforeSha", p.source, p.status,
      p."failureReason", p."yamlErrors", p.name, p."userId", p."triggerId", p."triggerShortToken",
      (select id from pipeline_schedules where id = p."scheduleId" for key share),
      (select id from merge_requests where id = p."mergeRequestId" for key share), p.protected,
      p."autoCancelOnNewCommit", p."autoCancelOnJobFailure", ${now}::timestamptz, ${now}::timestamptz,
      case when p.status = 'failed' then ${now}::timestamptz end
    from numbered cross join jsonb_to_recordset(
      ${jsonParameter(pipelines.map((pipeline, index) => ({ ...pipeline, ord: index + 1 })))}::jsonb
    ) as p(
      ord int, ref text, tag boolean, sha text, "beforeSha" text, source text, status text, "failureReason" text,
      "yamlErrors" text, name text, "userId" bigint, "triggerId" bigint, "triggerShortToken" text, "scheduleId" bigint,
      "mergeRequestId" bigint, protected boolean, "autoCancelOnNewCommit" text, "autoCancelOnJobFailure" text
    )
    order by p.ord
    returning *`.execute(tx);
  // The project was deleted between the check and here: nothing is written.
  if (rows.length < pipelines.length) throw new Error(`project ${projectId} is gone`);
  return rows.map(toPipeline).sort((one, other) => one.iid - other.iid);
}

export async function insertMessages(
  tx: Tx,
  pipelineId: PipelineId,
  messages: readonly { readonly severity: 'error' | 'warning'; readonly content: string }[],
): Promise<void> {
  if (messages.length === 0) return;
  await tx
    .insertInto('pipeline_messages')
    .values(messages.map((message) => ({ pipeline_id: pipelineId, ...message })))
    .execute();
}

export async function updatePipelineName(db: Db | Tx, id: PipelineId, name: string, now: Date): Promise<void> {
  await db.updateTable('pipelines').set({ name, updated_at: now }).where('id', '=', id).execute();
}

export async function deletePipelineRow(tx: Tx, id: PipelineId): Promise<void> {
  await tx.deleteFrom('pipelines').where('id', '=', id).execute();
}

/** The job and pipeline that started this one (multi-project pipelines). */
export async function insertPipelineSource(
  tx: Tx,
  source: {
    readonly pipelineId: PipelineId;
    readonly projectId: ProjectId;
    readonly sourceProjectId: ProjectId;
    readonly sourcePipelineId: PipelineId;
    readonly sourceJobId: number;
  },
): Promise<void> {
  await tx
    .insertInto('pipeline_sources')
    .values({
      pipeline_id: source.pipelineId,
      project_id: source.projectId,
      source_project_id: source.sourceProjectId,
      source_pipeline_id: source.sourcePipelineId,
      source_job_id: source.sourceJobId,
    })
    .execute();
}
