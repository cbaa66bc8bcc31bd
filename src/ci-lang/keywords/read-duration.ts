import { parseDuration } from '../../kit/duration.ts';

const MOST_KNOWN = 500;
const known = new Map<string, number | undefined>();

/** Seconds, or undefined for what is no duration. Remembered: a file says `1 week` in job after job. */
export const readDuration = (text: string): number | undefined => {
  if (known.has(text)) return known.get(text);
  if (known.size >= MOST_KNOWN) known.clear();
  const seconds = parseDuration(text);
  known.set(text, seconds);
  return seconds;
};
