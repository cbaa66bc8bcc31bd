import type { Status } from '../wire/statuses.ts';
import type { JobState } from './types.ts';

/**
 * A set of statuses as bits, with two of its own: `warning` (an allowed failure or cancel) and `ignored` (an optional
 * manual job). The composite depends on the set alone, so stages keep a mask and never walk their jobs twice.
 */
export type StatusMask = number;

const BIT = {
  created: 1 << 0,
  waiting_for_resource: 1 << 1,
  preparing: 1 << 2,
  waiting_for_callback: 1 << 3,
  pending: 1 << 4,
  running: 1 << 5,
  success: 1 << 6,
  failed: 1 << 7,
  canceling: 1 << 8,
  canceled: 1 << 9,
  skipped: 1 << 10,
  manual: 1 << 11,
  scheduled: 1 << 12,
  warning: 1 << 13,
  ignored: 1 << 14,
} as const satisfies Readonly<Record<Status | 'warning' | 'ignored', StatusMask>>;

export const EMPTY_MASK: StatusMask = 0;

/** `dag`: the statuses of a job's `needs`; `stage`: everything else (stages, pipelines, earlier stages). */
export type CompositeMode = 'stage' | 'dag';

/** The bit of one job. */
export const statusMask = (job: Pick<JobState, 'status' | 'allowFailure'>): StatusMask => {
  if (job.allowFailure) {
    if (job.status === 'failed' || job.status === 'canceled') return BIT.warning;
    if (job.status === 'manual') return BIT.ignored;
  }
  return BIT[job.status];
};

interface CompositeRule {
  readonly matches: 'only' | 'any';
  readonly mask: StatusMask;
  readonly result: Status;
}

const PASSIVE = BIT.warning | BIT.ignored;

/** First match wins. */
const RULES: readonly CompositeRule[] = [
  { matches: 'only', mask: BIT.skipped | BIT.ignored, result: 'skipped' },
  { matches: 'only', mask: BIT.success | BIT.skipped | PASSIVE, result: 'success' },
  { matches: 'only', mask: BIT.created | PASSIVE, result: 'created' },
  { matches: 'only', mask: BIT.preparing | PASSIVE, result: 'preparing' },
  { matches: 'only', mask: BIT.canceled | BIT.success | BIT.skipped | PASSIVE, result: 'canceled' },
  { matches: 'only', mask: BIT.pending | BIT.created | BIT.skipped | PASSIVE, result: 'pending' },
  { matches: 'any', mask: BIT.running | BIT.pending, result: 'running' },
  { matches: 'any', mask: BIT.waiting_for_resource, result: 'waiting_for_resource' },
  { matches: 'any', mask: BIT.waiting_for_callback, result: 'waiting_for_callback' },
  { matches: 'any', mask: BIT.manual, result: 'manual' },
  { matches: 'any', mask: BIT.scheduled, result: 'scheduled' },
  { matches: 'any', mask: BIT.preparing, result: 'preparing' },
  { matches: 'any', mask: BIT.created, result: 'running' },
  { matches: 'any', mask: BIT.canceling, result: 'canceling' },
];

/** The composite of a set; null for the empty one. */
export function compositeOfMask(mask: StatusMask, mode: CompositeMode): Status | null {
  if (mask === EMPTY_MASK) return null;
  // A need that did not run blocks its dependents, also while other needs are still on their way.
  if (mode === 'dag' && (mask & (BIT.skipped | BIT.ignored)) !== 0) return 'skipped';
  for (const rule of RULES) {
    const hit = rule.matches === 'only' ? (mask & ~rule.mask) === 0 : (mask & rule.mask) !== 0;
    if (hit) return rule.result;
  }
  return 'failed';
}

/** GitLab's composite status of some jobs (callers leave out retried rows); null when there are none. */
export function compositeStatus(
  jobs: Iterable<Pick<JobState, 'status' | 'allowFailure'>>,
  mode: CompositeMode = 'stage',
): Status | null {
  let mask = EMPTY_MASK;
  for (const job of jobs) mask |= statusMask(job);
  return compositeOfMask(mask, mode);
}
