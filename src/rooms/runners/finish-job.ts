import { sql } from 'kysely';
import type { Db } from '../../platform/postgres/index.ts';
import type { JobFailureReason, Status } from '../../wire/statuses.ts';
import { isCompleted, JOB_FAILURE_REASONS } from '../../wire/statuses.ts';
import { updateEnvironmentUrl } from '../environments/index.ts';
import type { Job, ProcessDeps } from '../pipelines/index.ts';
import { advanceJob, findJobById } from '../pipelines/index.ts';

export interface FinishJobDeps extends ProcessDeps {
  /** Percentage that the job's log shows, by its `coverage:` expression. */
  readonly coverageOf: (job: Job) => Promise<number | undefined>;
  /** `environment:url` with the job's variables and the dotenv variables it has just uploaded. */
  readonly environmentUrlOf: (job: Job) => Promise<string | undefined>;
}

export interface JobResult {
  readonly state: 'success' | 'failed';
  readonly reason: string | undefined;
  readonly exitCode: number | undefined;
}

/** GitLab keeps exit codes in a smallint and clamps what does not fit. */
const MAX_EXIT_CODE = 32_767;

/**
 * The runner has the job: from now on it is not given to another one. Answers the job's present status. (A claim that was
 * taken back and given to somebody else since has another `started_at`.)
 */
export async function confirmJob(deps: ProcessDeps, job: Job): Promise<Status> {
  const now = deps.clock.now();
  await markContact(deps.db, job, now);
  return (await findJobById(deps.db, job.id))?.status ?? job.status;
}

const markContact = async (db: Db, job: Job, now: Date): Promise<void> => {
  await sql`
    update jobs set confirmed_at = coalesce(confirmed_at, ${now}), contacted_at = ${now}
    where id = ${job.id} and started_at = ${job.startedAt} and status in ('running', 'canceling')`.execute(db);
};

/** Ends the job as its runner says; a job that is being canceled ends as canceled whatever the runner says. */
export async function finishJob(deps: FinishJobDeps, job: Job, result: JobResult): Promise<Status> {
  const coverage = await deps.coverageOf(job);
  const url = result.state === 'success' ? await deps.environmentUrlOf(job) : undefined;
  const moved = await advanceJob(
    deps,
    job.id,
    ({ state }) => {
      if (isCompleted(state.status) || state.startedAt?.getTime() !== job.startedAt?.getTime()) return undefined;
      if (result.state === 'success') return { type: 'success' };
      return { type: 'drop', reason: reasonOf(result.reason), exitCode: exitCodeOf(result.exitCode) };
    },
    {
      ...(coverage !== undefined && { side: { coverage } }),
      also: async (tx) => {
        if (url === undefined || job.environmentName === null) return;
        await updateEnvironmentUrl(tx, job.projectId, job.environmentName, url, deps.clock.now());
      },
    },
  );
  if (moved.kind === 'moved') return moved.to;
  return moved.kind === 'refused' ? moved.status : job.status;
}

/** A name that is not GitLab's (`job_canceled`, anything) is stored as `unknown_failure`. */
const reasonOf = (reason: string | undefined): JobFailureReason =>
  JOB_FAILURE_REASONS.find((known) => known === reason) ?? 'unknown_failure';

const exitCodeOf = (code: number | undefined): number | null =>
  code === undefined ? null : Math.min(Math.max(code, 0), MAX_EXIT_CODE);
