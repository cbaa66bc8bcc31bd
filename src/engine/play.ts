import type { JobId } from '../kit/ids.ts';
import { isPlayable } from './predicates.ts';
import { resetDependents } from './reset-dependents.ts';
import type { RetryPlan } from './retry.ts';
import { planRetry } from './retry.ts';
import { findMove } from './transition.ts';
import type { JobMove, PipelineSnapshot } from './types.ts';

export type PlayDecision =
  /** First the job's own move, then its dependents. The rows' user becomes the one who plays. */
  | { readonly kind: 'play'; readonly moves: readonly [JobMove, ...JobMove[]] }
  /** The job was done already: playing it makes a new attempt. */
  | RetryPlan
  | { readonly kind: 'refused'; readonly reason: 'unplayable' };

/** The play button of a manual or delayed job. */
export function playJob(
  snapshot: PipelineSnapshot,
  id: JobId,
  now: Date,
  { archived = false }: { readonly archived?: boolean } = {},
): PlayDecision {
  const job = snapshot.jobs.find((candidate) => candidate.id === id);
  if (job === undefined || !isPlayable(job, archived)) return { kind: 'refused', reason: 'unplayable' };
  const move = findMove(job, { type: 'enqueue' }, now);
  if (move !== null) return { kind: 'play', moves: [move, ...resetDependents(snapshot.jobs, [job], now)] };
  const plan = planRetry(snapshot, id, now);
  return plan.kind === 'retry' ? plan : { kind: 'refused', reason: 'unplayable' };
}
