import { created, integer, type Route, route } from '../../../http/index.ts';
import { groupCan } from '../abilities.ts';
import { groupSubject } from '../guards.ts';
import { presentGroupDetail } from '../present.ts';
import { transferGroup, transferRefused } from '../transfer-group.ts';
import type { GroupRouteDeps } from './deps.ts';

/** Moving groups in the tree. */
export const groupTransferRoutes = (deps: GroupRouteDeps): readonly Route[] => [
  route({
    method: 'POST',
    path: '/groups/:id/transfer',
    summary: 'Move a group below another one, or to the top',
    params: { group_id: integer({ description: 'The new parent. Default: none, it becomes a top-level group' }) },
    guard: deps.group('admin_group', { authenticateFirst: true }),
    handler: async ({ subject: { actor, group }, params, request }) => {
      const target =
        params.group_id === undefined ? undefined : await groupSubject(deps, actor, String(params.group_id));
      if (target !== undefined && !groupCan(actor.user, 'create_subgroup', target.group, target.role)) {
        throw transferRefused("You don't have enough permissions.");
      }
      await transferGroup(deps, actor.user, group.id, target?.group.id);
      // Whoever owned it through the old parent may own it no more.
      const moved = await groupSubject(deps, actor, String(group.id));
      const isAdmin = groupCan(actor.user, 'admin_group', moved.group, moved.role);
      const { baseUrl } = request;
      const projects = await deps.groupProjects.present(actor.user, group.id, baseUrl);
      return created(presentGroupDetail(moved.group, { baseUrl, isAdmin, projects }));
    },
  }),
];
