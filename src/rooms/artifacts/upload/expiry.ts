import { parseDuration } from '../../../kit/duration.ts';
import { badRequest } from '../../../kit/errors.ts';

/** GitLab's default as shipped. */
const DEFAULT_EXPIRY = 30 * 86_400;

/**
 * When an upload expires: `expire_in` (`1 week`, seconds, `never`) counted from now; 30 days without it; null = never.
 * Throws 400 for a text that is no duration.
 */
export function expiryOf(expireIn: string | undefined, now: Date): Date | null {
  const text = expireIn?.trim() ?? '';
  if (/^never$/i.test(text)) return null;
  const seconds = text === '' ? DEFAULT_EXPIRY : parseDuration(text);
  if (seconds === undefined) throw badRequest('expire_in is not a duration');
  const moment = new Date(now.getTime() + seconds * 1000);
  // Beyond what a date can say is as good as never.
  return Number.isNaN(moment.getTime()) || moment.getUTCFullYear() > 9999 ? null : moment;
}
