import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { PipelineId, ProjectId, ScheduleId, TriggerId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
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
  readonly projectId: ProjectId;
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
  readonly protected: boolean;
  readonly autoCancelOnNewCommit: Pipeline['autoCancelOnNewCommit'];
  readonly autoCancelOnJobFailure: Pipeline['autoCancelOnJobFailure'];
}

/**
 * Gives the pipeline the next number of its project. The project's row is locked from here to the end of the
 * transaction, so call it as late as possible. A schedule that was deleted meanwhile is left out.
 */
export async function insertPipeline(tx: Tx, pipeline: NewPipeline, now: Date): Promise<Pipeline> {
  const { rows } = await sql<Selectable<DB['pipelines']>>`
    with numbered as (
      update projects set last_pipeline_iid = last_pipeline_iid + 1, last_activity_at = ${now}
      where id = ${pipeline.projectId} and deleted_at is null
      returning last_pipeline_iid
    )
    insert into pipelines (
      project_id, iid, ref, tag, sha, before_sha, source, status, failure_reason, yaml_errors, name, user_id,
      trigger_id, trigger_short_token, schedule_id, protected, auto_cancel_on_new_commit, auto_cancel_on_job_failure,
      created_at, updated_at, finished_at
    )
    select ${pipeline.projectId}, last_pipeline_iid, ${pipeline.ref}, ${pipeline.tag}, ${pipeline.sha},
      ${pipeline.beforeSha}, ${pipeline.source}, ${pipeline.status}, ${pipeline.failureReason},
      ${pipeline.yamlErrors}, ${pipeline.name}, ${pipeline.userId}, ${pipeline.triggerId},
      ${pipeline.triggerShortToken},
      (select id from pipeline_schedules where id = ${pipeline.scheduleId} for key share), ${pipeline.protected}, ${pipeline.autoCancelOnNewCommit},
      ${pipeline.autoCancelOnJobFailure}, ${now}::timestamptz, ${now}::timestamptz,
      case when ${pipeline.status} = 'failed' then ${now}::timestamptz end
    from numbered
    returning *`.execute(tx);
  const row = rows[0];
  // The project was deleted between the check and here: nothing is written.
  if (row === undefined) throw new Error(`project ${pipeline.projectId} is gone`);
  return toPipeline(row);
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
