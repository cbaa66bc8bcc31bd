/** What every trigger token begins with. */
export const TRIGGER_TOKEN_PREFIX = 'glptt-';

/** GitLab's plan limit of one project. */
export const MAX_TRIGGERS = 25_000;

const MAX_LIFETIME_DAYS = 365;
const DAY_MS = 86_400_000;
const SHORT_LENGTH = 4;

/** The first day (`YYYY-MM-DD`, UTC) on which a new token may not expire any more. */
export const lifetimeEnd = (now: Date): string =>
  new Date(now.getTime() + MAX_LIFETIME_DAYS * DAY_MS).toISOString().slice(0, 10);

/** Whether a token may be made to live until then: strictly before the day that is 365 days away. */
export const mayExpireAt = (expiresAt: Date, now: Date): boolean =>
  expiresAt.toISOString().slice(0, 10) < lifetimeEnd(now);

/** What is shown of a token to those whose it is not, and in CI_TRIGGER_SHORT_TOKEN: four characters behind the prefixes. */
export const shortTokenOf = (token: string): string => {
  const at = token.indexOf(TRIGGER_TOKEN_PREFIX);
  return (at === -1 ? token : token.slice(at + TRIGGER_TOKEN_PREFIX.length)).slice(0, SHORT_LENGTH);
};
