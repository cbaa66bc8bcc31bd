import {
  type ApiReply,
  type ApiRequest,
  atLeastOneOf,
  boolean,
  created,
  enumeration,
  integer,
  limitOffset,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { forbidden, notFound } from '../../../kit/errors.ts';
import { randomToken } from '../../../platform/secrets/index.ts';
import { isAdmin } from '../actor.ts';
import { createUser } from '../create-user.ts';
import { findNamespaceOfUser } from '../namespace-store.ts';
import { presentUserBasic, presentUserPublic, presentUserWithAdmin, presentUserWithEmail } from '../present.ts';
import type { User } from '../user.ts';
import { countUsers, findUserById, listUsers, type UserFilter } from '../user-store.ts';
import type { AccountRouteDeps } from './deps.ts';

const presentForAdmin = async (deps: AccountRouteDeps, request: ApiRequest, user: User) => {
  const namespace = await findNamespaceOfUser(deps.db, user.id);
  return presentUserWithAdmin(user, namespace?.id ?? null, request.baseUrl);
};

const answerUsers = async (
  deps: AccountRouteDeps,
  request: ApiRequest,
  params: { readonly page: number; readonly per_page: number; readonly sort: 'asc' | 'desc' },
  filter: UserFilter,
  byAdmin: boolean,
): Promise<ApiReply> => {
  const page = pageOf(params);
  limitOffset(page, 'User');
  const users = await listUsers(deps.db, filter, { ...page, sort: params.sort });
  const rows = byAdmin
    ? await Promise.all(users.map((user) => presentForAdmin(deps, request, user)))
    : users.map((user) => presentUserBasic(user, request.baseUrl));
  return pageReply(request, page, rows, { total: await countUsers(deps.db, filter) });
};

const readingRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/user',
    summary: 'The caller',
    params: {},
    guard: deps.guards.signedIn({ scopes: ['read_user'] }),
    handler: async ({ subject, request }) =>
      ok(
        subject.user.admin
          ? await presentForAdmin(deps, request, subject.user)
          : presentUserWithEmail(subject.user, request.baseUrl),
      ),
  }),
  route({
    method: 'GET',
    path: '/users',
    summary: 'List users',
    params: {
      ...pagingParams,
      username: string(),
      search: string(),
      active: boolean(),
      blocked: boolean(),
      humans: boolean(),
      without_project_bots: boolean(),
      admins: boolean(),
      order_by: enumeration(['id', 'name', 'username', 'created_at', 'updated_at']),
      sort: enumeration(['asc', 'desc'], { default: 'desc' }),
    },
    guard: deps.guards.anyone({ scopes: ['read_user'] }),
    handler: async ({ subject, params, request }) => {
      if (subject.kind === 'anonymous' && params.username === undefined) {
        throw forbidden('Not authorized to access /api/v4/users');
      }
      const filter = {
        ...(params.username !== undefined && { username: params.username }),
        ...(params.search !== undefined && params.search !== '' && { search: params.search }),
        active: params.active ?? false,
        blocked: params.blocked ?? false,
        withoutBots: params.humans === true || params.without_project_bots === true,
        admins: params.admins === true && isAdmin(subject),
      };
      return answerUsers(deps, request, params, filter, isAdmin(subject));
    },
  }),
  route({
    method: 'GET',
    path: '/users/:id',
    summary: 'Get a user',
    params: { id: integer({ required: true }) },
    guard: deps.guards.anyone({ scopes: ['read_user'] }),
    handler: async ({ subject, params, request }) => {
      if (subject.kind === 'anonymous') throw forbidden('Not authorized!');
      const user = await findUserById(deps.db, params.id);
      if (user === undefined) throw notFound('User');
      return ok(
        isAdmin(subject) ? await presentForAdmin(deps, request, user) : presentUserPublic(user, request.baseUrl),
      );
    },
  }),
];

/** `/user` and `/users`. */
export const userRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  ...readingRoutes(deps),
  route({
    method: 'POST',
    path: '/users',
    summary: 'Create a user',
    params: {
      email: string({ required: true }),
      name: string({ required: true }),
      username: string({ required: true }),
      password: string(),
      reset_password: boolean(),
      force_random_password: boolean(),
      admin: boolean(),
      skip_confirmation: boolean(),
      public_email: string(),
    },
    rules: [atLeastOneOf('password', 'reset_password', 'force_random_password')],
    guard: deps.guards.admin(),
    handler: async ({ params, request }) => {
      const random = params.force_random_password === true || params.reset_password === true;
      const user = await createUser(deps, {
        email: params.email,
        name: params.name,
        username: params.username,
        password: random ? randomToken('') : (params.password ?? ''),
        admin: params.admin ?? false,
        publicEmail: params.public_email,
      });
      return created(await presentForAdmin(deps, request, user));
    },
  }),
];
