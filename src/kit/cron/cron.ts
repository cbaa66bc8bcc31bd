/** The weekday of a day's number in its month: the second Monday, the last Friday. */
export interface NthWeekday {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 5 from the first, -1 to -5 from the last. */
  readonly nth: number;
}

/** A weekday of every so many weeks, counted from the week that begins on Tuesday, 2019-01-01, which is week 1. */
export interface WeekdayOfWeeks {
  readonly weekday: number;
  readonly every: number;
  readonly plus: number;
}

/** Sets of small numbers are bits: bit n is set when n is in the set. */
export interface MonthDayRule {
  /** Days counted from the first: bits 1 to 31. */
  readonly fromStart: number;
  /** Days counted from the last, which is bit 1. */
  readonly fromEnd: number;
}

export interface WeekdayRule {
  readonly plain: number;
  readonly nth: readonly NthWeekday[];
  readonly ofWeeks: readonly WeekdayOfWeeks[];
}

/** Which days a cron runs on. An absent rule says nothing. */
export interface DayRule {
  readonly months: number;
  readonly monthDays: MonthDayRule | undefined;
  readonly weekdays: WeekdayRule | undefined;
  /** `&`: a day has to satisfy both rules. Otherwise, as in crontab(5), one of the two is enough. */
  readonly both: boolean;
}

/** A cron that was understood: wall-clock times, without a zone. Made by `parseCron` only. */
export interface Cron {
  /** As it was written, without the spaces around it. */
  readonly text: string;
  /** Each in rising order and never empty. */
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: DayRule;
  /** Runs in each hour of its days: an interval rather than a time of day. */
  readonly everyHour: boolean;
}
