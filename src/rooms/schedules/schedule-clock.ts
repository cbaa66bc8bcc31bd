import type { Schedule } from './schedule.ts';

/** Why a cron or a time zone cannot be kept. */
export interface ClockProblem {
  readonly attribute: 'cron' | 'cron_timezone';
  readonly reason: string;
}

/** What a schedule's ticks follow from; its number is what `H` is drawn from. */
export type ClockedSchedule = Pick<Schedule, 'id' | 'cron' | 'cronTimezone' | 'policy'>;

/** A change of the zone's distance from UTC, in seconds ahead of it. */
export interface OffsetChange {
  readonly at: Date;
  readonly before: number;
  readonly after: number;
}

export interface PlannedRun {
  readonly at: Date;
  /** The same in the schedule's zone: `2026-03-29T03:30:00+02:00`. */
  readonly local: string;
  /** Since the run before. */
  readonly offsetChanges: readonly OffsetChange[];
}

/** Knows crons and time zones. */
export interface ScheduleClock {
  readonly check: (cron: string, cronTimezone: string) => readonly ClockProblem[];
  /** The first tick after that moment; null: there is none any more. */
  readonly next: (schedule: ClockedSchedule, after: Date) => Date | null;
  /** The first so many ticks after that moment. */
  readonly preview: (schedule: ClockedSchedule, after: Date, count: number) => readonly PlannedRun[];
}
