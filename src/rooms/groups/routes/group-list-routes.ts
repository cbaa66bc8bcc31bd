import {
  type ApiReply,
  type ApiRequest,
  arrayOf,
  boolean,
  enumeration,
  integer,
  keysetUnsupported,
  limitOffset,
  type Params,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { type Actor, actingUser } from '../../accounts/index.ts';
import { VISIBILITIES } from '../group.ts';
import { countGroups, GROUP_ORDERS, type GroupFilter, type GroupViewer, listGroups } from '../list-store.ts';
import { presentGroup } from '../present.ts';
import { isRole } from '../role.ts';
import type { GroupRouteDeps } from './deps.ts';

const listParams = {
  ...pagingParams,
  skip_groups: arrayOf(integer()),
  all_available: boolean({
    description: 'Also groups that the caller does not belong to. Default: administrators only',
  }),
  search: string(),
  visibility: enumeration(VISIBILITIES),
  owned: boolean({ default: false }),
  min_access_level: integer(),
  top_level_only: boolean(),
  order_by: enumeration([...GROUP_ORDERS, 'similarity'], { default: 'name' }),
  sort: enumeration(['asc', 'desc'], { default: 'asc' }),
  pagination: string(),
};

type ListParams = Params<typeof listParams>;

/** What a list of groups has to know of who asks. */
export const viewerOf = async (deps: GroupRouteDeps, actor: Actor): Promise<GroupViewer> => {
  const user = actingUser(actor);
  const now = deps.clock.now();
  const namespacesOfProjects =
    user === undefined ? [] : await deps.groupProjects.namespacesOfMember(deps.db, user.id, now);
  return { user, namespacesOfProjects, now };
};

const answerList = async (
  deps: GroupRouteDeps,
  request: ApiRequest,
  actor: Actor,
  params: ListParams,
  below?: GroupFilter['below'],
): Promise<ApiReply> => {
  const viewer = await viewerOf(deps, actor);
  const filter: GroupFilter = {
    search: params.search,
    visibility: params.visibility,
    // What stands below a group is listed as far as the caller may see it.
    allAvailable: params.all_available ?? (below === undefined ? undefined : true),
    owned: params.owned,
    minAccessLevel: isRole(params.min_access_level) ? params.min_access_level : undefined,
    topLevelOnly: params.top_level_only,
    skip: params.skip_groups,
    below,
  };
  const page = pageOf(params);
  if (params.pagination === 'keyset') throw keysetUnsupported();
  limitOffset(page, 'Group');
  const orderBy = GROUP_ORDERS.find((order) => order === params.order_by) ?? 'name';
  const groups = await listGroups(deps.db, viewer, filter, { ...page, orderBy, sort: params.sort });
  return pageReply(
    request,
    page,
    groups.map((group) => presentGroup(group, request.baseUrl)),
    { total: await countGroups(deps.db, viewer, filter) },
  );
};

export const groupListRoutes = (deps: GroupRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/groups',
    summary: 'List the groups that the caller belongs to, or may see',
    params: listParams,
    guard: deps.guards.anyone(),
    handler: async ({ subject, params, request }) => answerList(deps, request, subject, params),
  }),
  route({
    method: 'GET',
    path: '/groups/:id/subgroups',
    summary: 'List the groups directly below a group',
    params: listParams,
    guard: deps.group('read_group'),
    handler: async ({ subject, params, request }) =>
      answerList(deps, request, subject.actor, params, { id: subject.group.id, deep: false }),
  }),
  route({
    method: 'GET',
    path: '/groups/:id/descendant_groups',
    summary: 'List all groups below a group',
    params: listParams,
    guard: deps.group('read_group'),
    handler: async ({ subject, params, request }) =>
      answerList(deps, request, subject.actor, params, { id: subject.group.id, deep: true }),
  }),
];
