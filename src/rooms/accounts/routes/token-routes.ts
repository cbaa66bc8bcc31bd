import {
  boolean,
  commaList,
  created,
  date,
  enumeration,
  integer,
  isoDateTime,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { badRequest, forbidden, notFound, PenstockError, recordNotFound, unauthorized } from '../../../kit/errors.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import { isAdmin, type UserActor } from '../actor.ts';
import { checkLifetime, createPersonalToken, rotateToken, type ShownToken } from '../create-token.ts';
import { presentToken } from '../present.ts';
import { readScopes, SELF_MADE_TOKEN_SCOPES, TOKEN_SCOPES, type TokenScope } from '../scopes.ts';
import { dayOf, daysAfter, MAX_LIFETIME_DAYS } from '../token-policy.ts';
import {
  countTokens,
  findTokenById,
  listTokens,
  type PersonalAccessToken,
  revokeToken,
  TOKEN_ORDERS,
} from '../token-store.ts';
import type { User } from '../user.ts';
import { findUserById } from '../user-store.ts';
import type { AccountRouteDeps } from './deps.ts';

const idParams = { id: integer({ required: true }) };
const expiryParams = { expires_at: date() };

/** With its value, this once. */
const presentShown = ({ token, stored }: ShownToken, now: Date) => ({ ...presentToken(stored, now), token });

/** The caller's own, or anybody's for an administrator. Only administrators learn that a token does not exist. */
const getToken = async (deps: AccountRouteDeps, actor: UserActor, id: number): Promise<PersonalAccessToken> => {
  const token = await findTokenById(deps.db, id);
  const isOwn = token?.userId === actor.user.id && !token.impersonation;
  if (token !== undefined && (isOwn || isAdmin(actor))) return token;
  throw isAdmin(actor) ? notFound() : unauthorized();
};

/** The token that the request itself came with. */
const getOwnToken = async (deps: AccountRouteDeps, actor: UserActor): Promise<PersonalAccessToken> => {
  const token = actor.via.type === 'token' ? await findTokenById(deps.db, actor.via.tokenId) : undefined;
  if (token === undefined) throw unauthorized();
  return token;
};

const selfRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/personal_access_tokens/self',
    summary: 'The token of this request',
    params: {},
    guard: deps.guards.signedIn({ scopes: 'any' }),
    handler: async ({ subject }) => ok(presentToken(await getOwnToken(deps, subject), deps.clock.now())),
  }),
  route({
    method: 'POST',
    path: '/personal_access_tokens/self/rotate',
    summary: 'Replace the token of this request',
    params: expiryParams,
    guard: deps.guards.signedIn({ scopes: ['self_rotate'], rotates: true }),
    handler: async ({ subject, params }) => {
      const shown = await rotateToken(deps, await getOwnToken(deps, subject), params.expires_at);
      return ok(presentShown(shown, deps.clock.now()));
    },
  }),
  route({
    method: 'DELETE',
    path: '/personal_access_tokens/self',
    summary: 'Revoke the token of this request',
    params: {},
    guard: deps.guards.signedIn({ scopes: 'any' }),
    handler: async ({ subject }) => {
      const token = await getOwnToken(deps, subject);
      await revokeToken(deps.db, token.id, deps.clock.now());
      return noContent();
    },
  }),
];

const listRoute = (deps: AccountRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/personal_access_tokens',
    summary: "List personal access tokens: one's own, all of them for an administrator",
    params: {
      ...pagingParams,
      user_id: integer(),
      revoked: boolean(),
      state: enumeration(['active', 'inactive']),
      search: string(),
      created_after: isoDateTime(),
      created_before: isoDateTime(),
      last_used_after: isoDateTime(),
      last_used_before: isoDateTime(),
      expires_after: date(),
      expires_before: date(),
      sort: enumeration(TOKEN_ORDERS),
    },
    guard: deps.guards.signedIn(),
    handler: async ({ subject, params, request }) => {
      const others = params.user_id !== undefined && params.user_id !== subject.user.id;
      if (others && !isAdmin(subject)) throw unauthorized();
      const userId = isAdmin(subject) ? params.user_id : subject.user.id;
      const filter = {
        ...withoutAbsent({
          userId,
          revoked: params.revoked,
          state: params.state,
          search: params.search,
          createdAfter: params.created_after,
          createdBefore: params.created_before,
          lastUsedAfter: params.last_used_after,
          lastUsedBefore: params.last_used_before,
          expiresAfter: params.expires_after,
          expiresBefore: params.expires_before,
        }),
        ...(isAdmin(subject) ? { humans: true as const } : { impersonation: false }),
      };
      const now = deps.clock.now();
      const page = pageOf(params);
      const tokens = await listTokens(deps.db, filter, { ...page, order: params.sort }, dayOf(now));
      const total = await countTokens(deps.db, filter, dayOf(now));
      const rows = tokens.map((token) => presentToken(token, now));
      return pageReply(request, page, rows, { total });
    },
  });

const singleRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/personal_access_tokens/:id',
    summary: 'Get a personal access token',
    params: idParams,
    guard: deps.guards.signedIn(),
    handler: async ({ subject, params }) =>
      ok(presentToken(await getToken(deps, subject, params.id), deps.clock.now())),
  }),
  route({
    method: 'POST',
    path: '/personal_access_tokens/:id/rotate',
    summary: 'Replace a personal access token',
    params: { ...idParams, ...expiryParams },
    guard: deps.guards.signedIn({ rotates: true }),
    handler: async ({ subject, params }) => {
      const shown = await rotateToken(deps, await getToken(deps, subject, params.id), params.expires_at);
      return ok(presentShown(shown, deps.clock.now()));
    },
  }),
  route({
    method: 'DELETE',
    path: '/personal_access_tokens/:id',
    summary: 'Revoke a personal access token',
    params: idParams,
    guard: deps.guards.signedIn(),
    handler: async ({ subject, params }) => {
      const token = await findTokenById(deps.db, params.id);
      if (token === undefined) throw recordNotFound();
      const isOwn = token.userId === subject.user.id && !token.impersonation;
      if (!isOwn && !isAdmin(subject)) throw badRequest();
      await revokeToken(deps.db, token.id, deps.clock.now());
      return noContent();
    },
  }),
];

const newTokenParams = {
  name: string({ required: true, allowBlank: false }),
  description: string({ nullable: true }),
  scopes: commaList({ required: true, allowBlank: false }),
  expires_at: date({ description: 'Default: in 365 days' }),
};

const makeToken = async (
  deps: AccountRouteDeps,
  user: User,
  wanted: {
    readonly name: string;
    readonly description: string | null | undefined;
    readonly scopes: readonly string[];
    readonly expires_at: string | undefined;
  },
  allowed: readonly TokenScope[],
) => {
  const scopes = readScopes(wanted.scopes, allowed);
  const now = deps.clock.now();
  const expiresAt = wanted.expires_at ?? daysAfter(now, MAX_LIFETIME_DAYS);
  checkLifetime(expiresAt, now);
  const { name, description } = wanted;
  return created(presentShown(await createPersonalToken(deps, user, { name, description, scopes, expiresAt }), now));
};

/** `/personal_access_tokens` and `/users/:id/personal_access_tokens`. */
export const tokenRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  ...selfRoutes(deps),
  listRoute(deps),
  ...singleRoutes(deps),
  route({
    method: 'POST',
    path: '/users/:user_id/personal_access_tokens',
    summary: 'Make a personal access token for a user',
    params: { user_id: integer({ required: true }), ...newTokenParams },
    guard: deps.guards.admin(),
    handler: async ({ params }) => {
      const user = await findUserById(deps.db, params.user_id);
      if (user === undefined) throw notFound('User');
      if (user.state !== 'active') throw forbidden();
      return makeToken(deps, user, params, TOKEN_SCOPES);
    },
  }),
  route({
    method: 'POST',
    path: '/user/personal_access_tokens',
    summary: 'Make a personal access token for oneself; of few scopes',
    params: newTokenParams,
    guard: deps.guards.signedIn(),
    handler: async ({ subject, params }) => {
      // A token that may end would make one that stays.
      if (subject.user.bot) throw new PenstockError('forbidden', 'Not permitted to create');
      return makeToken(deps, subject.user, params, SELF_MADE_TOKEN_SCOPES);
    },
  }),
];
