export { cronClock } from './cron-clock.ts';
export { scheduleRoutes } from './routes/index.ts';
export type { ClockedSchedule, ClockProblem, ScheduleClock } from './schedule-clock.ts';
export type { RunScheduleAs } from './run-schedule.ts';
export { findScheduleOfPipeline } from './run-schedule.ts';
export { findScheduleOfPipeline, runSchedule } from './run-schedule.ts';
export { runDueTicks } from './run-due-ticks.ts';
