/** A year, in seconds: nobody waits longer. */
const LONGEST = 365 * 24 * 3600;

/** Milliseconds that a `Retry-After` asks for: seconds, or the date of HTTP; at most a year of seconds. Undefined: it says nothing. Pure. */
export const readRetryAfter = (value: string | undefined, now: Date): number | undefined => {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text), LONGEST) * 1000;
  // `Date.parse` takes much more than what HTTP calls a date.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(at - now.getTime(), 0);
};
