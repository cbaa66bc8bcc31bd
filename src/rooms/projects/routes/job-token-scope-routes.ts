import {
  boolean,
  created,
  integer,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
} from '../../../http/index.ts';
import { invalid } from '../../../kit/errors.ts';
import { presentGroupBasic } from '../../groups/index.ts';
import { allowGroup, allowProject, disallowGroup, disallowProject } from '../change-allowlist.ts';
import { isScopeEnabled, isScopeEnforced } from '../job-token-scope.ts';
import { listAllowedGroups, listAllowedProjects } from '../job-token-store.ts';
import { countJobTokenUses, listJobTokenUses } from '../job-token-use-store.ts';
import { presentProjectSimple } from '../present.ts';
import { changeProject } from '../update-project.ts';
import type { ProjectRouteDeps } from './deps.ts';

const ENFORCED =
  'Job token scope cannot be disabled for this project because it is enforced for the instance. ' +
  'Contact your administrator to modify this setting.';

const groupRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const guard = deps.project('admin_project', { authenticateFirst: true });
  const path = '/projects/:id/job_token_scope/groups_allowlist';
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the groups whose jobs may use their token here',
      params: pagingParams,
      guard,
      handler: async ({ subject, params, request }) => {
        const page = pageOf(params);
        const groups = await listAllowedGroups(deps.db, subject.project.id);
        const rows = groups.slice(page.offset, page.offset + page.limit);
        return pageReply(
          request,
          page,
          rows.map((group) => presentGroupBasic(group, request.baseUrl)),
          { total: groups.length },
        );
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Let the jobs of a group and of the groups below it use their token here',
      params: { target_group_id: integer({ required: true }) },
      guard,
      handler: async ({ subject, params }) => {
        const target = await allowGroup(deps, subject.actor.user, subject.project, params.target_group_id);
        return created({ source_project_id: subject.project.id, target_group_id: target.id });
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:target_group_id`,
      summary: 'Undo that',
      params: { target_group_id: integer({ required: true }) },
      guard,
      handler: async ({ subject, params }) => {
        await disallowGroup(deps, subject.project, params.target_group_id);
        return noContent();
      },
    }),
  ];
};

/** Which projects' jobs have used their token here, and when they did last. GitLab shows it on a page only. */
const authLogRoute = (deps: ProjectRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/penstock/job_token_auth_log',
    summary: 'List the projects whose jobs have used their token here, the latest first',
    params: pagingParams,
    guard: deps.project('admin_project', { authenticateFirst: true }),
    handler: async ({ subject: { project }, params, request }) => {
      const page = pageOf(params);
      const uses = await listJobTokenUses(deps.db, project.id, page);
      const rows = uses.map(({ source, lastUsedAt }) => ({
        source_project: {
          id: source.id,
          name: source.name,
          path_with_namespace: source.fullPath,
          web_url: `${request.baseUrl}/${source.fullPath}`,
        },
        last_authorized_at: lastUsedAt.toISOString(),
      }));
      return pageReply(request, page, rows, { total: await countJobTokenUses(deps.db, project.id) });
    },
  });

const allowlistRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const guard = deps.project('admin_project', { authenticateFirst: true });
  const path = '/projects/:id/job_token_scope/allowlist';
  return [
    route({
      method: 'GET',
      path,
      summary: 'List the projects whose jobs may use their token here, this one first',
      params: pagingParams,
      guard,
      handler: async ({ subject, params, request }) => {
        const page = pageOf(params);
        const all = [subject.project, ...(await listAllowedProjects(deps.db, subject.project.id))];
        const rows = all.slice(page.offset, page.offset + page.limit);
        return pageReply(
          request,
          page,
          rows.map((project) => presentProjectSimple(project, request.baseUrl)),
          { total: all.length },
        );
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Let the jobs of a project use their token here',
      params: { target_project_id: integer({ required: true }) },
      guard,
      handler: async ({ subject, params }) => {
        const target = await allowProject(deps, subject.actor.user, subject.project, params.target_project_id);
        return created({ source_project_id: subject.project.id, target_project_id: target.id });
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:target_project_id`,
      summary: 'Undo that',
      params: { target_project_id: integer({ required: true }) },
      guard,
      handler: async ({ subject, params }) => {
        await disallowProject(deps, subject.project, params.target_project_id);
        return noContent();
      },
    }),
  ];
};

/** `/projects/:id/job_token_scope` and what is below it. */
export const jobTokenScopeRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const guard = deps.project('admin_project', { authenticateFirst: true });
  return [
    route({
      method: 'GET',
      path: '/projects/:id/job_token_scope',
      summary: 'Whether jobs of other projects need to be allowed',
      params: {},
      guard,
      handler: async ({ subject }) =>
        ok({ inbound_enabled: await isScopeEnabled(deps.db, subject.project), outbound_enabled: false }),
    }),
    route({
      method: 'PATCH',
      path: '/projects/:id/job_token_scope',
      summary: 'Require that, or not',
      params: { enabled: boolean({ required: true, allowBlank: false }) },
      guard,
      handler: async ({ subject, params }) => {
        if (!params.enabled && (await isScopeEnforced(deps.db))) throw invalid(ENFORCED);
        await changeProject(deps, subject, { jobTokenScopeEnabled: params.enabled });
        return noContent();
      },
    }),
    ...allowlistRoutes(deps),
    ...groupRoutes(deps),
    authLogRoute(deps),
  ];
};
