import type { JobMove, RetryPlan } from '../../engine/index.ts';
import type { Fact } from '../../events/index.ts';
import type { JobId, UserId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { markDirty } from './dirty-store.ts';
import { applyJobMoves, insertAttempts, markRetried, notifyPendingJobs } from './job-write-store.ts';
import type { ProcessDeps } from './process-deps.ts';
import type { LoadedSnapshot } from './snapshot-store.ts';

/**
 * Writes moves that the engine planned on a snapshot, in the caller's transaction, and marks the pipeline dirty.
 * Answers how many really happened; fewer than planned means that somebody else was faster.
 */
export async function writeMoves(
  deps: ProcessDeps,
  tx: Tx,
  snapshot: LoadedSnapshot,
  moves: readonly JobMove[],
  userId: UserId | null,
): Promise<number> {
  if (moves.length === 0) return 0;
  const now = deps.clock.now();
  const moved = await applyJobMoves(tx, moves, now, userId);
  const happened = moves.filter((move) => moved.has(move.id));
  const pending = happened.filter((move) => move.to === 'pending').length;
  if (pending > 0) await notifyPendingJobs(tx, pending);
  await deps.publish(
    tx,
    happened.map(
      (move): Fact => ({
        type: 'job_moved',
        projectId: snapshot.projectId,
        pipelineId: snapshot.pipeline.id,
        jobId: move.id,
        from: move.from,
        to: move.to,
      }),
    ),
  );
  await markDirty(tx, snapshot.pipeline.id, now);
  return happened.length;
}

/** The new attempts' ids in the plan's order, or undefined when another retry of one of the jobs came first. */
export async function writeRetryPlan(
  deps: ProcessDeps,
  tx: Tx,
  snapshot: LoadedSnapshot,
  plan: RetryPlan,
  userId: UserId | null,
): Promise<readonly JobId[] | undefined> {
  const now = deps.clock.now();
  const replaced = plan.attempts.flatMap((attempt) => attempt.replaces);
  if (!(await markRetried(tx, replaced))) return undefined;
  const ids = await insertAttempts(tx, plan.attempts, userId, now);
  await writeMoves(deps, tx, snapshot, plan.moves, userId);
  await markDirty(tx, snapshot.pipeline.id, now);
  return ids;
}
