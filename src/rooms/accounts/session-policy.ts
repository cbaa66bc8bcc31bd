/** A session ends when it was not used for this long (GitLab: 10,080 minutes). */
const SESSION_LIFETIME_MS = 7 * 86_400_000;
/** Its last use is written at most once in this time. */
export const SESSION_TOUCH_MS = 300_000;

export const sessionEnd = (now: Date): Date => new Date(now.getTime() + SESSION_LIFETIME_MS);

export const isSessionAlive = (session: { readonly expiresAt: Date }, now: Date): boolean =>
  session.expiresAt.getTime() > now.getTime();
