import { daysFromCivil, nextDay } from './calendar.ts';
import type { Cron, DayRule, MonthDayRule } from './cron.ts';
import { DAY, type FieldKind, HOUR, MINUTE, MONTH, SECOND } from './field-kind.ts';
import { readNumberField } from './number-field.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import { refuseOdd } from './refuse-odd.ts';
import { readWeekdayField } from './weekday-field.ts';

export interface ParseCronOptions {
  /** What `H` is drawn from: a text that stays with the schedule. Without it `H` is refused. */
  readonly hashSeed?: string | undefined;
}

export interface ParsedCron {
  readonly kind: 'cron';
  readonly cron: Cron;
}

const SPECIALS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@noon', '0 12 * * *'],
  ['@hourly', '0 * * * *'],
]);

const MAX_LENGTH = 1000;

/** Longest lengths of the months; February has 29 days at times. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const ALL_MONTHS = 0b1_1111_1111_1110;

/** All kinds of years lie in this century: what has no day here is refused. */
const CENTURY_START = daysFromCivil(2000, 1, 1);
const CENTURY_END = daysFromCivil(2099, 12, 31);

const bitsOf = (values: readonly number[]): number => values.reduce((bits, value) => bits | (1 << value), 0);

const rangeOf = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

const monthDaysOf = (values: readonly number[]): MonthDayRule => ({
  fromStart: bitsOf(values.filter((day) => day > 0)),
  fromEnd: bitsOf(values.filter((day) => day < 0).map((day) => -day)),
});

/** A month that is named without any of its days falls out, whatever the weekdays say, as fugit does it. */
const monthsWithDays = (months: number, days: readonly number[]): number =>
  months & bitsOf(LONGEST.flatMap((length, index) => (days.some((day) => day <= length) ? [index + 1] : [])));

/**
 * The fields, each without its trailing `&`. Commas may be too many and, where one field ends, stand apart from it; a
 * space on their left with a value on their right is neither one field nor two.
 */
const fieldsOf = (text: string): readonly string[] | Refusal => {
  const apart = /(?<![,\s])[ \t]+,(?:[ \t]*,)*[^ \t,&]/.exec(text);
  if (apart !== null) return refuse('There is a space before a comma: write lists without spaces.');
  return text.replace(/[ \t]+(?=,)/g, '').split(/[ \t]+/);
};

const piecesOf = (kind: string, field: string): readonly string[] | Refusal => {
  const pieces = field.split(',').filter((piece) => piece !== '');
  return pieces.length === 0 ? refuse(`The ${kind} is empty: write * for any.`) : pieces;
};

const readNumbers = (kind: FieldKind, field: string, seed: string | undefined): readonly number[] | 'all' | Refusal => {
  const pieces = piecesOf(kind.name, field);
  return isRefusal(pieces) ? pieces : readNumberField(kind, pieces, seed);
};

const hasDay = (rule: DayRule): boolean => nextDay(rule, CENTURY_START, CENTURY_END) !== undefined;

const readDays = (
  [dayField = '', monthField = '', weekdayField = '']: readonly string[],
  seed: string | undefined,
): DayRule | Refusal => {
  const days = readNumbers(DAY, dayField.replace(/&$/, ''), seed);
  if (isRefusal(days)) return days;
  const months = readNumbers(MONTH, monthField, seed);
  if (isRefusal(months)) return months;
  const weekdayPieces = piecesOf('weekday', weekdayField.replace(/&$/, ''));
  if (isRefusal(weekdayPieces)) return weekdayPieces;
  const weekdays = readWeekdayField(weekdayPieces, seed);
  if (isRefusal(weekdays)) return weekdays;
  const named = months === 'all' ? ALL_MONTHS : bitsOf(months);
  const rule: DayRule = {
    months: days === 'all' || months === 'all' ? named : monthsWithDays(named, days),
    monthDays: days === 'all' ? undefined : monthDaysOf(days),
    weekdays: weekdays === 'all' ? undefined : weekdays,
    both: `${dayField}${weekdayField}`.includes('&'),
  };
  return hasDay(rule)
    ? rule
    : refuse('No such day ever comes: change the day, the month or the weekday so that they fit together.');
};

const readCron = (text: string, fields: readonly string[], seed: string | undefined): Cron | Refusal => {
  const [secondField = '', minuteField = '', hourField = '', ...dayFields] =
    fields.length === 6 ? fields : ['0', ...fields];
  const seconds = readNumbers(SECOND, secondField, seed);
  if (isRefusal(seconds)) return seconds;
  const minutes = readNumbers(MINUTE, minuteField, seed);
  if (isRefusal(minutes)) return minutes;
  const hours = readNumbers(HOUR, hourField, seed);
  if (isRefusal(hours)) return hours;
  const days = readDays(dayFields, seed);
  if (isRefusal(days)) return days;
  return {
    text,
    seconds: seconds === 'all' ? rangeOf(60) : seconds,
    minutes: minutes === 'all' ? rangeOf(60) : minutes,
    hours: hours === 'all' ? rangeOf(24) : hours,
    days,
    everyHour: hours === 'all' || hours.length === 24,
  };
};

/**
 * Reads a cron as GitLab does (fugit's grammar): `minute hour day month weekday`, with a field of seconds in front when
 * there are six, or a special such as `@daily`. Beside numbers and names a field takes lists, ranges (also around the
 * end: `22-2`) and steps; a day `L` and days from the end (`-2`); a weekday `mon#2`, `fri#L`, `sun%2+1`; `&` behind day or
 * weekday asks for both of them. With a seed, `H`, `H/15` and `H(0-29)` stand for a value of the schedule's own.
 * The zone is no part of it.
 */
export const parseCron = (written: string, { hashSeed }: ParseCronOptions = {}): ParsedCron | Refusal => {
  if (written.length > MAX_LENGTH) return refuse('The cron is too long: write ranges and steps instead of lists.');
  const text = written.trim();
  const odd = refuseOdd(text, SPECIALS);
  if (odd !== undefined) return odd;
  const fields = fieldsOf(SPECIALS.get(text) ?? text);
  if (isRefusal(fields)) return fields;
  if (fields.length !== 5 && fields.length !== 6)
    return refuse(
      `The cron has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}: write five, "minute hour day month weekday", such as "0 4 * * *".`,
    );
  const cron = readCron(text, fields, hashSeed);
  return isRefusal(cron) ? cron : { kind: 'cron', cron };
};
