import type { Clock } from '../../kit/clock.ts';
import { badRequest, PenstockError } from '../../kit/errors.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { digestOf, randomToken } from '../../platform/secrets/index.ts';
import type { TokenScope } from './scopes.ts';
import { dayOf, daysAfter, isExpired, MAX_LIFETIME_DAYS, ROTATED_LIFETIME_DAYS } from './token-policy.ts';
import { insertToken, type PersonalAccessToken, revokeToken } from './token-store.ts';
import type { User } from './user.ts';

const PREFIX = 'glpat-';

/** A new token: its value, which is nowhere to be found again, and what is stored. */
export interface ShownToken {
  readonly token: string;
  readonly stored: PersonalAccessToken;
}

export interface CreateTokenRequest {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly scopes: readonly TokenScope[];
  /** `YYYY-MM-DD`, dead from the start of that day (UTC). Null = never: for the command line, not for the API. */
  readonly expiresAt: string | null;
  /** A value chosen in advance (PENSTOCK_ROOT_TOKEN), for automation. */
  readonly value?: string;
  /** For an administrator who acts as the user. Default false. */
  readonly impersonation?: boolean;
}

interface TokenDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** What is wrong with an expiry day (GitLab's bounds and words); undefined when nothing is. */
export const lifetimeError = (expiresAt: string, now: Date): string | undefined => {
  if (expiresAt < dayOf(now)) return "Expiration date can't be in the past";
  const last = daysAfter(now, MAX_LIFETIME_DAYS);
  return expiresAt > last ? `Expiration date must be before ${last}` : undefined;
};

/** The same for a route that makes personal tokens. Throws 422. */
export const checkLifetime = (expiresAt: string, now: Date): void => {
  const error = lifetimeError(expiresAt, now);
  if (error !== undefined) throw new PenstockError('unprocessable', error);
};

/** Makes a personal access token. Only its SHA-256 is stored; the value is in the answer and nowhere else. */
export const createPersonalToken = async (
  deps: TokenDeps,
  user: User,
  request: CreateTokenRequest,
): Promise<ShownToken> => {
  const now = deps.clock.now();
  return deps.db.transaction().execute((tx) => insertPersonalToken(tx, user, request, now));
};

/** The same as part of a transaction of the caller. */
export const insertPersonalToken = async (
  tx: Tx,
  user: User,
  request: CreateTokenRequest,
  now: Date,
): Promise<ShownToken> => {
  const token = request.value ?? randomToken(PREFIX);
  const { name, scopes, expiresAt, description = null, impersonation = false } = request;
  const row = { userId: user.id, name, description, scopes, expiresAt, impersonation, digest: digestOf(token) };
  return { token, stored: await insertToken(tx, row, now) };
};

/**
 * Revokes a token and gives one of the same name and scopes in its place, for a week unless said otherwise. Of two who
 * rotate the same token at once, one gets 400.
 */
export const rotateToken = async (
  deps: TokenDeps,
  old: PersonalAccessToken,
  expiresAt: string | undefined,
): Promise<ShownToken> => {
  const now = deps.clock.now();
  const until = expiresAt ?? daysAfter(now, ROTATED_LIFETIME_DAYS);
  const error = lifetimeError(until, now);
  if (error !== undefined) throw badRequest(error);
  const token = randomToken(PREFIX);
  const { userId, name, description, scopes, impersonation, familyId } = old;
  return deps.db.transaction().execute(async (tx) => {
    if (isExpired(old, now)) throw badRequest('Token already expired');
    if (!(await revokeToken(tx, old.id, now))) throw badRequest('Token already revoked');
    const row = {
      userId,
      name,
      description,
      scopes,
      impersonation,
      familyId,
      expiresAt: until,
      digest: digestOf(token),
    };
    return { token, stored: await insertToken(tx, row, now) };
  });
};
