import type { JobCommand, RefusalReason } from '../../engine/index.ts';
import { planRetry, transition } from '../../engine/index.ts';
import type { JobId, PipelineId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { Status } from '../../wire/statuses.ts';
import { markDirty } from './dirty-store.ts';
import type { JobSideChanges } from './job-write-store.ts';
import { compareAndSetJob, notifyPendingJobs } from './job-write-store.ts';
import type { ProcessDeps } from './process-deps.ts';
import { processPipeline } from './process-pipeline.ts';
import type { LocatedJobState } from './snapshot-store.ts';
import { countRetried, findJobState, findSnapshot } from './snapshot-store.ts';
import { writeRetryPlan } from './write-plan.ts';

export interface AdvanceOptions {
  readonly side?: JobSideChanges;
  /** Runs in the same transaction after the job has moved (and never when it has not). */
  readonly also?: (tx: Tx) => Promise<void>;
}

export type AdvanceResult =
  | { readonly kind: 'moved'; readonly from: Status; readonly to: Status }
  | { readonly kind: 'refused'; readonly status: Status; readonly reason: RefusalReason }
  | { readonly kind: 'missing' };

/** What shall happen to a job. A `drop` need not say how often the job was retried: that is looked up. */
export type JobWish = Exclude<JobCommand, { readonly type: 'drop' }> | Omit<DropCommand, 'retriedCount'>;
type DropCommand = Extract<JobCommand, { readonly type: 'drop' }>;

/** The wish, or a look at the job (its present state) to make up one's mind; undefined means: leave it. */
export type WishFor = JobWish | ((job: LocatedJobState) => JobWish | undefined);

/** Tries against other writers of the same row before giving up; each try sees the newest status. */
const MAX_TRIES = 10;

/**
 * The one way by which a job changes its status: the engine decides, a compare-and-set on the job's own row writes,
 * the pipeline is marked dirty in the same transaction and processed right after its commit.
 */
export async function advanceJob(
  deps: ProcessDeps,
  id: JobId,
  wish: WishFor,
  options: AdvanceOptions = {},
): Promise<AdvanceResult> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const step = await deps.db.transaction().execute((tx) => advanceOnce(deps, tx, id, wish, options));
    if (step.kind === 'lost_race') continue;
    if (step.kind === 'moved') await processPipeline(deps, step.pipelineId);
    return step;
  }
  throw new Error(`job ${id} changed ${MAX_TRIES} times while it was being moved`);
}

type Step =
  | { readonly kind: 'moved'; readonly from: Status; readonly to: Status; readonly pipelineId: PipelineId }
  | Exclude<AdvanceResult, { readonly kind: 'moved' }>
  | { readonly kind: 'lost_race' };

async function advanceOnce(
  deps: ProcessDeps,
  tx: Tx,
  id: JobId,
  wish: WishFor,
  options: AdvanceOptions,
): Promise<Step> {
  const located = await findJobState(tx, id);
  if (located === undefined) return { kind: 'missing' };
  const { state, pipelineId, projectId } = located;
  const chosen = typeof wish === 'function' ? wish(located) : wish;
  if (chosen === undefined) return { kind: 'refused', status: state.status, reason: 'wrong_status' };
  const now = deps.clock.now();
  const command: JobCommand =
    chosen.type === 'drop' ? { ...chosen, retriedCount: await countRetried(tx, pipelineId, state.name) } : chosen;
  const result = transition(state, command, now);
  if (result.kind === 'refused') return { kind: 'refused', status: state.status, reason: result.reason };
  if (!(await compareAndSetJob(tx, id, state.status, result.changes, options.side ?? {}, now))) {
    return { kind: 'lost_race' };
  }
  await options.also?.(tx);
  // In the same transaction: a crash between the failure and its retry would lose the retry.
  if (result.effects.some((effect) => effect.type === 'auto_retry')) await retryAtOnce(deps, tx, pipelineId, id);
  if (result.to === 'pending') await notifyPendingJobs(tx, 1);
  await deps.publish(tx, [{ type: 'job_moved', projectId, pipelineId, jobId: id, from: state.status, to: result.to }]);
  const cancelRest = result.effects.some((effect) => effect.type === 'job_failed_cancels_pipeline');
  await markDirty(tx, pipelineId, now, { cancelRest });
  return { kind: 'moved', from: state.status, to: result.to, pipelineId };
}

async function retryAtOnce(deps: ProcessDeps, tx: Tx, pipelineId: PipelineId, id: JobId): Promise<void> {
  const snapshot = await findSnapshot(tx, pipelineId);
  if (snapshot === undefined) return;
  const plan = planRetry(snapshot, id, deps.clock.now());
  if (plan.kind === 'retry') await writeRetryPlan(deps, tx, snapshot, plan, null);
}
