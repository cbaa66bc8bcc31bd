import type { Status } from '../wire/statuses.ts';
import { isCompleted } from '../wire/statuses.ts';
import type { JobState } from './types.ts';

const isStopped = (status: Status): boolean => isCompleted(status) || status === 'manual' || status === 'scheduled';

/**
 * Jobs (by name) that were over or waiting for a play in the snapshot that was processed, and are alive in a later
 * one: somebody retried or played them meanwhile. Processing may have skipped dependents that their own reset came
 * too early for, so reset the dependents of these once more and process again.
 */
export function findNewlyAlive(before: readonly JobState[], after: readonly JobState[]): readonly JobState[] {
  const stopped = new Set(before.filter((job) => !job.retried && isStopped(job.status)).map((job) => job.name));
  return after.filter((job) => !job.retried && !isStopped(job.status) && stopped.has(job.name));
}
