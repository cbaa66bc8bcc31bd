import type { NthWeekday, WeekdayOfWeeks, WeekdayRule } from './cron.ts';
import { valueOf, WEEKDAY } from './field-kind.ts';
import { type RangePiece, readPiece } from './read-piece.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';

/** Ten years of weeks and more: longer rhythms are mistakes. */
const MOST_WEEKS = 999;

const NTH = /^(\w+)#(.*)$/;
const OF_WEEKS = /^(\w+)%(.*)$/;

const weekdayOf = (word: string): number | Refusal => {
  const weekday = valueOf(WEEKDAY, word);
  return weekday === undefined ? refuse(`"${word}" is not a weekday: write ${WEEKDAY.expected}.`) : weekday % 7;
};

const readNth = (word: string, count: string): NthWeekday | Refusal => {
  const weekday = weekdayOf(word);
  if (typeof weekday === 'object') return weekday;
  if (/^l(?:ast)?$/i.test(count)) return { weekday, nth: -1 };
  if (/^-?[1-5]$/.test(count)) return { weekday, nth: Number(count) };
  return refuse(`"${word}#${count}" is not understood: write 1 to 5, -1 to -5 from the end, or L after the #.`);
};

const readOfWeeks = (word: string, rhythm: string): WeekdayOfWeeks | Refusal => {
  const weekday = weekdayOf(word);
  if (typeof weekday === 'object') return weekday;
  const match = /^(\d+)(?:\+(\d+))?$/.exec(rhythm);
  const every = Number(match?.[1] ?? 0);
  if (every < 1 || every > MOST_WEEKS)
    return refuse(
      `"${word}%${rhythm}" is not understood: write after the % the number of weeks (1 to ${MOST_WEEKS}), as in ${word}%2 or ${word}%2+1.`,
    );
  return { weekday, every, plus: Number(match?.[2] ?? 0) % every };
};

/** The weekdays of a range as bits. Unlike in the other fields, `1/2` is Monday only, as fugit has it. */
const expand = (range: RangePiece): number => {
  const from = range.from ?? 0;
  const end = range.to ?? range.from ?? 6;
  const to = from > end ? end + 7 : end;
  let bits = 0;
  for (let weekday = from; weekday <= to; weekday += range.step ?? 1) bits |= 1 << (weekday % 7);
  return bits;
};

/** The rule of a weekday field; `all` when it says nothing (`*`). */
export const readWeekdayField = (
  pieces: readonly string[],
  seed: string | undefined,
): WeekdayRule | 'all' | Refusal => {
  let plain = 0;
  const nth: NthWeekday[] = [];
  const ofWeeks: WeekdayOfWeeks[] = [];
  for (const piece of pieces) {
    const counted = NTH.exec(piece);
    const rhythmic = OF_WEEKS.exec(piece);
    const special =
      counted !== null
        ? readNth(counted[1] ?? '', counted[2] ?? '')
        : rhythmic !== null
          ? readOfWeeks(rhythmic[1] ?? '', rhythmic[2] ?? '')
          : undefined;
    if (special !== undefined) {
      if (isRefusal(special)) return special;
      if ('nth' in special) nth.push(special);
      else ofWeeks.push(special);
      continue;
    }
    // A lone star adds nothing: `*,mon` is Monday.
    if (piece === '*') continue;
    const read = readPiece(WEEKDAY, piece, seed);
    if (isRefusal(read)) return read;
    if (read.kind === 'range') plain |= expand(read);
    else for (const weekday of read.values) plain |= 1 << (weekday % 7);
  }
  return plain === 0 && nth.length === 0 && ofWeeks.length === 0 ? 'all' : { plain, nth, ofWeeks };
};
