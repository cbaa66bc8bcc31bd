import type { JobPayload, RunnerFeatures } from '../../wire/runner-protocol.ts';
import type { JobFailureReason } from '../../wire/statuses.ts';
import type { ProcessDeps } from '../pipelines/index.ts';
import { advanceJob, processPipeline } from '../pipelines/index.ts';
import type { ClaimedJob } from './claim-job.ts';
import { claimJob } from './claim-job.ts';
import type { JobBell } from './job-bell.ts';
import type { Runner, RunnerManager } from './runner.ts';

export interface RequestJobDeps extends ProcessDeps {
  readonly bell: JobBell;
  readonly buildPayload: BuildPayload;
  readonly onError: (error: unknown, job: ClaimedJob) => void;
}

/** The payload, or why the job cannot be handed out (it is then failed with that reason). */
export type BuildPayload = (
  job: ClaimedJob,
  runner: Runner,
  features: RunnerFeatures,
) => Promise<
  | { readonly kind: 'payload'; readonly payload: JobPayload }
  | { readonly kind: 'unfit'; readonly reason: JobFailureReason }
>;

export interface JobRequest {
  readonly runner: Runner;
  /**
   * The runner as it is now: while a request is held, a runner may be paused, get other tags or another token, or go.
   * Undefined: it takes no jobs any more.
   */
  readonly findRunnerAgain: () => Promise<Runner | undefined>;
  readonly manager: RunnerManager;
  readonly features: RunnerFeatures;
  /** Milliseconds that the request may be held while there is no work; 0: answer at once. */
  readonly hold: number;
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** While held, look again at least this often (milliseconds), should a NOTIFY have been lost. */
const LOOK_AGAIN = 5_000;

/**
 * Gives a runner its next job, waiting up to `hold` for one. Undefined: no work. A job that turns out unfit is failed
 * with its reason and the next one is tried; a job claimed for a client that has gone goes back to the queue.
 */
export async function requestJob(deps: RequestJobDeps, request: JobRequest): Promise<JobPayload | undefined> {
  const deadline = performance.now() + request.hold;
  let runner: Runner | undefined = request.runner;
  let ring: number | undefined;
  for (;;) {
    const since = deps.bell.listen();
    const payload = runner && (await takeJob(deps, { ...request, runner }));
    if (payload !== undefined) return payload;
    if (ring !== undefined) deps.bell.pass(ring);
    const left = deadline - performance.now();
    if (runner === undefined || left <= 0 || request.signal.aborted) return undefined;
    ring = await deps.bell.wait(since, Math.min(left, LOOK_AGAIN), request.signal);
    runner = await request.findRunnerAgain();
  }
}

async function takeJob(deps: RequestJobDeps, request: JobRequest): Promise<JobPayload | undefined> {
  for (;;) {
    if (request.signal.aborted) return undefined;
    const job = await claimJob(deps, request.runner, request.manager, request.features);
    if (job === undefined) return undefined;
    const payload = await prepare(deps, request, job);
    if (payload === undefined) continue;
    if (!request.signal.aborted) return payload;
    await advanceJob(deps, job.id, { type: 'requeue' });
    return undefined;
  }
}

/** Undefined: the job could not be handed out and was failed. */
async function prepare(deps: RequestJobDeps, request: JobRequest, job: ClaimedJob): Promise<JobPayload | undefined> {
  const [built] = await Promise.all([
    deps.buildPayload(job, request.runner, request.features).catch((error: unknown) => {
      deps.onError(error, job);
      return { kind: 'unfit', reason: 'scheduler_failure' } as const;
    }),
    processPipeline(deps, job.pipelineId),
  ]);
  if (built.kind === 'payload') return built.payload;
  await advanceJob(deps, job.id, { type: 'drop', reason: built.reason, exitCode: null });
  return undefined;
}
