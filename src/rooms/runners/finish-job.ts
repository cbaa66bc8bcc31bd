import type { PenstockError } from '../../kit/errors.ts';
import { forbidden } from '../../kit/errors.ts';
import { RUNNER_HEADERS } from '../../wire/runner-protocol.ts';
import type { JobFailureReason, Status } from '../../wire/statuses.ts';
import { isCompleted, JOB_FAILURE_REASONS } from '../../wire/statuses.ts';
import { updateEnvironmentUrl } from '../environments/index.ts';
import type { Job, ProcessDeps } from '../pipelines/index.ts';
import { advanceJob, findJobById, touchRunnerJob } from '../pipelines/index.ts';

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
 * The runner has the job: from now on it is not given to another one. Answers the job's present status. Throws 403 where
 * the job was taken from this runner at the very moment that it called.
 */
export async function confirmJob(deps: ProcessDeps, job: Job): Promise<Status> {
  const status = await deps.db.transaction().execute((tx) => touchRunnerJob(tx, job, deps.clock.now()));
  if (status === undefined) throw await lostJob(deps, job);
  return status;
}

/** What the guard would have said had the call come a moment later. */
async function lostJob(deps: ProcessDeps, job: Job): Promise<PenstockError> {
  const now = await findJobById(deps.db, job.id);
  return forbidden('Job is not running', now === undefined ? {} : { [RUNNER_HEADERS.jobStatus]: now.status });
}

/**
 * Ends the job as its runner says; a job that is being canceled ends as canceled whatever the runner says. Throws 403 like
 * `confirmJob`.
 */
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
  if (moved.kind !== 'moved') throw await lostJob(deps, job);
  return moved.to;
}

/** A name that is not GitLab's (`job_canceled`, anything) is stored as `unknown_failure`. */
const reasonOf = (reason: string | undefined): JobFailureReason =>
  JOB_FAILURE_REASONS.find((known) => known === reason) ?? 'unknown_failure';

const exitCodeOf = (code: number | undefined): number | null =>
  code === undefined ? null : Math.min(Math.max(code, 0), MAX_EXIT_CODE);
