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
import { badRequest, invalid, notFound } from '../../../kit/errors.ts';
import { allowProject, disallowProject } from '../change-allowlist.ts';
import { isScopeEnabled, isScopeEnforced } from '../job-token-scope.ts';
import { listAllowedProjects } from '../job-token-store.ts';
import { presentProjectSimple } from '../present.ts';
import { updateProject } from '../project-store.ts';
import type { ProjectRouteDeps } from './deps.ts';

const ENFORCED =
  'Job token scope cannot be disabled for this project because it is enforced for the instance. ' +
  'Contact your administrator to modify this setting.';

/** Groups are to come; until then none exists, so each answer is that of a group that cannot be found. */
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
      handler: async ({ params, request }) => pageReply(request, pageOf(params), [], { total: 0 }),
    }),
    route({
      method: 'POST',
      path,
      summary: 'Let the jobs of a group use their token here',
      params: { target_group_id: integer({ required: true }) },
      guard,
      handler: async () => {
        throw notFound('target_group_id not found');
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:target_group_id`,
      summary: 'Undo that',
      params: { target_group_id: integer({ required: true }) },
      guard,
      handler: async () => {
        throw badRequest('Target group is not in the job token scope');
      },
    }),
  ];
};

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
        await deps.db
          .transaction()
          .execute((tx) =>
            updateProject(tx, subject.project.id, { jobTokenScopeEnabled: params.enabled }, deps.clock.now()),
          );
        return noContent();
      },
    }),
    ...allowlistRoutes(deps),
    ...groupRoutes(deps),
  ];
};
