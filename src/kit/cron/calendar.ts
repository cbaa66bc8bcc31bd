import type { DayRule, MonthDayRule, WeekdayRule } from './cron.ts';

/** A date of the Gregorian calendar. Months and days count from 1. */
interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAYS_OF_400_YEARS = 146_097;

/** The days from 1970-01-01 to a date; negative before. The year is counted from March, so that leap days come last. */
export const daysFromCivil = (year: number, month: number, day: number): number => {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_OF_400_YEARS + dayOfEra - 719_468;
};

const civilFromDays = (days: number): CivilDate => {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / DAYS_OF_400_YEARS);
  const dayOfEra = shifted - era * DAYS_OF_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
};

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const lengthOf = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (LENGTHS[month - 1] ?? 31);

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

/** 1970-01-01 was a Thursday. */
const weekdayOf = (days: number): number => modulo(days + 4, 7);

/** fugit's week 1, the reference of `%`, begins on this day, a Tuesday. */
const WEEK_ONE = daysFromCivil(2019, 1, 1);

const weekOf = (days: number): number => Math.floor((days - WEEK_ONE) / 7) + 1;

/** Bit n for day n; 31 bits and the empty bit 0 fill an integer, whose sign is of no matter here. */
const bit = (day: number): number => 1 << day;

const lowBits = (length: number): number => (length === 31 ? ~1 : bit(length + 1) - 2);

const daysOfMonthRule = ({ fromStart, fromEnd }: MonthDayRule, length: number): number => {
  let days = fromStart;
  if (fromEnd !== 0) for (let day = 1; day <= length; day++) if (fromEnd & bit(length + 1 - day)) days |= bit(day);
  return days & lowBits(length);
};

const daysOfWeekdayRule = (rule: WeekdayRule, monthStart: number, length: number): number => {
  const startsOn = weekdayOf(monthStart);
  const firstOf = (weekday: number): number => 1 + modulo(weekday - startsOn, 7);
  let days = 0;
  for (let day = 1; day <= 7; day++) {
    if (!(rule.plain & bit((startsOn + day - 1) % 7))) continue;
    days |= bit(day) | bit(day + 7) | bit(day + 14) | bit(day + 21);
    if (day + 28 <= length) days |= bit(day + 28);
  }
  for (const { weekday, nth } of rule.nth) {
    const first = firstOf(weekday);
    const count = Math.floor((length - first) / 7) + 1;
    const index = nth > 0 ? nth - 1 : count + nth;
    if (index >= 0 && index < count) days |= bit(first + 7 * index);
  }
  for (const { weekday, every, plus } of rule.ofWeeks)
    for (let day = firstOf(weekday); day <= length; day += 7)
      if (modulo(weekOf(monthStart + day - 1), every) === plus) days |= bit(day);
  return days;
};

/** The days of one month that satisfy the rule, as bits 1 to 31. */
const daysOf = (rule: DayRule, monthStart: number, length: number): number => {
  const { monthDays, weekdays } = rule;
  if (monthDays === undefined)
    return weekdays === undefined ? lowBits(length) : daysOfWeekdayRule(weekdays, monthStart, length);
  const byDay = daysOfMonthRule(monthDays, length);
  if (weekdays === undefined) return byDay;
  const byWeekday = daysOfWeekdayRule(weekdays, monthStart, length);
  return rule.both ? byDay & byWeekday : byDay | byWeekday;
};

/**
 * The first day, counted from 1970-01-01, that the rule allows, between two days, both included; undefined when there is
 * none. Costs one step a month.
 */
export const nextDay = (rule: DayRule, from: number, until: number): number | undefined => {
  let { year, month, day } = civilFromDays(from);
  let monthStart = from - day + 1;
  while (monthStart + day - 1 <= until) {
    const length = lengthOf(year, month);
    if (rule.months & bit(month)) {
      const rest = daysOf(rule, monthStart, length) & (-1 << day);
      if (rest !== 0) {
        const found = monthStart + 30 - Math.clz32(rest & -rest);
        return found <= until ? found : undefined;
      }
    }
    monthStart += length;
    day = 1;
    month += 1;
    if (month === 13) {
      month = 1;
      year += 1;
    }
  }
  return undefined;
};
