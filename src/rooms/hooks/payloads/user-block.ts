import type { User } from '../../accounts/index.ts';

/** Shown in the place of an address that somebody does not show to everybody. */
const REDACTED = '[REDACTED]';

/** The address that a payload tells of somebody who is only named in it. Pure. */
export const hookEmail = (publicEmail: string): string => (publicEmail === '' ? REDACTED : publicEmail);

/** `user` of payloads; null for nobody. Pure. */
export const userBlock = (user: User | undefined) =>
  user === undefined
    ? null
    : {
        id: user.id,
        name: user.name,
        username: user.username,
        avatar_url: null,
        email: hookEmail(user.publicEmail),
      };
