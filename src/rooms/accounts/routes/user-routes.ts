import {
  type ApiReply,
  type ApiRequest,
  boolean,
  enumeration,
  integer,
  isoDateTime,
  keysetHeaders,
  keysetUnsupported,
  limitOffset,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { forbidden } from '../../../kit/errors.ts';
import { isAdmin } from '../actor.ts';
import { findNamespaceOfUser } from '../namespace-store.ts';
import { presentUserBasic, presentUserPublic, presentUserWithAdmin, presentUserWithEmail } from '../present.ts';
import type { User } from '../user.ts';
import { countUsers, listUsers, type UserFilter, type UserOrder } from '../user-store.ts';
import type { AccountRouteDeps } from './deps.ts';
import { getUserById } from './find-user.ts';

/** GitLab's UserWithAdmin. */
export const presentForAdmin = async (deps: AccountRouteDeps, request: ApiRequest, user: User) => {
  const namespace = await findNamespaceOfUser(deps.db, user.id);
  return presentUserWithAdmin(user, namespace?.id ?? null, request.baseUrl);
};

const answerUsers = async (
  deps: AccountRouteDeps,
  request: ApiRequest,
  params: {
    readonly page: number;
    readonly per_page: number;
    readonly order_by: UserOrder;
    readonly sort: 'asc' | 'desc';
    readonly pagination: string | undefined;
  },
  filter: UserFilter,
  byAdmin: boolean,
): Promise<ApiReply> => {
  const page = pageOf(params);
  const byKey = params.pagination === 'keyset';
  if (byKey && params.order_by !== 'id') throw keysetUnsupported();
  if (!byKey) limitOffset(page, 'User');
  const { sort } = params;
  // Only administrators choose the order: it would tell others when accounts were made and changed.
  const order = byAdmin || byKey ? { orderBy: params.order_by, sort } : ({ orderBy: 'id', sort: 'desc' } as const);
  const window = byKey ? { limit: page.limit + 1, offset: 0 } : page;
  const found = await listUsers(deps.db, filter, { ...window, ...order });
  const users = found.slice(0, page.limit);
  const rows = byAdmin
    ? await Promise.all(users.map((user) => presentForAdmin(deps, request, user)))
    : users.map((user) => presentUserBasic(user, request.baseUrl));
  if (byKey) return ok(rows, keysetHeaders(request, sort, users, found.length > page.limit));
  return pageReply(request, page, rows, { total: await countUsers(deps.db, filter) });
};

/** Reading `/user` and `/users`. */
export const userRoutes = (deps: AccountRouteDeps): readonly Route[] => [
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
      created_after: isoDateTime(),
      created_before: isoDateTime(),
      without_projects: boolean(),
      order_by: enumeration(['id', 'name', 'username', 'created_at', 'updated_at'], { default: 'id' }),
      sort: enumeration(['asc', 'desc'], { default: 'desc' }),
      pagination: string({ description: '`keyset`: by id, without totals' }),
      id_after: integer(),
      id_before: integer(),
    },
    guard: deps.guards.anyone({ scopes: ['read_user'] }),
    handler: async ({ subject, params, request }) => {
      if (subject.kind === 'anonymous' && params.username === undefined) {
        throw forbidden('Not authorized to access /api/v4/users');
      }
      const byAdmin = isAdmin(subject);
      const filter = {
        ...(params.username !== undefined && { username: params.username }),
        ...(params.search !== undefined && params.search !== '' && { search: params.search }),
        ...(byAdmin && params.created_after !== undefined && { createdAfter: params.created_after }),
        ...(byAdmin && params.created_before !== undefined && { createdBefore: params.created_before }),
        withoutProjects: byAdmin && params.without_projects === true,
        active: params.active ?? false,
        blocked: params.blocked ?? false,
        withoutBots: params.humans === true || params.without_project_bots === true,
        admins: params.admins === true && byAdmin,
        ...(params.id_after !== undefined && { idAfter: params.id_after }),
        ...(params.id_before !== undefined && { idBefore: params.id_before }),
      };
      return answerUsers(deps, request, params, filter, byAdmin);
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
      const user = await getUserById(deps.db, params.id);
      return ok(
        isAdmin(subject) ? await presentForAdmin(deps, request, user) : presentUserPublic(user, request.baseUrl),
      );
    },
  }),
];
