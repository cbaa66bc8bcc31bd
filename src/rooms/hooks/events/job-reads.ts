import { sql } from 'kysely';
import type { JobId, PipelineId, ProjectId, RunnerId, UserId } from '../../../kit/ids.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import type { JobFailureReason, JobWhen, Status } from '../../../wire/statuses.ts';
import type { JobOfPayload } from '../payloads/job-block.ts';

/** SQL: jobs as payloads tell of them. */

interface JobRow {
  readonly id: JobId;
  readonly pipeline_id: PipelineId;
  readonly project_id: ProjectId;
  readonly type: string;
  readonly stage: string;
  readonly name: string;
  readonly status: Status;
  readonly when_: JobWhen;
  readonly allow_failure: boolean;
  readonly failure_reason: JobFailureReason | null;
  readonly ref: string;
  readonly tag: boolean;
  readonly user_id: UserId | null;
  readonly runner_id: RunnerId | null;
  readonly environment_name: string | null;
  readonly environment_action: string | null;
  readonly retry_of_id: JobId | null;
  readonly created_at: Date;
  readonly queued_at: Date | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

const SELECT = sql`
  select jobs.id, jobs.pipeline_id, jobs.project_id, jobs.type, stages.name as stage, jobs.name, jobs.status, jobs.when_,
    jobs.allow_failure, jobs.failure_reason, jobs.ref, jobs.tag, jobs.user_id, jobs.runner_id, jobs.environment_name,
    jobs.options -> 'environment' ->> 'action' as environment_action, jobs.retry_of_id, jobs.created_at, jobs.queued_at,
    jobs.started_at, jobs.finished_at
  from jobs join stages on stages.id = jobs.stage_id`;

const toJob = (row: JobRow): JobOfPayload => ({
  id: row.id,
  pipelineId: row.pipeline_id,
  projectId: row.project_id,
  isBridge: row.type === 'bridge',
  stage: row.stage,
  name: row.name,
  status: row.status,
  when: row.when_,
  allowFailure: row.allow_failure,
  failureReason: row.failure_reason,
  ref: row.ref,
  tag: row.tag,
  userId: row.user_id,
  runnerId: row.runner_id,
  environment:
    row.environment_name === null ? null : { name: row.environment_name, action: row.environment_action ?? 'start' },
  isRetry: row.retry_of_id !== null,
  createdAt: row.created_at,
  queuedAt: row.queued_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
});

/** Those of these ids that are there. */
export const findJobsOfPayload = async (db: Db, ids: readonly JobId[]): Promise<ReadonlyMap<JobId, JobOfPayload>> => {
  const { rows } = await sql<JobRow>`${SELECT} where jobs.id = any(${ids}::bigint[])`.execute(db);
  return new Map(rows.map((row) => [row.id, toJob(row)]));
};

/** The latest attempts, trigger jobs among them. */
export const findLatestJobs = async (db: Db, id: PipelineId): Promise<readonly JobOfPayload[]> => {
  const { rows } =
    await sql<JobRow>`${SELECT} where jobs.pipeline_id = ${id} and not jobs.retried order by jobs.id`.execute(db);
  return rows.map(toJob);
};

/** Those that the pipeline began with. */
export const findFirstJobs = async (db: Db, id: PipelineId): Promise<readonly JobOfPayload[]> => {
  const { rows } = await sql<JobRow>`
    ${SELECT} where jobs.pipeline_id = ${id} and jobs.retry_of_id is null order by jobs.id`.execute(db);
  return rows.map(toJob);
};

/** `pipeline name` → how many attempts were replaced by later ones. */
export const countRetriedJobs = async (
  db: Db,
  pipelineIds: readonly PipelineId[],
): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ readonly pipeline_id: PipelineId; readonly name: string; readonly count: number }>`
    select pipeline_id, name, count(*)::int as count from jobs
    where pipeline_id = any(${pipelineIds}::bigint[]) and retried group by pipeline_id, name`.execute(db);
  return new Map(rows.map((row) => [`${row.pipeline_id} ${row.name}`, row.count]));
};

/** Tier by name. */
export const findTiers = async (
  db: Db,
  projectId: ProjectId,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  if (names.length === 0) return new Map();
  const rows = await db
    .selectFrom('environments')
    .select(['name', 'tier'])
    .where('project_id', '=', projectId)
    .where('name', 'in', [...names])
    .execute();
  return new Map(rows.map(({ name, tier }) => [name, tier]));
};
