import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../kit/clock.ts';
import type { ScheduleId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { insertTicks, lockDueSchedules, type NewTick, updateNextRuns } from './ledger-store.ts';
import { planTicks } from './plan-ticks.ts';
import type { Schedule } from './schedule.ts';
import type { ScheduleClock } from './schedule-clock.ts';
import { updateSchedule } from './store.ts';

export interface DueTicksDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly scheduleClock: ScheduleClock;
}

/** Schedules looked at in one transaction. */
const PAGE = 250;
/** Schedules planned in one go: requests of the API keep their turn. */
const AT_A_TIME = 25;

/**
 * Writes the ticks of schedules whose next run has come into the ledger and moves their next runs on, in one transaction: a
 * crash leaves both or neither. One page of them; answers how many schedules it had. Any number of servers may do so.
 */
export const planDueTicks = (deps: DueTicksDeps): Promise<number> =>
  deps.db.transaction().execute(async (tx) => {
    const now = deps.clock.now();
    const schedules = await lockDueSchedules(tx, now, PAGE);
    const ticks: NewTick[] = [];
    const plans: { readonly id: ScheduleId; readonly nextRunAt: Date | null }[] = [];
    for (const [index, schedule] of schedules.entries()) {
      if (index % AT_A_TIME === AT_A_TIME - 1) await turn();
      const { id, projectId } = schedule;
      const plan = tryPlan(deps, schedule, now);
      if (typeof plan === 'string') {
        await updateSchedule(tx, id, { active: false, deactivatedReason: plan, nextRunAt: null }, now);
        continue;
      }
      for (const tick of plan.ticks) ticks.push({ ...tick, scheduleId: id, projectId });
      plans.push({ id, nextRunAt: plan.nextRunAt });
    }
    await insertTicks(tx, ticks, now);
    await updateNextRuns(tx, plans);
    return schedules.length;
  });

/** Takes down what is due before a change plans the schedule anew, so that no planned run vanishes. */
export const writeDueTicks = async (
  tx: Tx,
  { scheduleClock }: Pick<DueTicksDeps, 'scheduleClock'>,
  schedule: Schedule,
  now: Date,
): Promise<void> => {
  if (!schedule.active || schedule.nextRunAt === null || schedule.nextRunAt > now) return;
  const { id: scheduleId, projectId } = schedule;
  const { ticks } = planTicks(schedule, scheduleClock, now);
  await insertTicks(
    tx,
    ticks.map((tick) => ({ ...tick, scheduleId, projectId })),
    now,
  );
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
