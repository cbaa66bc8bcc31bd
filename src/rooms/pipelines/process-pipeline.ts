import type { JobMove, PipelineMove } from '../../engine/index.ts';
import { processPipeline as decide } from '../../engine/index.ts';
import type { Fact } from '../../events/index.ts';
import type { PipelineId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { cancelJobsOf } from './cancel-jobs.ts';
import { clearCancelRest, deleteMarks, findMarks, markDirty } from './dirty-store.ts';
import { applyJobMoves, applyPipelineMove, applyStageMoves, notifyPendingJobs } from './job-write-store.ts';
import type { ProcessDeps } from './process-deps.ts';
import type { LoadedSnapshot } from './snapshot-store.ts';
import { findSnapshot, lockPipeline } from './snapshot-store.ts';

/** A round ends without a mark, or removes marks; more come only from other people's transitions. */
const MAX_ROUNDS = 50;

/**
 * Decides what a pipeline's transitions have freed, and writes stages and pipeline: one transaction a round under the
 * pipeline's row, until no mark is left. Safe to call at any time by anybody; without a mark it does nothing.
 */
export async function processPipeline(deps: ProcessDeps, id: PipelineId): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const outcome = await deps.db.transaction().execute((tx) => processOnce(deps, tx, id));
    if (outcome.kind === 'settled') return;
    if (outcome.kind === 'cancel_rest') {
      await cancelJobsOf(deps, id, 'all');
      await clearCancelRest(deps.db, outcome.marks);
    }
  }
}

type Outcome =
  | { readonly kind: 'settled' }
  | { readonly kind: 'look_again' }
  | { readonly kind: 'cancel_rest'; readonly marks: readonly number[] };

const SETTLED: Outcome = { kind: 'settled' };

async function processOnce(deps: ProcessDeps, tx: Tx, id: PipelineId): Promise<Outcome> {
  if (!(await lockPipeline(tx, id))) return SETTLED;
  const marks = await findMarks(tx, id);
  if (marks.ids.length === 0) return SETTLED;
  const snapshot = await findSnapshot(tx, id);
  if (snapshot === undefined) return SETTLED;
  // The marks stay until the rest is canceled, so what a crash interrupts is repeated by the sweeper.
  if (marks.cancelRest && snapshot.cancelOnJobFailure) return { kind: 'cancel_rest', marks: marks.ids };
  const complete = await writeDecision(deps, tx, snapshot);
  await deleteMarks(tx, marks.ids);
  // Marks that come later are processed by whoever makes them.
  return complete ? SETTLED : { kind: 'look_again' };
}

/** False: somebody moved a job between our look and our write, so that another look is due. */
async function writeDecision(deps: ProcessDeps, tx: Tx, snapshot: LoadedSnapshot): Promise<boolean> {
  const now = deps.clock.now();
  const { id } = snapshot.pipeline;
  const result = decide(snapshot, now);
  const moved = await applyJobMoves(tx, result.jobs, now);
  await applyStageMoves(tx, result.stages);
  if (result.pipeline !== null) await applyPipelineMove(tx, id, result.pipeline, now);
  const complete = moved.size === result.jobs.length;
  if (!complete) await markDirty(tx, id, now);
  const pending = result.jobs.filter((move) => moved.has(move.id) && move.to === 'pending').length;
  if (pending > 0) await notifyPendingJobs(tx, pending);
  await deps.publish(tx, factsOf(snapshot, result.jobs, moved, result.pipeline));
  return complete;
}

function factsOf(
  snapshot: LoadedSnapshot,
  moves: readonly JobMove[],
  moved: ReadonlySet<number>,
  pipeline: PipelineMove | null,
): readonly Fact[] {
  const owner = { projectId: snapshot.projectId, pipelineId: snapshot.pipeline.id };
  const facts: Fact[] = moves
    .filter((move) => moved.has(move.id))
    .map((move) => ({ type: 'job_moved', ...owner, jobId: move.id, from: move.from, to: move.to }));
  if (pipeline !== null) facts.push({ type: 'pipeline_moved', ...owner, from: pipeline.from, to: pipeline.to });
  return facts;
}
