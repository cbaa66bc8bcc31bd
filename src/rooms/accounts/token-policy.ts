import type { HttpMethod } from '../../http/index.ts';
import type { TokenScope } from './scopes.ts';

/** `last_used_at` is written at most once in this time (milliseconds). */
export const TOKEN_TOUCH_MS = 60_000;

/** GitLab lets no token live longer (days). */
export const MAX_LIFETIME_DAYS = 365;
/** What a rotated token gets when nothing is said (days). */
export const ROTATED_LIFETIME_DAYS = 7;

/** The day of a moment, in UTC: `YYYY-MM-DD`. */
export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

export const daysAfter = (moment: Date, days: number): string => dayOf(new Date(moment.getTime() + days * 86_400_000));

/** Dead from the start of its day (UTC). Days in this form sort as text. */
export const isExpired = (token: { readonly expiresAt: string | null }, now: Date): boolean =>
  token.expiresAt !== null && token.expiresAt <= dayOf(now);

/** Whether a token's scopes let it send this request; `extra` are those that its route takes beside the usual ones. */
export const suffices = (
  scopes: readonly TokenScope[],
  method: HttpMethod,
  extra: readonly TokenScope[] | 'any' = [],
): boolean =>
  extra === 'any' ||
  scopes.includes('api') ||
  (method === 'GET' && scopes.includes('read_api')) ||
  extra.some((scope) => scopes.includes(scope));
