import type { JobCommand, JobState, RefusalReason } from '../../engine/index.ts';
import { transition } from '../../engine/index.ts';
import type { JobId, PipelineId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { Status } from '../../wire/statuses.ts';
import { markDirty } from './dirty-store.ts';
import type { JobSideChanges } from './job-write-store.ts';
import { compareAndSetJob, notifyPendingJobs } from './job-write-store.ts';
import type { ProcessDeps } from './process-pipeline.ts';
import { processPipeline } from './process-pipeline.ts';
import { writeRetry } from './retry-row.ts';
import { findJobState } from './snapshot-store.ts';

export interface AdvanceOptions {
  readonly side?: JobSideChanges;
  /** Runs in the same transaction after the job has moved (and never when it has not). */
  readonly also?: (tx: Tx) => Promise<void>;
}

export type AdvanceResult =
  | { readonly kind: 'moved'; readonly from: Status; readonly to: Status }
  | { readonly kind: 'refused'; readonly status: Status; readonly reason: RefusalReason }
  | { readonly kind: 'missing' };

/** Tries against other writers of the same row before giving up; each try sees the newest status. */
const MAX_TRIES = 10;

/**
 * The one way by which a job changes its status: the engine decides, a compare-and-set on the job's own row writes,
 * the pipeline is marked dirty in the same transaction and processed right after its commit.
 * `command` may look at the job (its present state) to make up its mind; undefined means: leave it.
 */
export async function advanceJob(
  deps: ProcessDeps,
  id: JobId,
  command: JobCommand | ((job: JobState) => JobCommand | undefined),
  options: AdvanceOptions = {},
): Promise<AdvanceResult> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const step = await deps.db.transaction().execute((tx) => advanceOnce(deps, tx, id, command, options));
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
  command: JobCommand | ((job: JobState) => JobCommand | undefined),
  options: AdvanceOptions,
): Promise<Step> {
  const located = await findJobState(tx, id);
  if (located === undefined) return { kind: 'missing' };
  const { state, pipelineId, projectId } = located;
  const chosen = typeof command === 'function' ? command(state) : command;
  if (chosen === undefined) return { kind: 'refused', status: state.status, reason: 'wrong_status' };
  const now = deps.clock.now();
  const result = transition(state, chosen, now);
  if (result.kind === 'refused') return { kind: 'refused', status: state.status, reason: result.reason };
  if (!(await compareAndSetJob(tx, id, state.status, result.changes, options.side ?? {}, now))) {
    return { kind: 'lost_race' };
  }
  await options.also?.(tx);
  if (result.effects.some((effect) => effect.type === 'auto_retry')) {
    await writeRetry(deps, tx, { pipelineId, jobId: id, automatic: true });
  }
  if (result.to === 'pending') await notifyPendingJobs(tx, 1);
  await deps.publish(tx, [{ type: 'job_moved', projectId, pipelineId, jobId: id, from: state.status, to: result.to }]);
  await markDirty(tx, pipelineId, now);
  return { kind: 'moved', from: state.status, to: result.to, pipelineId };
}
