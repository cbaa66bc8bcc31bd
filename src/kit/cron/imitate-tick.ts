import type { Cron } from './cron.ts';
import { type DstPolicy, FUGIT_DST } from './dst-policy.ts';
import { nextRun } from './next-run.ts';
import { parseCron } from './parse-cron.ts';

export interface TickOptions {
  /** When the worker looks for schedules that are due; in UTC. GitLab's default is `3-59/10 * * * *`. */
  readonly worker: Cron;
  readonly cron: Cron;
  readonly zone: string;
  readonly now: Date;
  /** Runs of one schedule per day that the plan allows. Without effect below 24 and above 1440. */
  readonly dailyLimit?: number | undefined;
  readonly policy?: DstPolicy | undefined;
}

const MINUTES_OF_DAY = 1440;

/** The cron of a plan: its runs spread evenly over the day. */
const planCron = (dailyLimit: number | undefined): Cron | undefined => {
  if (dailyLimit === undefined || dailyLimit < 1) return undefined;
  const minutes = Math.floor(MINUTES_OF_DAY / dailyLimit);
  if (minutes < 1 || minutes > 60) return undefined;
  const parsed = parseCron(`*/${minutes} * * * *`);
  return parsed.kind === 'cron' ? parsed.cron : undefined;
};

const worksAt = (worker: Cron, at: Date): boolean =>
  nextRun(worker, 'UTC', new Date(at.getTime() - 1000))?.getTime() === at.getTime();

/**
 * The `next_run_at` that GitLab would have: not the cron's own time but the tick of its worker that finds the schedule
 * due, and, where a plan limits the runs of a day, one that the limit allows. Undefined when the cron or the worker has
 * no next run.
 */
export const imitateTick = (options: TickOptions): Date | undefined => {
  const { worker, cron, zone, now, policy = FUGIT_DST } = options;
  const nextTick = (after: Date): Date | undefined => nextRun(worker, 'UTC', after);
  const ideal = nextRun(cron, zone, now, policy);
  if (ideal === undefined) return undefined;
  const plan = planCron(options.dailyLimit);
  if (plan === undefined) return nextTick(now)?.getTime() === ideal.getTime() ? ideal : nextTick(ideal);
  const allowed = nextRun(plan, 'UTC', now);
  if (allowed === undefined) return undefined;
  if (worksAt(worker, ideal) && allowed <= ideal) return ideal;
  const allowedAfter = nextRun(plan, 'UTC', ideal);
  if (allowedAfter === undefined || worksAt(worker, allowedAfter)) return allowedAfter;
  const tick = nextTick(ideal);
  return tick === undefined || allowed <= tick ? tick : nextTick(allowedAfter);
};
