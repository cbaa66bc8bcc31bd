import { ok, pageOf, pageReply, pagingParams, type Route, route, string } from '../../../http/index.ts';
import { presentGroupPublic } from '../../groups/index.ts';
import { presentFor } from '../present-for.ts';
import { findTransferLocations, transferProject } from '../transfer-project.ts';
import type { ProjectRouteDeps } from './deps.ts';

/** Moving projects between namespaces. */
export const transferRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const guard = deps.project('change_namespace', { authenticateFirst: true });
  return [
    route({
      method: 'PUT',
      path: '/projects/:id/transfer',
      summary: 'Move a project to another namespace',
      params: { namespace: string({ required: true, description: 'Id or full path of the new namespace' }) },
      guard,
      handler: async ({ subject: { actor, project }, params, request }) => {
        const moved = await transferProject(deps, actor.user, project, params.namespace);
        const [entity] = await presentFor(deps, actor.user, [moved], request.baseUrl);
        return ok(entity);
      },
    }),
    route({
      method: 'GET',
      path: '/projects/:id/transfer_locations',
      summary: 'List the groups that a project can be moved to',
      params: { ...pagingParams, search: string() },
      guard,
      handler: async ({ subject: { actor, project }, params, request }) => {
        const page = pageOf(params);
        const groups = await findTransferLocations(deps, actor.user, project, params.search);
        const rows = groups.slice(page.offset, page.offset + page.limit);
        return pageReply(
          request,
          page,
          rows.map((group) => presentGroupPublic(group, request.baseUrl)),
          { total: groups.length },
        );
      },
    }),
  ];
};
