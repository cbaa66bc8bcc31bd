import { sql } from 'kysely';
import type {
  JobNeed,
  JobState,
  PipelineSnapshot,
  PipelineState,
  RetryPolicy,
  SchedulingType,
  StageState,
} from '../../engine/index.ts';
import type { JobId, PipelineId, ProjectId, StageId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { JobFailureReason, JobWhen, PipelineSource, Status } from '../../wire/statuses.ts';

/** Reads what the engine decides on: the small columns only, never the jobs' options. */

interface JobStateRow {
  readonly id: number;
  readonly pipeline_id: number;
  readonly project_id: number;
  readonly name: string;
  readonly stage_idx: number;
  readonly type: string;
  readonly status: string;
  readonly when_: string;
  readonly allow_failure: boolean;
  readonly scheduling_type: string;
  readonly needs: readonly JobNeed[];
  readonly retried: boolean;
  readonly enqueue_immediately: boolean;
  readonly start_in: number | null;
  readonly retry: RetryPolicy | null;
  readonly exit_codes: readonly number[] | null;
  readonly interruptible: boolean | null;
  readonly resource_group: string | null;
  readonly failure_reason: string | null;
  readonly timeout: number | null;
  readonly created_at: Date;
  readonly queued_at: Date | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly scheduled_at: Date | null;
  readonly cancel_gracefully: boolean;
  readonly confirmed: boolean;
}

const STATE_COLUMNS = sql.raw(`id, pipeline_id, project_id, name, stage_idx, type, status, when_, allow_failure,
  scheduling_type, needs, retried, enqueue_immediately, start_in, options -> 'retry' as retry,
  options -> 'allowFailureExitCodes' as exit_codes, interruptible, resource_group, failure_reason, timeout,
  created_at, queued_at, started_at, finished_at, scheduled_at, cancel_gracefully and confirmed_at is not null as cancel_gracefully, confirmed_at is not null as confirmed`);

const toJobState = (row: JobStateRow): JobState => ({
  id: row.id as JobId,
  name: row.name,
  stageIndex: row.stage_idx,
  status: row.status as Status,
  when: row.when_ as JobWhen,
  allowFailure: row.allow_failure,
  schedulingType: row.scheduling_type as SchedulingType,
  needs: row.needs,
  retried: row.retried,
  enqueueImmediately: row.enqueue_immediately,
  startIn: row.start_in,
  retry: row.retry,
  allowFailureExitCodes: row.exit_codes ?? [],
  interruptible: row.interruptible ?? false,
  isBridge: row.type === 'bridge',
  hasResourceGroup: row.resource_group !== null,
  failureReason: row.failure_reason as JobFailureReason | null,
  timeout: row.timeout,
  createdAt: row.created_at,
  queuedAt: row.queued_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  scheduledAt: row.scheduled_at,
});

/** A job's state with where it belongs. */
export interface LocatedJobState {
  readonly pipelineId: PipelineId;
  readonly projectId: ProjectId;
  readonly state: JobState;
  /** Its runner has confirmed it and can run after_script on a cancel. */
  readonly cancelGracefully: boolean;
  /** Its runner has said that it took the job. */
  readonly confirmed: boolean;
}

export async function findJobState(db: Db | Tx, id: JobId): Promise<LocatedJobState | undefined> {
  const { rows } = await sql<JobStateRow>`select ${STATE_COLUMNS} from jobs where id = ${id}`.execute(db);
  const row = rows[0];
  return row === undefined
    ? undefined
    : {
        pipelineId: row.pipeline_id as PipelineId,
        projectId: row.project_id as ProjectId,
        state: toJobState(row),
        cancelGracefully: row.cancel_gracefully,
        confirmed: row.confirmed,
      };
}

/** Those of them that are there. */
export async function findJobStates(db: Db | Tx, ids: readonly JobId[]): Promise<readonly JobState[]> {
  const { rows } = await sql<JobStateRow>`
    select ${STATE_COLUMNS} from jobs where id = any(${[...ids]}::bigint[]) order by id`.execute(db);
  return rows.map(toJobState);
}

/** How many rows of this name are older attempts already (for the automatic retry). */
export async function countRetried(db: Db | Tx, pipelineId: PipelineId, name: string): Promise<number> {
  const row = await db
    .selectFrom('jobs')
    .select(sql<number>`count(*)`.as('count'))
    .where('pipeline_id', '=', pipelineId)
    .where('name', '=', name)
    .where('retried', '=', true)
    .executeTakeFirst();
  return row?.count ?? 0;
}

interface PipelineStateRow {
  readonly id: number;
  readonly project_id: number;
  readonly status: string;
  readonly source: string;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly duration: number | null;
  readonly auto_canceled_by_id: number | null;
  readonly auto_cancel_on_job_failure: string;
}

export interface LoadedSnapshot extends PipelineSnapshot {
  readonly projectId: ProjectId;
  readonly cancelOnJobFailure: boolean;
  /** Jobs whose runner has confirmed them and can run after_script on a cancel. */
  readonly gracefulJobs: ReadonlySet<JobId>;
}

/**
 * Takes the pipeline's row (`FOR NO KEY UPDATE`: one processor a pipeline). No job row is locked before or after, so
 * transitions of single jobs never wait for it.
 */
export async function lockPipeline(tx: Tx, id: PipelineId): Promise<boolean> {
  const { rows } = await sql`select 1 from pipelines where id = ${id} for no key update`.execute(tx);
  return rows.length > 0;
}

/** Latest rows only (`withRetried: false`), or all attempts. */
export async function findSnapshot(
  db: Db | Tx,
  id: PipelineId,
  options: { readonly withRetried: boolean } = { withRetried: false },
): Promise<LoadedSnapshot | undefined> {
  const pipelines = await sql<PipelineStateRow>`
    select id, project_id, status, source, started_at, finished_at, duration, auto_canceled_by_id,
      auto_cancel_on_job_failure
    from pipelines where id = ${id}`.execute(db);
  const row = pipelines.rows[0];
  if (row === undefined) return undefined;
  const stages = await db
    .selectFrom('stages')
    .select(['id', 'name', 'position', 'status'])
    .where('pipeline_id', '=', id)
    .orderBy('position')
    .execute();
  const jobs = await sql<JobStateRow>`
    select ${STATE_COLUMNS} from jobs
    where pipeline_id = ${id} and (${options.withRetried} or not retried) order by id`.execute(db);
  const pipeline: PipelineState = {
    id: row.id as PipelineId,
    status: row.status as Status,
    source: row.source as PipelineSource,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    duration: row.duration,
    autoCanceledById: row.auto_canceled_by_id as PipelineId | null,
  };
  return {
    projectId: row.project_id as ProjectId,
    cancelOnJobFailure: row.auto_cancel_on_job_failure === 'all',
    pipeline,
    stages: stages.map(
      (stage): StageState => ({
        id: stage.id as StageId,
        name: stage.name,
        position: stage.position,
        status: stage.status as Status,
      }),
    ),
    jobs: jobs.rows.map(toJobState),
    gracefulJobs: new Set(jobs.rows.filter((job) => job.cancel_gracefully).map((job) => job.id as JobId)),
  };
}
