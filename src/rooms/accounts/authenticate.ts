import type { Credentials, HttpMethod } from '../../http/index.ts';
import { insufficientScope, invalidToken } from '../../http/index.ts';
import type { Clock } from '../../kit/clock.ts';
import { unauthorized } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { digestOf, sameDigest } from '../../platform/secrets/index.ts';
import { type Actor, ANONYMOUS, type JobActor, type UserActor } from './actor.ts';
import type { FindExecutingJobByToken } from './executing-job.ts';
import { refuseInactive } from './refuse-inactive.ts';
import type { TokenScope } from './scopes.ts';
import { isSessionAlive, SESSION_TOUCH_MS, sessionEnd } from './session-policy.ts';
import { findSessionByDigest, touchSession } from './session-store.ts';
import { actAs } from './sudo.ts';
import { isExpired, suffices, TOKEN_TOUCH_MS } from './token-policy.ts';
import { findTokenByDigest, revokeFamily, touchToken } from './token-store.ts';
import { findUserById } from './user-store.ts';

export interface AuthenticateDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly findExecutingJobByToken: FindExecutingJobByToken;
}

export interface AuthenticateOptions {
  /** The route takes job tokens. Elsewhere they count for nothing. */
  readonly jobToken?: boolean;
  /** Scopes that suffice beside `api` (and `read_api` for GET). */
  readonly scopes?: readonly TokenScope[] | 'any';
  /** The route rotates tokens: one that was replaced already and comes here again was stolen, and its whole family dies. */
  readonly rotates?: boolean;
}

/** What a request must have for its sender to be known. */
export interface AuthenticRequest {
  readonly method: HttpMethod;
  readonly credentials: Credentials;
}

const JOB_TOKEN_PREFIX = 'glcbt-';

const given = (credential: string | undefined): string | undefined => (credential === '' ? undefined : credential);

const asAccessToken = (credential: string | undefined): string | undefined =>
  credential?.startsWith(JOB_TOKEN_PREFIX) === true ? undefined : given(credential);

const byAccessToken = async (
  deps: AuthenticateDeps,
  request: AuthenticRequest,
  value: string,
  options: AuthenticateOptions,
): Promise<UserActor> => {
  const found = await findTokenByDigest(deps.db, digestOf(value));
  if (found === undefined) throw unauthorized();
  const { token, user } = found;
  const now = deps.clock.now();
  if (isExpired(token, now)) {
    throw invalidToken('Token is expired. You can either do re-authorization or token refresh.');
  }
  if (token.revoked && options.rotates === true) await revokeFamily(deps.db, token.familyId, now);
  if (token.revoked) throw invalidToken('Token was revoked. You have to re-authorize from the user.');
  if (!suffices(token.scopes, request.method, options.scopes)) {
    throw insufficientScope(['api', 'read_api', ...(options.scopes === 'any' ? [] : (options.scopes ?? []))]);
  }
  refuseInactive(user);
  if (token.lastUsedAt === null || now.getTime() - token.lastUsedAt.getTime() >= TOKEN_TOUCH_MS) {
    await touchToken(deps.db, token.id, now);
  }
  return { kind: 'user', user, via: { type: 'token', tokenId: token.id, scopes: token.scopes } };
};

/**
 * The job whose token this is, with its user stripped of administrator rights. Throws 401 for anything but the token of
 * an executing job.
 */
export const authenticateJob = async (deps: AuthenticateDeps, token: string): Promise<JobActor> => {
  const job = await deps.findExecutingJobByToken(digestOf(token));
  const user = job === undefined ? undefined : await findUserById(deps.db, job.userId);
  if (job === undefined || user === undefined) throw unauthorized();
  refuseInactive(user);
  const { id, pipelineId, projectId, projectFullPath } = job;
  return { kind: 'job', user: { ...user, admin: false }, job: { id, pipelineId, projectId, projectFullPath } };
};

/** A session speaks for its user on GET; on anything else only with its CSRF token. Otherwise nobody is signed in. */
const bySession = async (deps: AuthenticateDeps, request: AuthenticRequest, cookie: string): Promise<Actor> => {
  const found = await findSessionByDigest(deps.db, digestOf(cookie));
  const now = deps.clock.now();
  if (found === undefined || !isSessionAlive(found.session, now)) return ANONYMOUS;
  const { session, user } = found;
  const { csrfToken } = request.credentials;
  const verified = csrfToken !== undefined && sameDigest(digestOf(csrfToken), session.csrfDigest);
  if (request.method !== 'GET' && !verified) return ANONYMOUS;
  refuseInactive(user);
  if (now.getTime() - session.lastSeenAt.getTime() >= SESSION_TOUCH_MS) {
    await touchSession(deps.db, session.id, now, sessionEnd(now));
  }
  return { kind: 'user', user, via: { type: 'session', sessionId: session.id } };
};

const identify = async (
  deps: AuthenticateDeps,
  request: AuthenticRequest,
  options: AuthenticateOptions,
): Promise<Actor> => {
  const { bearer, privateToken, accessToken, jobToken, sessionCookie } = request.credentials;
  if (options.jobToken === true && bearer?.startsWith(JOB_TOKEN_PREFIX) === true) return authenticateJob(deps, bearer);
  const value = asAccessToken(bearer) ?? asAccessToken(accessToken) ?? asAccessToken(privateToken);
  if (value !== undefined) return byAccessToken(deps, request, value, options);
  if (options.jobToken === true && given(jobToken) !== undefined) return authenticateJob(deps, jobToken ?? '');
  const cookie = given(sessionCookie);
  return cookie === undefined ? ANONYMOUS : bySession(deps, request, cookie);
};

/**
 * Who sends this request: a personal token (bearer, then `access_token`, `private_token`, PRIVATE-TOKEN), else a job's
 * token where the route takes one, else a session. Throws 401 for a token that is unknown, expired or revoked (also on
 * public routes), 403 for a scope that does not suffice, a user who is blocked, or a forbidden `sudo`.
 */
export const authenticate = async (
  deps: AuthenticateDeps,
  request: AuthenticRequest,
  options: AuthenticateOptions = {},
): Promise<Actor> => {
  const actor = await identify(deps, request, options);
  const sudo = given(request.credentials.sudo);
  return sudo === undefined ? actor : actAs(deps.db, actor, sudo);
};
