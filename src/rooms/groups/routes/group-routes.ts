import {
  type ApiRequest,
  accepted,
  boolean,
  created,
  enumeration,
  integer,
  ok,
  type Params,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { forbidden } from '../../../kit/errors.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import { actingUser, type UserActor } from '../../accounts/index.ts';
import { groupCan } from '../abilities.ts';
import { changeGroup, deleteGroup } from '../change-group.ts';
import { createGroup } from '../create-group.ts';
import { type Group, PROJECT_CREATION_LEVELS, SUBGROUP_CREATION_LEVELS, VISIBILITIES } from '../group.ts';
import type { GroupChanges } from '../group-store.ts';
import { type GroupSubject, groupSubject } from '../guards.ts';
import { presentGroupDetail } from '../present.ts';
import { ROLES } from '../role.ts';
import type { GroupRouteDeps } from './deps.ts';

const settingParams = {
  description: string({ nullable: true }),
  visibility: enumeration(VISIBILITIES),
  project_creation_level: enumeration(PROJECT_CREATION_LEVELS),
  subgroup_creation_level: enumeration(SUBGROUP_CREATION_LEVELS),
  request_access_enabled: boolean(),
};

const updateParams = { name: string(), path: string(), ...settingParams };

const changesOf = (params: Params<typeof updateParams>): GroupChanges =>
  withoutAbsent({
    name: params.name,
    path: params.path,
    description: params.description === null ? '' : params.description,
    visibility: params.visibility,
    projectCreationLevel: params.project_creation_level,
    subgroupCreationLevel: params.subgroup_creation_level,
    requestAccessEnabled: params.request_access_enabled,
  });

/** `/groups` and `/groups/:id`. */
export const singleGroupRoutes = (deps: GroupRouteDeps): readonly Route[] => {
  const presented = async (
    request: ApiRequest,
    { actor, group, role }: GroupSubject,
    withProjects = true,
  ): Promise<unknown> => {
    const { baseUrl } = request;
    const isAdmin = groupCan(actingUser(actor), 'admin_group', group, role);
    const projects = withProjects ? await deps.groupProjects.present(actingUser(actor), group.id, baseUrl) : undefined;
    return presentGroupDetail(group, { baseUrl, isAdmin, projects });
  };
  const findParent = async (actor: UserActor, id: number | undefined): Promise<Group | undefined> => {
    if (id === undefined) return undefined;
    const parent = await groupSubject(deps, actor, String(id));
    if (!groupCan(actor.user, 'create_subgroup', parent.group, parent.role)) throw forbidden();
    return parent.group;
  };
  return [
    route({
      method: 'POST',
      path: '/groups',
      summary: 'Create a group, or a subgroup of parent_id',
      params: {
        name: string({ required: true }),
        path: string({ required: true }),
        parent_id: integer({ description: 'Default: none, a top-level group' }),
        ...settingParams,
      },
      guard: deps.guards.signedIn(),
      handler: async ({ subject, params, request }) => {
        const parent = await findParent(subject, params.parent_id);
        const group = await createGroup(deps, subject.user, {
          name: params.name,
          path: params.path,
          parent,
          description: params.description ?? '',
          visibility: params.visibility ?? 'private',
          projectCreationLevel: params.project_creation_level ?? 'developer',
          subgroupCreationLevel: params.subgroup_creation_level ?? 'maintainer',
          requestAccessEnabled: params.request_access_enabled ?? true,
        });
        return created(await presented(request, { actor: subject, group, role: ROLES.owner }));
      },
    }),
    route({
      method: 'GET',
      path: '/groups/:id',
      summary: 'Get a group',
      params: { with_projects: boolean({ default: true }) },
      guard: deps.group('read_group'),
      handler: async ({ subject, params, request }) => ok(await presented(request, subject, params.with_projects)),
    }),
    route({
      method: 'PUT',
      path: '/groups/:id',
      summary: 'Change a group',
      params: updateParams,
      guard: deps.group('admin_group', { authenticateFirst: true }),
      handler: async ({ subject, params, request }) => {
        const group = await changeGroup(deps, subject.group.id, changesOf(params));
        return ok(await presented(request, { ...subject, group }));
      },
    }),
    route({
      method: 'DELETE',
      path: '/groups/:id',
      summary: 'Delete a group with everything in it',
      params: {},
      guard: deps.group('remove_group', { authenticateFirst: true }),
      handler: async ({ subject }) => {
        await deleteGroup(deps, subject.group.id);
        return accepted({ message: '202 Accepted' });
      },
    }),
  ];
};
