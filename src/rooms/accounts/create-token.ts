import type { Clock } from '../../kit/clock.ts';
import { badRequest, PenstockError } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
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
}

interface TokenDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** GitLab's bounds of an expiry day. Throws 422. */
export const checkLifetime = (expiresAt: string, now: Date): void => {
  const refuse = (text: string) => new PenstockError('unprocessable', `Expiration date ${text}`);
  if (expiresAt < dayOf(now)) throw refuse("can't be in the past");
  const last = daysAfter(now, MAX_LIFETIME_DAYS);
  if (expiresAt > last) throw refuse(`must be before ${last}`);
};

/** Makes a personal access token. Only its SHA-256 is stored; the value is in the answer and nowhere else. */
export const createPersonalToken = async (
  deps: TokenDeps,
  user: User,
  request: CreateTokenRequest,
): Promise<ShownToken> => {
  const token = request.value ?? randomToken(PREFIX);
  const { name, scopes, expiresAt } = request;
  const row = { userId: user.id, name, description: request.description ?? null, scopes, expiresAt };
  const now = deps.clock.now();
  const stored = await deps.db.transaction().execute((tx) => insertToken(tx, { ...row, digest: digestOf(token) }, now));
  return { token, stored };
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
  checkLifetime(until, now);
  const token = randomToken(PREFIX);
  const { userId, name, description, scopes } = old;
  return deps.db.transaction().execute(async (tx) => {
    if (isExpired(old, now)) throw badRequest('Token already expired');
    if (!(await revokeToken(tx, old.id, now))) throw badRequest('Token already revoked');
    const row = { userId, name, description, scopes, expiresAt: until, digest: digestOf(token) };
    return { token, stored: await insertToken(tx, row, now) };
  });
};
