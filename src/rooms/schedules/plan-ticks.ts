import type { Schedule } from './schedule.ts';
import type { ScheduleClock } from './schedule-clock.ts';

/** A tick as the ledger takes it down. */
export interface PlannedTick {
  readonly plannedAt: Date;
  /** When it may start: the planned time and the jitter. */
  readonly dueAt: Date;
  /** Set: it will not run, because of this. */
  readonly missed?: string;
}

export interface TickPlan {
  readonly ticks: readonly PlannedTick[];
  /** Null: the cron never comes again. */
  readonly nextRunAt: Date | null;
}

/** Milliseconds by which a tick may be late and still count as in time: a busy server, not one that was away. */
const IN_TIME = 60_000;

/** Ticks of one schedule that are planned at once; after a long time away the rest follows at the next turn. */
const MOST_AT_ONCE = 500;

type Planned = Pick<Schedule, 'id' | 'cron' | 'cronTimezone' | 'policy' | 'nextRunAt'>;

/**
 * Every tick from the schedule's next run until now, each to run or missed. Of several that are due at once (no server
 * was there, or none in time) `catch_up` says which are made up: the last, all, or none that is late. None is made up that
 * is older than the deadline. Pure.
 */
export const planTicks = (schedule: Planned, clock: Pick<ScheduleClock, 'next'>, now: Date): TickPlan => {
  const times: Date[] = [];
  let next = schedule.nextRunAt;
  while (next !== null && next <= now && times.length < MOST_AT_ONCE) {
    times.push(next);
    next = clock.next(schedule, next);
  }
  const isLastOfAll = next === null || next > now;
  const ticks = times.map((plannedAt, index): PlannedTick => {
    const isLast = isLastOfAll && index === times.length - 1;
    const missed = reasonToMiss(schedule, plannedAt, now, isLast);
    const dueAt = new Date(plannedAt.getTime() + jitterOf(schedule, plannedAt));
    return { plannedAt, dueAt, ...(missed !== undefined && { missed }) };
  });
  return { ticks, nextRunAt: next };
};

const reasonToMiss = ({ policy }: Planned, plannedAt: Date, now: Date, isLast: boolean): string | undefined => {
  const age = now.getTime() - plannedAt.getTime();
  const { catchUp, catchUpDeadline } = policy;
  if (age > IN_TIME && catchUp === 'none') return 'no server was running in time, and missed runs are not made up';
  if (age > IN_TIME && catchUpDeadline !== null && age > catchUpDeadline * 1000) {
    return `no server was running in time, and it is older than the deadline of ${catchUpDeadline} seconds`;
  }
  if (catchUp === 'last' && !isLast) return 'no server was running in time; the last missed run is made up';
  return undefined;
};

/** Milliseconds. The same tick of the same schedule always gets the same. */
const jitterOf = ({ id, policy }: Planned, plannedAt: Date): number => {
  if (policy.jitter === 0) return 0;
  let hash = 2_166_136_261;
  for (const character of `${id} ${plannedAt.getTime()}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619) >>> 0;
  }
  return (hash % (policy.jitter + 1)) * 1000;
};
