export { cronClock } from './cron-clock.ts';
export { LoneTicks } from './lone-ticks.ts';
export { purgeTicks } from './purge-ticks.ts';
export { scheduleRoutes } from './routes/index.ts';
export { runDueTicks, untilNextRun } from './run-due-ticks.ts';
export { findScheduleOfPipeline } from './run-schedule.ts';
export type { ScheduleClock } from './schedule-clock.ts';
export { switchOffSchedulesOf } from './switch-off-schedules.ts';
