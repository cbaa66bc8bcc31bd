import {
  type ApiRequest,
  boolean,
  integer,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { findNamespaceById, type Namespace, type User } from '../../accounts/index.ts';
import { findNamespaceAccess, getNamespace, type NamespaceAccess } from '../find-namespace.ts';
import { isPathTaken } from '../group-store.ts';
import { countMembersBelow, countNamespaces, listNamespaces } from '../namespace-list-store.ts';
import { presentNamespace } from '../present.ts';
import { ROLES } from '../role.ts';
import type { GroupRouteDeps } from './deps.ts';

/** The first of `shop1`, `shop2`, … that is free. */
const suggest = async (deps: GroupRouteDeps, path: string, pathOf: (path: string) => string): Promise<string> => {
  for (let number = 1; ; number++) {
    const candidate = `${path}${number}`;
    if (!(await isPathTaken(deps.db, pathOf(candidate), undefined))) return candidate;
  }
};

/** `/namespaces`: where the caller may look for a place for projects. */
export const namespaceRoutes = (deps: GroupRouteDeps): readonly Route[] => {
  const presented = async ({ namespace, role }: NamespaceAccess, request: ApiRequest) => ({
    ...presentNamespace(namespace, request.baseUrl),
    ...(namespace.kind === 'group' && role === ROLES.owner
      ? { members_count_with_descendants: await countMembersBelow(deps.db, namespace.id, deps.clock.now()) }
      : {}),
  });
  const presentedAll = (namespaces: readonly Namespace[], user: User, request: ApiRequest) =>
    Promise.all(
      namespaces.map(async (namespace) => presented(await findNamespaceAccess(deps, user, namespace), request)),
    );
  return [
    route({
      method: 'GET',
      path: '/namespaces',
      summary: "List the caller's namespaces",
      params: {
        ...pagingParams,
        search: string(),
        owned_only: boolean(),
        top_level_only: boolean({ default: false }),
        full_path_search: boolean({ default: false }),
      },
      guard: deps.guards.signedIn(),
      handler: async ({ subject: { user }, params, request }) => {
        const filter = {
          search: params.search,
          wholePath: params.full_path_search,
          ownedOnly: params.owned_only,
          topLevelOnly: params.top_level_only,
        };
        const page = pageOf(params);
        const now = deps.clock.now();
        const namespaces = await listNamespaces(deps.db, user, filter, page, now);
        const total = await countNamespaces(deps.db, user, filter, now);
        return pageReply(request, page, await presentedAll(namespaces, user, request), { total });
      },
    }),
    route({
      method: 'GET',
      path: '/namespaces/:id',
      summary: 'Get a namespace',
      params: { id: string({ required: true, description: 'Id or full path' }) },
      guard: deps.guards.signedIn(),
      handler: async ({ subject, params, request }) =>
        ok(await presented(await getNamespace(deps, subject.user, params.id), request)),
    }),
    route({
      method: 'GET',
      path: '/namespaces/:id/exists',
      summary: 'Whether a path is in use, at the top or below parent_id',
      params: { id: string({ required: true, description: 'Path' }), parent_id: integer() },
      guard: deps.guards.signedIn(),
      handler: async ({ params }) => {
        const parent = params.parent_id === undefined ? undefined : await findNamespaceById(deps.db, params.parent_id);
        const pathOf = (path: string): string => (parent === undefined ? path : `${parent.fullPath}/${path}`);
        const isMissing = params.parent_id !== undefined && parent === undefined;
        const exists = !isMissing && (await isPathTaken(deps.db, pathOf(params.id), undefined));
        return ok({ exists, suggests: exists ? [await suggest(deps, params.id, pathOf)] : [] });
      },
    }),
  ];
};
