import {
  type ApiRequest,
  accepted,
  atLeastOneOf,
  boolean,
  created,
  integer,
  ok,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import { type Actor, actingUser } from '../../accounts/index.ts';
import { createProject } from '../create-project.ts';
import { presentFor } from '../present-for.ts';
import type { Project } from '../project.ts';
import { changeProject, deleteProject } from '../update-project.ts';
import type { ProjectRouteDeps } from './deps.ts';
import { changesOf, settingParams } from './project-params.ts';

const updateParams = { name: string(), path: string(), ...settingParams };

/** `/projects` and `/projects/:id`. */
export const singleProjectRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const presented = async (request: ApiRequest, actor: Actor, project: Project) => {
    const [entity] = await presentFor(deps, actingUser(actor), [project], request.baseUrl);
    return entity;
  };
  const archive = (verb: 'archive' | 'unarchive'): Route =>
    route({
      method: 'POST',
      path: `/projects/:id/${verb}`,
      summary: verb === 'archive' ? 'Make a project read-only' : 'Undo archive',
      params: {},
      guard: deps.project('archive_project', { authenticateFirst: true }),
      handler: async ({ subject, request }) => {
        const project = await changeProject(deps, subject, { archived: verb === 'archive' });
        return created(await presented(request, subject.actor, project));
      },
    });
  return [
    route({
      method: 'POST',
      path: '/projects',
      summary: 'Create a project',
      params: {
        ...updateParams,
        namespace_id: integer({ description: "Default: the caller's own namespace" }),
        initialize_with_readme: boolean(),
      },
      rules: [atLeastOneOf('name', 'path')],
      guard: deps.guards.signedIn(),
      handler: async ({ subject, params, request }) => {
        const project = await createProject(deps, subject.user, {
          name: params.name,
          path: params.path,
          namespaceId: params.namespace_id,
          settings: changesOf(params),
          initializeWithReadme: params.initialize_with_readme ?? false,
        });
        return created(await presented(request, subject, project));
      },
    }),
    route({
      method: 'GET',
      path: '/projects/:id',
      summary: 'Get a project',
      params: {},
      guard: deps.project('read_project'),
      handler: async ({ subject, request }) => ok(await presented(request, subject.actor, subject.project)),
    }),
    route({
      method: 'PUT',
      path: '/projects/:id',
      summary: 'Change a project',
      params: updateParams,
      rules: [atLeastOneOf(...Object.keys(updateParams))],
      guard: deps.project('admin_project', { authenticateFirst: true }),
      handler: async ({ subject, params, request }) => {
        const names = withoutAbsent({ name: params.name, path: params.path });
        const project = await changeProject(deps, subject, { ...names, ...changesOf(params) });
        return ok(await presented(request, subject.actor, project));
      },
    }),
    route({
      method: 'DELETE',
      path: '/projects/:id',
      summary: 'Delete a project',
      params: {},
      guard: deps.project('remove_project', { authenticateFirst: true }),
      handler: async ({ subject }) => {
        await deleteProject(deps, subject.project);
        return accepted({ message: '202 Accepted' });
      },
    }),
    archive('archive'),
    archive('unarchive'),
  ];
};
