import type { CancelMode } from '../../engine/index.ts';
import { cancelPipeline as planCancel } from '../../engine/index.ts';
import type { PipelineId } from '../../kit/ids.ts';
import type { ProcessDeps } from './process-deps.ts';
import { findSnapshot } from './snapshot-store.ts';
import { writeMoves } from './write-plan.ts';

/** Rounds against runners that move jobs meanwhile; each round plans on what it then finds. */
const MAX_ROUNDS = 20;

/**
 * Cancels every job of a pipeline that can be canceled (or only the interruptible ones) without processing it.
 * Jobs in the hands of a runner that can be asked become `canceling`, all others `canceled`.
 */
export async function cancelJobsOf(deps: ProcessDeps, id: PipelineId, mode: CancelMode): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const complete = await deps.db.transaction().execute(async (tx) => {
      const snapshot = await findSnapshot(tx, id);
      if (snapshot === undefined) return true;
      const moves = planCancel(snapshot, mode, (job) => snapshot.gracefulJobs.has(job.id), deps.clock.now());
      return (await writeMoves(deps, tx, snapshot, moves, null)) === moves.length;
    });
    if (complete) return;
  }
  throw new Error(`pipeline ${id}: its jobs moved faster than they could be canceled`);
}
