import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { CompiledVariable } from '../../ci-lang/index.ts';
import type { JobNeed, SchedulingType } from '../../engine/index.ts';
import type { JobId, PipelineId, ProjectId, RunnerId, StageId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { JobFailureReason, JobWhen, Status } from '../../wire/statuses.ts';
import type { Job, JobWithOptions, StoredJobOptions } from './job.ts';

/** SQL that reads the table `jobs`. Writing is in `job-write-store.ts`. */

/** Every column but the large ones. */
const COLUMNS = [
  'jobs.id',
  'jobs.project_id',
  'jobs.pipeline_id',
  'jobs.stage_id',
  'jobs.stage_idx',
  'jobs.type',
  'jobs.name',
  'jobs.status',
  'jobs.failure_reason',
  'jobs.exit_code',
  'jobs.when_',
  'jobs.allow_failure',
  'jobs.scheduling_type',
  'jobs.needs',
  'jobs.retried',
  'jobs.ref',
  'jobs.tag',
  'jobs.protected',
  'jobs.tag_list',
  'jobs.user_id',
  'jobs.coverage_regex',
  'jobs.coverage',
  'jobs.environment_name',
  'jobs.runner_id',
  'jobs.runner_manager_id',
  'jobs.timeout',
  'jobs.debug_trace',
  'jobs.created_at',
  'jobs.queued_at',
  'jobs.started_at',
  'jobs.finished_at',
  'jobs.scheduled_at',
  'jobs.erased_at',
  'jobs.artifacts_expire_at',
] as const;

type Columns = (typeof COLUMNS)[number] extends `jobs.${infer Name}` ? Name : never;
type JobRow = Pick<Selectable<DB['jobs']>, Columns & keyof Selectable<DB['jobs']>> & { readonly stage_name: string };

const toJob = (row: JobRow): Job => ({
  id: row.id as JobId,
  projectId: row.project_id as ProjectId,
  pipelineId: row.pipeline_id as PipelineId,
  stageId: row.stage_id as StageId,
  stageIndex: row.stage_idx,
  stage: row.stage_name,
  type: row.type as Job['type'],
  name: row.name,
  status: row.status as Status,
  failureReason: row.failure_reason as JobFailureReason | null,
  exitCode: row.exit_code,
  when: row.when_ as JobWhen,
  allowFailure: row.allow_failure,
  schedulingType: row.scheduling_type as SchedulingType,
  needs: row.needs as readonly JobNeed[],
  retried: row.retried,
  ref: row.ref,
  tag: row.tag,
  protected: row.protected,
  tagList: row.tag_list,
  userId: row.user_id as UserId | null,
  coverageRegex: row.coverage_regex,
  coverage: row.coverage === null ? null : Number(row.coverage),
  environmentName: row.environment_name,
  runnerId: row.runner_id as RunnerId | null,
  runnerManagerId: row.runner_manager_id,
  timeout: row.timeout,
  debugTrace: row.debug_trace,
  createdAt: row.created_at,
  queuedAt: row.queued_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  scheduledAt: row.scheduled_at,
  erasedAt: row.erased_at,
  artifactsExpireAt: row.artifacts_expire_at,
});

const selectJobs = (db: Db | Tx) =>
  db
    .selectFrom('jobs')
    .innerJoin('stages', 'stages.id', 'jobs.stage_id')
    .select(COLUMNS)
    .select('stages.name as stage_name');

export async function findJob(db: Db | Tx, projectId: ProjectId, id: number): Promise<Job | undefined> {
  const row = await selectJobs(db)
    .where('jobs.project_id', '=', projectId)
    .where('jobs.id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : toJob(row);
}

export async function findJobById(db: Db | Tx, id: JobId): Promise<Job | undefined> {
  const row = await selectJobs(db).where('jobs.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toJob(row);
}

/** The job with what its runner needs. */
export async function findJobWithOptions(db: Db | Tx, id: JobId): Promise<JobWithOptions | undefined> {
  const row = await selectJobs(db)
    .select(['jobs.options', 'jobs.yaml_variables'])
    .where('jobs.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    ...toJob(row),
    options: row.options as StoredJobOptions,
    yamlVariables: row.yaml_variables as readonly CompiledVariable[],
  };
}

/** Jobs of one pipeline, oldest first. */
export async function findJobsOfPipeline(
  db: Db | Tx,
  pipelineId: PipelineId,
  options: { readonly includeRetried: boolean },
): Promise<readonly Job[]> {
  let query = selectJobs(db).where('jobs.pipeline_id', '=', pipelineId);
  if (!options.includeRetried) query = query.where('jobs.retried', '=', false);
  const rows = await query.orderBy('jobs.id').execute();
  return rows.map(toJob);
}

export interface JobFilter {
  readonly projectId: ProjectId;
  readonly pipelineId?: PipelineId;
  readonly statuses?: readonly Status[];
  readonly ref?: string;
  /** Older attempts too; the project's list always has them. */
  readonly includeRetried: boolean;
  readonly type: 'build' | 'bridge';
}

export interface JobPage {
  readonly limit: number;
  readonly offset: number;
  /** Keyset: only ids below this one. */
  readonly beforeId?: number;
}

/** Newest first, as the API lists them. */
export async function listJobs(db: Db, filter: JobFilter, page: JobPage): Promise<readonly Job[]> {
  let query = selectJobs(db).where('jobs.project_id', '=', filter.projectId).where('jobs.type', '=', filter.type);
  if (filter.pipelineId !== undefined) query = query.where('jobs.pipeline_id', '=', filter.pipelineId);
  if (filter.statuses !== undefined) query = query.where('jobs.status', 'in', [...filter.statuses]);
  if (filter.ref !== undefined) query = query.where('jobs.ref', '=', filter.ref);
  if (!filter.includeRetried) query = query.where('jobs.retried', '=', false);
  if (page.beforeId !== undefined) query = query.where('jobs.id', '<', page.beforeId);
  const rows = await query.orderBy('jobs.id', 'desc').limit(page.limit).offset(page.offset).execute();
  return rows.map(toJob);
}

export async function countJobs(db: Db, filter: JobFilter): Promise<number> {
  let query = db
    .selectFrom('jobs')
    .select(sql<number>`count(*)`.as('count'))
    .where('project_id', '=', filter.projectId)
    .where('type', '=', filter.type);
  if (filter.pipelineId !== undefined) query = query.where('pipeline_id', '=', filter.pipelineId);
  if (filter.statuses !== undefined) query = query.where('status', 'in', [...filter.statuses]);
  if (filter.ref !== undefined) query = query.where('ref', '=', filter.ref);
  if (!filter.includeRetried) query = query.where('retried', '=', false);
  const row = await query.executeTakeFirst();
  return row?.count ?? 0;
}
