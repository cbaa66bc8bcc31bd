import { type Refusal, refuse } from './refusal.ts';

const ZONE = /^(?:[A-Z][A-Za-z]+\/[A-Z].*|UTC|GMT|Z|[A-Z]{3,4}|[+-]\d\d:?\d\d)$/;

/** Looks for what people write instead of a cron, to say more of it than which field is wrong. */
export const refuseOdd = (text: string, specials: ReadonlyMap<string, string>): Refusal | undefined => {
  const words = text.split(/\s+/);
  const last = words.at(-1) ?? '';
  if (text === '') return refuse('The cron is empty: write five fields, "minute hour day month weekday".');
  if (/["'`]/.test(text)) return refuse('There are quotation marks in the cron: write it without them.');
  if (text.startsWith('@') && !specials.has(text))
    return words.length > 1 && specials.has(words[0] ?? '')
      ? refuse('There is something behind the special word: write nothing else, and a time zone into its own field.')
      : refuse(`"${words[0]}" is not known: write one of ${[...specials.keys()].join(', ')}.`);
  if (/[\r\n]/.test(text)) return refuse('The cron has several lines: write one.');
  if (words.length > 5 && ZONE.test(last) && !/^(?:SUN|MON|TUE|WED|THU|FRI|SAT)$/.test(last))
    return refuse(`"${last}" looks like a time zone: write it into the field for the zone (cron_timezone).`);
  if (/^(?:every|each|at|on|daily|weekly|monthly|hourly)\b/i.test(text))
    return refuse('This is a sentence: write five fields, "minute hour day month weekday", such as "0 4 * * *".');
  if (text.includes('?')) return refuse('"?" belongs to other crons: write * instead.');
  return undefined;
};
