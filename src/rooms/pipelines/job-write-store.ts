import { sql } from 'kysely';
import type { CompiledVariable } from '../../ci-lang/index.ts';
import type { JobChanges, JobMove, JobNeed, NewAttempt, PipelineMove, StageMove } from '../../engine/index.ts';
import type { JobId, PipelineId, ProjectId, UserId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { Status } from '../../wire/statuses.ts';
import type { StoredJobOptions } from './job.ts';

/**
 * SQL that writes jobs, stages and pipelines: only `advance`, `process-pipeline` and the creation of rows call it.
 * Every status is written by compare-and-set on the row's own status.
 */

export interface NewStage {
  readonly name: string;
  readonly position: number;
  readonly status: Status;
}

export interface NewJob {
  readonly name: string;
  readonly type: 'build' | 'bridge';
  /** Name of its stage. */
  readonly stage: string;
  readonly stageIndex: number;
  readonly status: Status;
  readonly when: string;
  readonly startIn: number | null;
  readonly allowFailure: boolean;
  readonly schedulingType: string;
  readonly needs: readonly JobNeed[];
  readonly interruptible: boolean | null;
  readonly tagList: readonly string[];
  readonly options: StoredJobOptions;
  readonly yamlVariables: readonly CompiledVariable[];
  readonly coverageRegex: string | null;
  readonly environmentName: string | null;
  readonly resourceGroup: string | null;
  readonly queuedAt: Date | null;
  readonly scheduledAt: Date | null;
}

/** What all jobs of one pipeline have in common. */
export interface JobsOwner {
  readonly projectId: ProjectId;
  readonly pipelineId: PipelineId;
  readonly ref: string;
  readonly tag: boolean;
  readonly protected: boolean;
  readonly userId: UserId | null;
}

/** A new pipeline's stages and jobs. */
export interface NewStagesAndJobs {
  readonly owner: JobsOwner;
  readonly stages: readonly NewStage[];
  readonly jobs: readonly NewJob[];
}

/**
 * Stages and jobs in one statement, whatever their number and that of their pipelines; waiting runners are told of pending
 * jobs with it. Answers the jobs' ids in the order given, for each pipeline.
 */
export async function insertStagesAndJobs(
  tx: Tx,
  pipelines: readonly NewStagesAndJobs[],
  now: Date,
): Promise<readonly (readonly JobId[])[]> {
  const owners = pipelines.map(({ owner }, index) => ({ ...owner, owner: index }));
  const stages = pipelines.flatMap((pipeline, owner) => pipeline.stages.map((stage) => ({ ...stage, owner })));
  const jobs = pipelines
    .flatMap((pipeline, owner) => pipeline.jobs.map((job) => ({ ...job, owner, when_: job.when })))
    .map((job, index) => ({ ...job, ord: index }));
  const pending = jobs.filter((job) => job.status === 'pending').length;
  // PostgreSQL sends equal notifications of one transaction once, so the word per row is one in all.
  const inserted = await sql<{ readonly id: number }>`
    with owners as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(owners)}::jsonb) as o(
        owner int, "projectId" bigint, "pipelineId" bigint, ref text, tag boolean, protected boolean, "userId" bigint
      )
    ), new_stages as (
      insert into stages (pipeline_id, name, position, status)
      select o."pipelineId", s.name, s.position, s.status
      from jsonb_to_recordset(${JSON.stringify(stages)}::jsonb) as s(owner int, name text, position int, status text)
      join owners o on o.owner = s.owner
      order by s.owner, s.position
      returning id, pipeline_id, name
    )
    insert into jobs (
      project_id, pipeline_id, stage_id, stage_idx, type, name, status, when_, start_in, allow_failure,
      scheduling_type, needs, interruptible, ref, tag, protected, tag_list, user_id, options, yaml_variables,
      coverage_regex, environment_name, resource_group, created_at, updated_at, queued_at, scheduled_at
    )
    select o."projectId", o."pipelineId", s.id, j."stageIndex", j.type, j.name, j.status,
      j.when_, j."startIn", j."allowFailure", j."schedulingType", j.needs, j.interruptible, o.ref, o.tag,
      o.protected, array(select jsonb_array_elements_text(j."tagList")), o."userId", j.options,
      j."yamlVariables", j."coverageRegex", j."environmentName", j."resourceGroup", ${now}::timestamptz,
      ${now}::timestamptz, j."queuedAt", j."scheduledAt"
    from jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb) as j(
      owner int, ord int, name text, type text, stage text, "stageIndex" int, status text, when_ text, "startIn" int,
      "allowFailure" boolean, "schedulingType" text, needs jsonb, interruptible boolean, "tagList" jsonb,
      options jsonb, "yamlVariables" jsonb, "coverageRegex" text, "environmentName" text, "resourceGroup" text,
      "queuedAt" timestamptz, "scheduledAt" timestamptz
    )
    join owners o on o.owner = j.owner
    join new_stages s on s.pipeline_id = o."pipelineId" and s.name = j.stage
    order by j.ord
    returning id, case when status = 'pending' then pg_notify('penstock_pending_jobs', ${String(pending)}) end`.execute(
    tx,
  );
  const ids = inserted.rows.map((row) => row.id as JobId).sort((a, b) => a - b);
  let start = 0;
  return pipelines.map((pipeline) => ids.slice(start, (start += pipeline.jobs.length)));
}

/** Other columns that change together with the status. */
export interface JobSideChanges {
  readonly coverage?: number;
}

/**
 * `UPDATE … WHERE id AND status = from`. False: somebody else moved the job first, nothing was written.
 * Leaving `running` for `pending` (a claim that was never confirmed) forgets runner and token.
 */
export async function compareAndSetJob(
  tx: Tx,
  id: JobId,
  from: Status,
  changes: JobChanges,
  side: JobSideChanges,
  now: Date,
): Promise<boolean> {
  const unassigned =
    changes.status === 'pending'
      ? { runner_id: null, runner_manager_id: null, token_digest: null, confirmed_at: null, contacted_at: null }
      : {};
  const result = await tx
    .updateTable('jobs')
    .set({
      status: changes.status,
      updated_at: now,
      ...unassigned,
      ...(changes.queuedAt !== undefined && { queued_at: changes.queuedAt }),
      ...(changes.startedAt !== undefined && { started_at: changes.startedAt }),
      ...(changes.finishedAt !== undefined && { finished_at: changes.finishedAt }),
      ...(changes.scheduledAt !== undefined && { scheduled_at: changes.scheduledAt }),
      ...(changes.failureReason !== undefined && { failure_reason: changes.failureReason }),
      ...(changes.exitCode !== undefined && { exit_code: changes.exitCode }),
      ...(changes.allowFailure !== undefined && { allow_failure: changes.allowFailure }),
      ...(changes.timeout !== undefined && { timeout: changes.timeout }),
      ...(side.coverage !== undefined && { coverage: side.coverage }),
    })
    .where('id', '=', id)
    .where('status', '=', from)
    // A claim that its runner confirms at this very moment must not be taken back.
    .$if(from === 'running' && changes.status === 'pending', (query) => query.where('confirmed_at', 'is', null))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * Moves of several jobs in one statement, each by compare-and-set. Answers the ids that really moved.
 * `userId`: the person whose play or retry this is; the jobs act as this user from now on.
 */
export async function applyJobMoves(
  tx: Tx,
  moves: readonly JobMove[],
  now: Date,
  userId: UserId | null = null,
): Promise<ReadonlySet<number>> {
  if (moves.length === 0) return new Set();
  const rows = moves.map((move) => ({ id: move.id, from: move.from, ...move.changes }));
  const result = await sql<{ readonly id: number }>`
    update jobs set status = m.row ->> 'status', updated_at = ${now}::timestamptz,
      user_id = coalesce(${userId}::bigint, jobs.user_id),
      queued_at = ${changed('queued_at', 'queuedAt', 'timestamptz')},
      scheduled_at = ${changed('scheduled_at', 'scheduledAt', 'timestamptz')},
      started_at = ${changed('started_at', 'startedAt', 'timestamptz')},
      finished_at = ${changed('finished_at', 'finishedAt', 'timestamptz')},
      failure_reason = ${changed('failure_reason', 'failureReason', 'text')},
      allow_failure = ${changed('allow_failure', 'allowFailure', 'boolean')}
    from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) as m(row)
    where jobs.id = (m.row ->> 'id')::bigint and jobs.status = m.row ->> 'from'
    returning jobs.id`.execute(tx);
  return new Set(result.rows.map((row) => row.id));
}

/** The value of a change that is there (null too), else the column as it is. */
const changed = (column: string, key: keyof JobChanges, type: string) =>
  sql.raw(`case when m.row ? '${key}' then (m.row ->> '${key}')::${type} else jobs.${column} end`);

export async function applyStageMoves(tx: Tx, moves: readonly StageMove[]): Promise<void> {
  if (moves.length === 0) return;
  await sql`
    update stages set status = m."to"
    from jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) as m(id bigint, "to" text)
    where stages.id = m.id`.execute(tx);
}

export async function applyPipelineMove(tx: Tx, id: PipelineId, move: PipelineMove, now: Date): Promise<void> {
  const { changes } = move;
  await tx
    .updateTable('pipelines')
    .set({
      status: changes.status,
      updated_at: now,
      ...(changes.startedAt !== undefined && { started_at: changes.startedAt }),
      ...(changes.finishedAt !== undefined && { finished_at: changes.finishedAt }),
      ...(changes.duration !== undefined && { duration: changes.duration }),
      ...(changes.autoCanceledById !== undefined && { auto_canceled_by_id: changes.autoCanceledById }),
    })
    .where('id', '=', id)
    .execute();
}

/** Older attempts stand aside. False: another retry of one of these jobs came first, and nothing may be written. */
export async function markRetried(tx: Tx, ids: readonly JobId[]): Promise<boolean> {
  const result = await sql`
    update jobs set retried = true where id = any(${ids}::bigint[]) and not retried`.execute(tx);
  return result.numAffectedRows === BigInt(ids.length);
}

/**
 * New attempts in one statement: each copies what the configuration and the player gave, nothing that happened to the old
 * row. Answers their ids in the order given.
 */
export async function insertAttempts(
  tx: Tx,
  attempts: readonly NewAttempt[],
  userId: UserId | null,
  now: Date,
): Promise<readonly JobId[]> {
  if (attempts.length === 0) return [];
  const rows = attempts.map((attempt, index) => ({ ...attempt, ord: index }));
  const inserted = await sql<{ readonly id: number }>`
    insert into jobs (
      project_id, pipeline_id, stage_id, stage_idx, type, name, status, when_, start_in, allow_failure,
      scheduling_type, needs, interruptible, ref, tag, protected, tag_list, user_id, options, yaml_variables,
      play_variables_sealed, coverage_regex, environment_name, resource_group, retry_of_id, enqueue_immediately,
      created_at, updated_at
    )
    select jobs.project_id, jobs.pipeline_id, jobs.stage_id, jobs.stage_idx, jobs.type, jobs.name, a.status,
      jobs.when_, jobs.start_in, a."allowFailure", jobs.scheduling_type, jobs.needs, jobs.interruptible, jobs.ref,
      jobs.tag, jobs.protected, jobs.tag_list, coalesce(${userId}::bigint, jobs.user_id), jobs.options,
      jobs.yaml_variables, jobs.play_variables_sealed, jobs.coverage_regex, jobs.environment_name, jobs.resource_group,
      jobs.id, a."enqueueImmediately", ${now}::timestamptz, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as a(ord int, source bigint, status text, "allowFailure" boolean, "enqueueImmediately" boolean)
    join jobs on jobs.id = a.source
    order by a.ord
    returning id`.execute(tx);
  if (inserted.rows.length !== attempts.length) throw new Error('a job that was to be retried is gone');
  return inserted.rows.map((row) => row.id as JobId).sort((x, y) => x - y);
}

/** Variables given when a manual job is played, sealed. */
export async function updatePlayVariables(tx: Tx, id: JobId, sealed: Uint8Array): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({ play_variables_sealed: Buffer.from(sealed) })
    .where('id', '=', id)
    .execute();
}

/** Tells waiting runners that there is work. Delivered by PostgreSQL when the transaction commits. */
export async function notifyPendingJobs(tx: Tx, count: number): Promise<void> {
  await sql`select pg_notify('penstock_pending_jobs', ${String(count)})`.execute(tx);
}
