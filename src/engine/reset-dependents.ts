import { inRunningOrder } from './job-order.ts';
import { findMove } from './transition.ts';
import type { JobMove, JobState } from './types.ts';

/**
 * After `started` were played or retried: the skipped jobs that may now get their turn after all go back to `created`.
 * These are the ones that need a started job, directly or through others, and all in later stages than the earliest
 * started one. In stage order, then in the order of needs. The rows' user becomes the one who acts.
 */
export function resetDependents(
  jobs: readonly JobState[],
  started: readonly Pick<JobState, 'name' | 'stageIndex'>[],
  now: Date,
): readonly JobMove[] {
  if (started.length === 0) return [];
  const latest = jobs.filter((job) => !job.retried);
  const earliest = started.reduce((stage, job) => Math.min(stage, job.stageIndex), Number.POSITIVE_INFINITY);
  const dependents = namesThatNeed(
    latest,
    started.map((job) => job.name),
  );
  const reset = latest.filter(
    (job) => job.status === 'skipped' && (job.stageIndex > earliest || dependents.has(job.name)),
  );
  return inRunningOrder(reset).flatMap((job) => findMove(job, { type: 'process' }, now) ?? []);
}

function namesThatNeed(jobs: readonly JobState[], names: readonly string[]): ReadonlySet<string> {
  const dependentsOf = new Map<string, string[]>();
  for (const job of jobs) {
    for (const need of job.needs) {
      const dependents = dependentsOf.get(need.name);
      if (dependents === undefined) dependentsOf.set(need.name, [job.name]);
      else dependents.push(job.name);
    }
  }
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const dependent of dependentsOf.get(name) ?? []) {
      if (found.has(dependent)) continue;
      found.add(dependent);
      open.push(dependent);
    }
  }
  return found;
}
