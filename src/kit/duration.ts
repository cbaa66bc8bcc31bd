import { replaceNumberWords } from './number-words.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Seconds of each unit. A month has 30 days, a year 365.25. */
const SECONDS: ReadonlyMap<string, number> = new Map([
  ...units(1, 's sec secs second seconds'),
  ...units(60, 'm min mins minute minutes'),
  ...units(HOUR, 'h hr hrs hour hours'),
  ...units(DAY, 'd dy day days'),
  ...units(7 * DAY, 'w wk wks week weeks'),
  ...units(30 * DAY, 'mo mos month months'),
  ...units(31_557_600, 'y yr yrs year years'),
]);

/** Units of `h:m:s`, from the last part to the first; weeks are left out. */
const CLOCK_UNITS = ['seconds', 'minutes', 'hours', 'days', 'months', 'years'];

const JOINERS: ReadonlySet<string> = new Set(['and', 'with', 'plus']);

/** Longer texts are refused unread: no duration is that long, and number words cost more than linear time. */
const MAX_LENGTH = 500;

/** What nearly every file says. The whole grammar comes to the same, after some hundred replacements of words. */
const PLAIN = /^([1-9][0-9]{0,5}) ?([a-z]+)$/;

function units(seconds: number, names: string): readonly (readonly [string, number])[] {
  return names.split(' ').map((name) => [name, seconds] as const);
}

function isNumber(word: string): boolean {
  return /[0-9]/.test(word);
}

/** Writes `3:41:59` out with units; undefined when it has too many parts. */
function writeOutClock(text: string): string | undefined {
  const packed = text.replaceAll(' ', '');
  if (!/[0-9]*\.?[0-9]+(?::[0-9]*\.?[0-9]+)+/.test(packed)) return text;
  // Ruby's `split` drops empty parts at the end.
  const parts = packed.replace(/:+$/, '').split(':').toReversed();
  if (parts.length > CLOCK_UNITS.length) return undefined;
  return parts
    .map((part, index) => `${part} ${CLOCK_UNITS[index]}`)
    .toReversed()
    .join(' ');
}

/** Numbers and units in order; undefined when there is any other word. */
function wordsOf(text: string): readonly string[] | undefined {
  const words: string[] = [];
  for (const word of text.split(/[ \t\r\n\f\v]+/)) {
    const bare = word.replace(/^,/, '').replace(/,$/, '');
    if (word === '' || JOINERS.has(bare)) continue;
    if (!isNumber(word) && !SECONDS.has(bare)) return undefined;
    words.push(isNumber(word) ? word : bare);
  }
  return words;
}

/**
 * Seconds of a duration in GitLab's grammar (the `chronic_duration` of Ruby): `1 day 2 hours`, `1h 30m`, `1h30` (a
 * number without a unit is seconds), `1.5h`, `1:30:00`, `twenty minutes`, a lone unit (`week`), joined by "and", "with",
 * "plus" or commas. Undefined for anything else (`a day`, `-1h`, `1 fortnight`, `never`, `$VAR`), and for zero, which
 * GitLab does not take for a duration.
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const [, count, unit = ''] = PLAIN.exec(text) ?? [];
  const seconds = SECONDS.get(unit);
  if (count !== undefined && seconds !== undefined) return Number(count) * seconds;
  const clock = writeOutClock(replaceNumberWords(text.toLowerCase()));
  const words = clock === undefined ? undefined : wordsOf(clock.replace(/[0-9]*\.?[0-9]+/g, ' $& '));
  if (words === undefined) return undefined;
  const counted = words[0] !== undefined && !isNumber(words[0]) ? ['1', ...words] : words;
  let total = 0;
  for (const [index, word] of counted.entries()) {
    if (!isNumber(word)) continue;
    // A number followed by another number counts nothing.
    const unit = counted[index + 1] ?? 'seconds';
    total += Number(word) * (SECONDS.get(unit) ?? 0);
  }
  return total > 0 && total <= Number.MAX_SAFE_INTEGER ? total : undefined;
}
