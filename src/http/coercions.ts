import type { RawValue } from './raw-params.ts';
import { isExactNumber } from './raw-params.ts';

/** What a coercion answers to a value that it cannot read. */
export const INVALID: unique symbol = Symbol('invalid');

/** Reads one arrived value that is not null. */
export type Coercion<T> = (raw: NonNullable<RawValue>) => T | typeof INVALID;

/** Text as it is; numbers and booleans in their JSON spelling. */
export const toText: Coercion<string> = (raw) => {
  if (typeof raw === 'string') return raw;
  if (isExactNumber(raw)) return raw.rawJSON;
  return typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : INVALID;
};

/** Decimal text with an optional sign (`" 5 "`, `1_000`); JSON numbers lose their fraction. Nothing beyond 2^53. */
export const toInteger: Coercion<number> = (raw) => {
  const number = typeof raw === 'string' ? integerOf(raw.trim()) : numberOf(raw);
  const whole = Math.trunc(number);
  return Number.isSafeInteger(whole) ? whole + 0 : INVALID;
};

const integerOf = (text: string): number =>
  /^[+-]?\d+(?:_\d+)*$/u.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;

const numberOf = (raw: NonNullable<RawValue>): number => {
  if (isExactNumber(raw)) return Number(raw.rawJSON);
  return typeof raw === 'number' ? raw : Number.NaN;
};

/** Decimal text, also with an exponent; JSON numbers. Never infinite. */
export const toFloat: Coercion<number> = (raw) => {
  const number = typeof raw === 'string' ? floatOf(raw.trim()) : numberOf(raw);
  return Number.isFinite(number) ? number : INVALID;
};

const floatOf = (text: string): number =>
  /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/iu.test(text) ? Number(text) : Number.NaN;

const TRUE = new Set(['1', 'on', 'On', 'ON', 't', 'true', 'True', 'TRUE', 'T', 'y', 'yes', 'Yes', 'YES', 'Y']);
const FALSE = new Set(['0', 'off', 'Off', 'OFF', 'f', 'false', 'False', 'FALSE', 'F', 'n', 'no', 'No', 'NO', 'N']);

/** The words that Grape takes, in exactly these spellings, and 1 and 0. */
export const toBoolean: Coercion<boolean> = (raw) => {
  if (typeof raw === 'boolean') return raw;
  const word = typeof raw === 'number' ? String(raw) : raw;
  if (typeof word !== 'string') return INVALID;
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : INVALID;
};

const DATE = /^\d{4}-\d{2}-\d{2}$/u;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?) ?(Z|UTC|[+-]\d{2}:?\d{2})?)?$/iu;

/** ISO 8601: a date alone is midnight UTC, a time without an offset is UTC. */
export const toMoment: Coercion<Date> = (raw) => {
  const match = typeof raw === 'string' ? DATE_TIME.exec(raw.trim()) : null;
  if (match === null) return INVALID;
  const [, date = '', time = '00:00', zone = 'Z'] = match;
  const offset = /^(?:Z|UTC)$/iu.test(zone) ? 'Z' : zone;
  try {
    return new Date(Temporal.Instant.from(`${date}T${time}${offset}`).epochMilliseconds);
  } catch {
    return INVALID;
  }
};

/** A calendar day, `YYYY-MM-DD`, that exists. A time behind it is dropped, as Ruby does. */
export const toDay: Coercion<string> = (raw) => {
  const day = typeof raw === 'string' ? (raw.trim().split(/[T ]/u)[0] ?? '') : '';
  if (!DATE.test(day)) return INVALID;
  try {
    return Temporal.PlainDate.from(day, { overflow: 'reject' }).toString();
  } catch {
    return INVALID;
  }
};

/** `a, b` or a list whose texts may hold commas. */
export const toCommaList: Coercion<readonly string[]> = (raw) => {
  const texts = (Array.isArray(raw) ? raw : [raw]).map((item) => (item === null ? INVALID : toText(item)));
  const parts: string[] = [];
  for (const text of texts) {
    if (text === INVALID) return INVALID;
    parts.push(
      ...text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
  }
  return parts;
};
