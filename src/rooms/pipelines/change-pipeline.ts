import type { CancelMode } from '../../engine/index.ts';
import {
  playJob as decidePlay,
  isCancelableJob,
  isPlayable,
  planPipelineRetry,
  planRetry,
} from '../../engine/index.ts';
import type { JobId, PipelineId, UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import type { AdvanceResult } from './advance.ts';
import { advanceJob } from './advance.ts';
import { cancelJobsOf } from './cancel-jobs.ts';
import { updatePlayVariables } from './job-write-store.ts';
import type { ProcessDeps } from './process-deps.ts';
import { processPipeline } from './process-pipeline.ts';
import type { LoadedSnapshot } from './snapshot-store.ts';
import { findJobState, findSnapshot, lockPipeline } from './snapshot-store.ts';
import { PLAY_VARIABLES } from './variable-store.ts';
import { writeMoves, writeRetryPlan } from './write-plan.ts';

/** What a person may do to a pipeline or a job that is there: cancel, retry, play. Rights are the guards' business. */

/** Everything that is not over yet is canceled; running scripts are really stopped by their runner. */
export async function cancelPipeline(deps: ProcessDeps, id: PipelineId, mode: CancelMode = 'all'): Promise<void> {
  await cancelJobsOf(deps, id, mode);
  await processPipeline(deps, id);
}

/**
 * Cancel of one job; `force` ends one whose cancel is under way, and nothing else. A job that cannot be canceled stays as
 * it is (GitLab answers with it unchanged).
 */
export const cancelJob = (deps: ProcessDeps, id: JobId, force: boolean): Promise<AdvanceResult> =>
  advanceJob(deps, id, ({ state, cancelGracefully }) => {
    if (force) return { type: 'force_cancel' };
    return isCancelableJob(state) ? { type: 'cancel', graceful: cancelGracefully } : undefined;
  });

/** The new row's id; undefined when the job cannot be retried (or somebody retried it a moment ago). */
export const retryJob = (
  deps: ProcessDeps,
  pipelineId: PipelineId,
  id: JobId,
  userId: UserId,
): Promise<JobId | undefined> =>
  changed(deps, pipelineId, async (tx, snapshot) => {
    const plan = planRetry(snapshot, id, deps.clock.now());
    if (plan.kind === 'refused') return undefined;
    return (await writeRetryPlan(deps, tx, snapshot, plan, userId))?.[0];
  });

/** Failed and canceled jobs get new rows, skipped ones are decided anew. Nothing to retry is not an error. */
export async function retryPipeline(deps: ProcessDeps, id: PipelineId, userId: UserId): Promise<void> {
  await changed(deps, id, async (tx, snapshot) => {
    const plan = planPipelineRetry(snapshot, deps.clock.now());
    return plan.kind === 'refused' ? undefined : writeRetryPlan(deps, tx, snapshot, plan, userId);
  });
}

/** Whether the play button would do something at this moment. */
export async function isPlayableNow(db: Db, id: JobId): Promise<boolean> {
  const job = await findJobState(db, id);
  return job !== undefined && isPlayable(job.state);
}

/** Variables given by the person who plays a manual job. */
export interface PlayVariable {
  readonly key: string;
  readonly value: string;
}

/**
 * The play button of a manual or delayed job. Answers the id of the row that starts: the job's own, or that of a new
 * attempt where the job was done already; undefined when it cannot be played.
 */
export const playJob = (
  deps: ProcessDeps & { readonly vault: Vault },
  pipelineId: PipelineId,
  id: JobId,
  userId: UserId,
  variables: readonly PlayVariable[],
): Promise<JobId | undefined> =>
  changed(deps, pipelineId, async (tx, snapshot) => {
    const job = snapshot.jobs.find((candidate) => candidate.id === id);
    if (job === undefined || !isPlayable(job)) return undefined;
    const decision = decidePlay(snapshot, id, deps.clock.now());
    if (decision.kind === 'refused') return undefined;
    let playedId: JobId | undefined = id;
    if (decision.kind === 'retry') {
      playedId = (await writeRetryPlan(deps, tx, snapshot, decision, userId))?.[0];
    } else if ((await writeMoves(deps, tx, snapshot, decision.moves.slice(0, 1), userId)) === 1) {
      await writeMoves(deps, tx, snapshot, decision.moves.slice(1), userId);
    } else {
      return undefined;
    }
    if (playedId !== undefined && variables.length > 0) {
      await updatePlayVariables(tx, playedId, deps.vault.seal(JSON.stringify(variables), PLAY_VARIABLES));
    }
    return playedId;
  });

class NothingChanged extends Error {}

/** One transaction on a fresh snapshot, undone when `change` answers undefined, then processing. */
async function changed<T>(
  deps: ProcessDeps,
  id: PipelineId,
  change: (tx: Tx, snapshot: LoadedSnapshot) => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    const result = await deps.db.transaction().execute(async (tx) => {
      // Under the pipeline's row: a processor with an older snapshot could skip a dependent that is freed here.
      if (!(await lockPipeline(tx, id))) throw new NothingChanged();
      const snapshot = await findSnapshot(tx, id);
      const value = snapshot === undefined ? undefined : await change(tx, snapshot);
      if (value === undefined) throw new NothingChanged();
      return value;
    });
    await processPipeline(deps, id);
    return result;
  } catch (error) {
    if (error instanceof NothingChanged) return undefined;
    throw error;
  }
}
