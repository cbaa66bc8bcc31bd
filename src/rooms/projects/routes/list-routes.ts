import {
  type ApiReply,
  type ApiRequest,
  boolean,
  enumeration,
  integer,
  keysetHeaders,
  keysetUnsupported,
  limitOffset,
  ok,
  type Params,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { notFound } from '../../../kit/errors.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import { type Actor, actingUser, findUserById, findUserByUsername } from '../../accounts/index.ts';
import { VISIBILITIES } from '../../groups/index.ts';
import { countProjects, listProjects, PROJECT_ORDERS, type ProjectFilter } from '../list-store.ts';
import { presentProjectSimple } from '../present.ts';
import { presentFor } from '../present-for.ts';
import { isRole } from '../role.ts';
import type { ProjectRouteDeps } from './deps.ts';

const listParams = {
  ...pagingParams,
  search: string(),
  search_namespaces: boolean(),
  visibility: enumeration(VISIBILITIES),
  archived: boolean(),
  owned: boolean(),
  membership: boolean(),
  min_access_level: integer(),
  simple: boolean(),
  order_by: enumeration([...PROJECT_ORDERS, 'star_count', 'similarity'], { default: 'created_at' }),
  sort: enumeration(['asc', 'desc'], { default: 'desc' }),
  pagination: string(),
  id_after: integer(),
  id_before: integer(),
};

type ListParams = Params<typeof listParams>;

const filterOf = (params: ListParams): ProjectFilter =>
  withoutAbsent({
    search: params.search,
    searchNamespaces: params.search_namespaces,
    visibility: params.visibility,
    archived: params.archived,
    owned: params.owned,
    membership: params.membership,
    minAccessLevel: isRole(params.min_access_level) ? params.min_access_level : undefined,
    idAfter: params.id_after,
    idBefore: params.id_before,
  });

const orderOf = (params: ListParams) =>
  PROJECT_ORDERS.find((order) => order === params.order_by) ?? ('created_at' as const);

const answerList = async (
  deps: ProjectRouteDeps,
  request: ApiRequest,
  actor: Actor,
  params: ListParams,
  filter: ProjectFilter,
): Promise<ApiReply> => {
  const viewer = actingUser(actor);
  const now = deps.clock.now();
  const page = pageOf(params);
  const byKey = params.pagination === 'keyset';
  if (byKey && params.order_by !== 'id') throw keysetUnsupported();
  if (viewer === undefined && !byKey) limitOffset(page, 'Project');
  const order = { orderBy: orderOf(params), sort: params.sort };
  const window = byKey ? { limit: page.limit + 1, offset: 0 } : page;
  const found = await listProjects(deps.db, viewer, filter, { ...window, ...order }, now);
  const projects = found.slice(0, page.limit);
  const rows =
    params.simple === true || viewer === undefined
      ? projects.map((project) => presentProjectSimple(project, request.baseUrl))
      : await presentFor(deps, viewer, projects, request.baseUrl);
  if (byKey) return ok(rows, keysetHeaders(request, params.sort, projects, found.length > page.limit));
  return pageReply(request, page, rows, { total: await countProjects(deps.db, viewer, filter, now) });
};

export const projectListRoutes = (deps: ProjectRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/projects',
    summary: 'List the projects that the caller may see',
    params: listParams,
    guard: deps.guards.anyone(),
    handler: async ({ subject, params, request }) => answerList(deps, request, subject, params, filterOf(params)),
  }),
  route({
    method: 'GET',
    path: '/users/:user_id/projects',
    summary: "List the projects of a user's namespace",
    params: { user_id: string({ required: true, description: 'Id or username' }), ...listParams },
    guard: deps.guards.anyone(),
    handler: async ({ subject, params, request }) => {
      const user = /^\d{1,15}$/.test(params.user_id)
        ? await findUserById(deps.db, Number(params.user_id))
        : await findUserByUsername(deps.db, params.user_id);
      if (user === undefined) throw notFound('User');
      return answerList(deps, request, subject, params, { ...filterOf(params), ofUserId: user.id });
    },
  }),
  route({
    method: 'GET',
    path: '/groups/:id/projects',
    summary: 'List the projects of a group',
    params: { ...listParams, include_subgroups: boolean({ default: false }), with_shared: boolean() },
    guard: deps.group('read_group'),
    handler: async ({ subject, params, request }) => {
      const inGroup = { id: subject.group.id, withSubgroups: params.include_subgroups };
      return answerList(deps, request, subject.actor, params, { ...filterOf(params), inGroup });
    },
  }),
];
