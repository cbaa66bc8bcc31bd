import {
  commaList,
  created,
  date,
  enumeration,
  integer,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { invalid, notFound } from '../../../kit/errors.ts';
import { checkLifetime, createPersonalToken } from '../create-token.ts';
import { presentImpersonationToken } from '../present.ts';
import { readScopes, TOKEN_SCOPES } from '../scopes.ts';
import { dayOf, daysAfter, MAX_LIFETIME_DAYS } from '../token-policy.ts';
import { countTokens, findTokenById, listTokens, type PersonalAccessToken, revokeToken } from '../token-store.ts';
import type { AccountRouteDeps } from './deps.ts';
import { getUserById } from './find-user.ts';

const userParams = { user_id: integer({ required: true }) };
const tokenParams = { ...userParams, impersonation_token_id: integer({ required: true }) };

const getToken = async (
  deps: AccountRouteDeps,
  params: { readonly user_id: number; readonly impersonation_token_id: number },
): Promise<PersonalAccessToken> => {
  const user = await getUserById(deps.db, params.user_id);
  const token = await findTokenById(deps.db, params.impersonation_token_id);
  if (token === undefined || !token.impersonation || token.userId !== user.id) throw notFound('Impersonation Token');
  return token;
};

/** `/users/:id/impersonation_tokens`: tokens with which administrators act as somebody, who does not see them. */
export const impersonationRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/users/:user_id/impersonation_tokens',
    summary: 'List the impersonation tokens of a user',
    params: { ...userParams, ...pagingParams, state: enumeration(['all', 'active', 'inactive'], { default: 'all' }) },
    guard: deps.guards.admin(),
    handler: async ({ params, request }) => {
      const user = await getUserById(deps.db, params.user_id);
      const { state } = params;
      const filter = { userId: user.id, impersonation: true, ...(state !== 'all' && { state }) };
      const now = deps.clock.now();
      const page = pageOf(params);
      const tokens = await listTokens(deps.db, filter, page, dayOf(now));
      const total = await countTokens(deps.db, filter, dayOf(now));
      const rows = tokens.map((token) => presentImpersonationToken(token, now));
      return pageReply(request, page, rows, { total });
    },
  }),
  route({
    method: 'GET',
    path: '/users/:user_id/impersonation_tokens/:impersonation_token_id',
    summary: 'Get an impersonation token',
    params: tokenParams,
    guard: deps.guards.admin(),
    handler: async ({ params }) => ok(presentImpersonationToken(await getToken(deps, params), deps.clock.now())),
  }),
  route({
    method: 'POST',
    path: '/users/:user_id/impersonation_tokens',
    summary: 'Make an impersonation token',
    params: {
      ...userParams,
      name: string({ required: true }),
      description: string({ nullable: true }),
      scopes: commaList(),
      expires_at: date({ description: 'Default: in 365 days' }),
    },
    guard: deps.guards.admin(),
    handler: async ({ params }) => {
      const user = await getUserById(deps.db, params.user_id);
      const scopes = readScopes(params.scopes ?? [], TOKEN_SCOPES);
      if (params.name.trim() === '') throw invalid({ name: ["can't be blank"] });
      if (scopes.length === 0) throw invalid({ scopes: ["can't be blank"] });
      const now = deps.clock.now();
      const expiresAt = params.expires_at ?? daysAfter(now, MAX_LIFETIME_DAYS);
      checkLifetime(expiresAt, now);
      const { name, description } = params;
      const request = { name, description, scopes, expiresAt, impersonation: true };
      const { token, stored } = await createPersonalToken(deps, user, request);
      return created({ ...presentImpersonationToken(stored, now), token });
    },
  }),
  route({
    method: 'DELETE',
    path: '/users/:user_id/impersonation_tokens/:impersonation_token_id',
    summary: 'Revoke an impersonation token',
    params: tokenParams,
    guard: deps.guards.admin(),
    handler: async ({ params }) => {
      const token = await getToken(deps, params);
      await revokeToken(deps.db, token.id, deps.clock.now());
      return noContent();
    },
  }),
];
