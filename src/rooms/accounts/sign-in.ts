import { PenstockError, unauthorized } from '../../kit/errors.ts';
import { digestOf, randomToken, verifyPassword } from '../../platform/secrets/index.ts';
import type { AccountDeps, ChangeAccountDeps } from './create-user.ts';
import { refuseInactive } from './refuse-inactive.ts';
import { sessionEnd } from './session-policy.ts';
import { deleteExpiredSessions, deleteSession, insertSession } from './session-store.ts';
import type { SignInLimiter } from './sign-in-limiter.ts';
import type { User } from './user.ts';
import { findUserForSignIn, moveUserState } from './user-store.ts';

/** Tries a minute: of one address for one name, and for all names together. */
const MAX_PER_LOGIN = 10;
const MAX_PER_ADDRESS = 60;

export interface SignInDeps extends ChangeAccountDeps {
  readonly limiter: SignInLimiter;
}

export interface SignedIn {
  readonly user: User;
  /** Goes into the session cookie. */
  readonly cookie: string;
  /** Goes back with every request that is not a GET (`X-CSRF-Token`). */
  readonly csrfToken: string;
  readonly expiresAt: Date;
}

/**
 * Opens a session for a name (or e-mail address) and its password. Throws 401 for a wrong pair, after the same work
 * whether or not there is such a user; 429 after too many wrong ones from an address; 403 for a blocked user. A
 * deactivated user is active again from then on.
 */
export const signIn = async (
  deps: SignInDeps,
  attempt: { readonly login: string; readonly password: string; readonly address: string },
): Promise<SignedIn> => {
  const now = deps.clock.now();
  const key = `${attempt.address} ${attempt.login.toLowerCase()}`;
  const wait = Math.max(
    deps.limiter.take(attempt.address, MAX_PER_ADDRESS, now),
    deps.limiter.take(key, MAX_PER_LOGIN, now),
  );
  if (wait > 0) {
    throw new PenstockError('too_many_requests', 'Too many attempts to sign in. Try again later.', {
      'Retry-After': String(wait),
    });
  }
  const found = await findUserForSignIn(deps.db, attempt.login);
  const right = await verifyPassword(attempt.password, found?.passwordHash);
  if (found === undefined || !right || found.user.bot) throw unauthorized('Invalid login or password.');
  const { user } = found;
  // To sign in is how somebody comes back who was put to sleep.
  const woken = user.state === 'deactivated' && (await moveUserState(deps.db, user.id, ['deactivated'], 'active', now));
  if (user.state === 'blocked') {
    await deps.db.transaction().execute((tx) => deps.publish(tx, [{ type: 'user_failed_login', userId: user.id }]));
  }
  if (!woken) refuseInactive(user);
  deps.limiter.forget(key);
  const cookie = randomToken('');
  const csrfToken = randomToken('');
  const expiresAt = sessionEnd(now);
  const session = { userId: user.id, cookieDigest: digestOf(cookie), csrfDigest: digestOf(csrfToken), expiresAt };
  await deps.db.transaction().execute((tx) => insertSession(tx, session, now));
  await deleteExpiredSessions(deps.db, now);
  return { user: woken ? { ...user, state: 'active' } : user, cookie, csrfToken, expiresAt };
};

export const signOut = (deps: AccountDeps, cookie: string): Promise<void> => deleteSession(deps.db, digestOf(cookie));
