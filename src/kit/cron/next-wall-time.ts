import { nextDay } from './calendar.ts';
import type { Cron } from './cron.ts';

const DAY = 86_400;

const firstFrom = (values: readonly number[], least: number): number | undefined =>
  values.find((value) => value >= least);

const earliest = (values: readonly number[]): number => values[0] ?? 0;

/** The first time of day, in seconds, that is not before the given one. */
const nextTimeOfDay = (cron: Cron, from: number): number | undefined => {
  const hour = Math.floor(from / 3600);
  const minute = Math.floor(from / 60) % 60;
  if (cron.hours.includes(hour)) {
    const second = cron.minutes.includes(minute) ? firstFrom(cron.seconds, from % 60) : undefined;
    if (second !== undefined) return hour * 3600 + minute * 60 + second;
    const later = firstFrom(cron.minutes, minute + 1);
    if (later !== undefined) return hour * 3600 + later * 60 + earliest(cron.seconds);
  }
  const laterHour = firstFrom(cron.hours, hour + 1);
  if (laterHour === undefined) return undefined;
  return laterHour * 3600 + earliest(cron.minutes) * 60 + earliest(cron.seconds);
};

/**
 * The first wall-clock time of the cron between two, both included. Wall-clock times are counted in seconds as if
 * they were UTC, and know nothing of zones.
 */
export const nextWallTime = (cron: Cron, from: number, until: number): number | undefined => {
  const today = Math.floor(from / DAY);
  const lastDay = Math.floor(until / DAY);
  let day = nextDay(cron.days, today, lastDay);
  let time = day === today ? nextTimeOfDay(cron, from - today * DAY) : undefined;
  if (time === undefined) {
    if (day === today) day = nextDay(cron.days, today + 1, lastDay);
    time = earliest(cron.hours) * 3600 + earliest(cron.minutes) * 60 + earliest(cron.seconds);
  }
  if (day === undefined) return undefined;
  const found = day * DAY + time;
  return found <= until ? found : undefined;
};
