import type { Clock } from '../../kit/clock.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { insertTicks, lockDueSchedules } from './ledger-store.ts';
import { planTicks } from './plan-ticks.ts';
import type { Schedule } from './schedule.ts';
import type { ScheduleClock } from './schedule-clock.ts';
import { lockSchedule, updateSchedule } from './store.ts';

export interface DueTicksDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly scheduleClock: ScheduleClock;
}

/** Schedules looked at in one transaction. */
const PAGE = 100;

/**
 * Writes the ticks of every schedule whose next run has come into the ledger and moves its next run on, in one
 * transaction: a crash leaves both or neither. Answers how many schedules were due. Any number of servers may do so.
 */
export const planDueTicks = async (deps: DueTicksDeps): Promise<number> => {
  let count = 0;
  for (let found = PAGE; found === PAGE; ) {
    // Each page is a transaction of its own: the next one sees what this one moved on.
    found = await deps.db.transaction().execute(async (tx) => {
      const now = deps.clock.now();
      const ids = await lockDueSchedules(tx, now, PAGE);
      for (const id of ids) {
        const schedule = await lockSchedule(tx, id);
        if (schedule === undefined) continue;
        const plan = tryPlan(deps, schedule, now);
        if (typeof plan === 'string') {
          await updateSchedule(tx, id, { active: false, deactivatedReason: plan, nextRunAt: null }, now);
          continue;
        }
        await insertTicks(tx, schedule, plan.ticks, now);
        await updateSchedule(tx, id, { nextRunAt: plan.nextRunAt }, schedule.updatedAt);
      }
      return ids.length;
    });
    count += found;
  }
  return count;
};

/** Takes down what is due before a change plans the schedule anew, so that no planned run vanishes. */
export const writeDueTicks = async (
  tx: Tx,
  { scheduleClock }: Pick<DueTicksDeps, 'scheduleClock'>,
  schedule: Schedule,
  now: Date,
): Promise<void> => {
  if (!schedule.active || schedule.nextRunAt === null || schedule.nextRunAt > now) return;
  await insertTicks(tx, schedule, planTicks(schedule, scheduleClock, now).ticks, now);
};

/** One schedule that cannot be computed must not keep the others waiting: it is switched off, and says why. */
const tryPlan = (
  { scheduleClock }: DueTicksDeps,
  schedule: Parameters<typeof planTicks>[0],
  now: Date,
): ReturnType<typeof planTicks> | string => {
  try {
    return planTicks(schedule, scheduleClock, now);
  } catch (error) {
    return `its next run cannot be computed: ${error instanceof Error ? error.message : String(error)}`;
  }
};
