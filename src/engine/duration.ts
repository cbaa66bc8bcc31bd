import type { Status } from '../wire/statuses.ts';
import type { JobState } from './types.ts';

const COUNTED: readonly Status[] = ['success', 'failed', 'running', 'canceling', 'canceled'];

type Interval = readonly [start: number, end: number];

/**
 * A pipeline's duration: the union of the running times of its latest jobs in whole seconds (rounded down). Time in
 * which no job ran is left out, time in which several ran counts once; a job that still runs counts until `now`.
 */
export function pipelineDuration(
  jobs: readonly Pick<JobState, 'status' | 'retried' | 'startedAt' | 'finishedAt'>[],
  now: Date,
): number {
  const intervals: Interval[] = [];
  for (const job of jobs) {
    if (job.retried || job.startedAt === null || !COUNTED.includes(job.status)) continue;
    intervals.push([job.startedAt.getTime(), (job.finishedAt ?? now).getTime()]);
  }
  intervals.sort(([a], [b]) => a - b);
  let covered = Number.NEGATIVE_INFINITY;
  let milliseconds = 0;
  for (const [start, end] of intervals) {
    milliseconds += Math.max(0, end - Math.max(start, covered));
    covered = Math.max(covered, end);
  }
  return Math.floor(milliseconds / 1000);
}
