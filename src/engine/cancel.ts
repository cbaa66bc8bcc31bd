import { isCancelable } from '../wire/statuses.ts';
import { isCancelableJob, isCancelablePipeline } from './predicates.ts';
import { findMove } from './transition.ts';
import type { JobMove, JobState, PipelineSnapshot } from './types.ts';

/** Whether the job's runner confirmed it and can run after_script on a cancel (`cancel_gracefully`). */
export type IsGraceful = (job: JobState) => boolean;

/** Cancel of one job by its API; null when it cannot be canceled there (GitLab answers with the job unchanged). */
export const findCancel = (job: JobState, graceful: boolean, now: Date): JobMove | null =>
  isCancelableJob(job) ? findMove(job, { type: 'cancel', graceful }, now) : null;

export type CancelMode =
  /** Everything that is not over, also manual, delayed and undecided jobs. */
  | 'all'
  /** Only jobs with `interruptible: true`. */
  | 'interruptible';

/**
 * Cancel of a pipeline: the jobs to cancel, trigger jobs last. Empty when nothing can be canceled. Child pipelines are
 * the caller's.
 */
export function cancelPipeline(
  snapshot: PipelineSnapshot,
  mode: CancelMode,
  isGraceful: IsGraceful,
  now: Date,
): readonly JobMove[] {
  if (!isCancelablePipeline(snapshot.pipeline, snapshot.jobs)) return [];
  const targets = snapshot.jobs.filter(
    (job) => !job.retried && isCancelable(job.status) && (mode === 'all' || job.interruptible),
  );
  return [...targets.filter((job) => !job.isBridge), ...targets.filter((job) => job.isBridge)].flatMap(
    (job) => findMove(job, { type: 'cancel', graceful: isGraceful(job) }, now) ?? [],
  );
}
