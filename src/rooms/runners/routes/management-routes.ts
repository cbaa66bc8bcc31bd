import type { ApiReply, ApiRequest, Route } from '../../../http/index.ts';
import {
  boolean,
  commaList,
  created,
  enumeration,
  errorReply,
  Halt,
  integer,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  route,
  string,
} from '../../../http/index.ts';
import { forbidden, invalid, notFound } from '../../../kit/errors.ts';
import type { NamespaceId, ProjectId } from '../../../kit/ids.ts';
import { digestOf } from '../../../platform/secrets/index.ts';
import type { UserActor } from '../../accounts/index.ts';
import {
  canSeeGroup,
  findGroupById,
  findGroupRole,
  type GroupProjects,
  groupCan,
  presentGroupBasic,
} from '../../groups/index.ts';
import type { ProjectGuards } from '../../projects/index.ts';
import { findProjectById, findRole, userCan } from '../../projects/index.ts';
import { listManagers } from '../manager-store.ts';
import { mayManageRunner } from '../may-manage-runner.ts';
import { presentManager, presentRunner, presentRunnerDetails } from '../present.ts';
import type { Runner } from '../runner.ts';
import { RUNNER_STATUSES, type RunnerStatus } from '../runner.ts';
import type { RunnerChanges, RunnerListFilter } from '../runner-store.ts';
import {
  countRunners,
  deleteRunner,
  findActiveRunners,
  findProjectsOfRunner,
  findRunner,
  insertRunner,
  listRunners,
  updateRunner,
} from '../runner-store.ts';
import { newRunnerToken } from '../runner-token.ts';
import type { LifecycleRouteDeps } from './lifecycle-routes.ts';

export interface ManagementRouteDeps extends LifecycleRouteDeps {
  readonly guards: { readonly project: ProjectGuards };
  readonly groupProjects: Pick<GroupProjects, 'namespacesOfMember'>;
  readonly server: { readonly externalUrl: string };
}

const TYPES = ['instance_type', 'group_type', 'project_type'] as const;
/** Seconds; GitLab refuses shorter maxima. */
const LEAST_MAXIMUM_TIMEOUT = 600;

const SETTINGS = {
  description: string(),
  paused: boolean(),
  locked: boolean(),
  run_untagged: boolean(),
  tag_list: commaList(),
  access_level: enumeration(['not_protected', 'ref_protected']),
  maximum_timeout: integer(),
  maintenance_note: string(),
};

function checkSettings(runUntagged: boolean, tagList: readonly string[], maximumTimeout: number | null): void {
  if (!runUntagged && tagList.length === 0) {
    throw invalid({ tags_list: ['can not be empty when runner is not allowed to pick untagged jobs'] });
  }
  if (maximumTimeout !== null && maximumTimeout < LEAST_MAXIMUM_TIMEOUT) {
    throw invalid({ maximum_timeout: [`needs to be at least ${LEAST_MAXIMUM_TIMEOUT / 60} minutes`] });
  }
}

/** Whom a new runner serves: neither = the whole instance. */
interface Served {
  readonly projectId: ProjectId | null;
  readonly groupId: NamespaceId | null;
}

/** Who may make a runner: administrators, for a project those who administer its runners, for a group its owners. */
async function checkOwner(
  deps: ManagementRouteDeps,
  actor: UserActor,
  params: {
    readonly runner_type: Runner['runnerType'];
    readonly project_id: number | undefined;
    readonly group_id: number | undefined;
  },
): Promise<Served> {
  switch (params.runner_type) {
    case 'instance_type':
      if (!actor.user.admin) throw forbidden();
      return { projectId: null, groupId: null };
    case 'group_type':
      return { projectId: null, groupId: await checkGroup(deps, actor, params.group_id) };
    case 'project_type':
      return { projectId: await checkProject(deps, actor, params.project_id), groupId: null };
  }
}

async function checkGroup(deps: ManagementRouteDeps, actor: UserActor, id: number | undefined): Promise<NamespaceId> {
  if (id === undefined) throw new Halt(errorReply(400, 'group_id is missing'));
  const group = await findGroupById(deps.db, id);
  const role = group && (await findGroupRole(deps.db, actor.user, group.id, deps.clock.now()));
  if (group === undefined || !(await canSeeGroup(deps, actor.user, group, role))) throw notFound('Group');
  if (!groupCan(actor.user, 'admin_group_runners', group, role)) throw forbidden();
  return group.id;
}

async function checkProject(deps: ManagementRouteDeps, actor: UserActor, id: number | undefined): Promise<ProjectId> {
  if (id === undefined) throw new Halt(errorReply(400, 'project_id is missing'));
  const project = await findProjectById(deps.db, id);
  const role = project && (await findRole(deps.db, actor.user, project.id, deps.clock.now()));
  if (project === undefined || !userCan(actor.user, 'read_project', project, role)) throw notFound('Project');
  if (!userCan(actor.user, 'admin_runners', project, role)) throw forbidden();
  return project.id;
}

/** `POST /user/runners`: the token is shown here and never again. */
const createRoute = (deps: ManagementRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/user/runners',
    summary: 'Create a runner',
    params: {
      runner_type: enumeration(TYPES, { required: true }),
      group_id: integer(),
      project_id: integer(),
      ...SETTINGS,
    },
    guard: deps.accounts.signedIn({ scopes: ['create_runner'] }),
    handler: async ({ subject, params }) => {
      const served = await checkOwner(deps, subject, params);
      const runUntagged = params.run_untagged ?? true;
      const tagList = params.tag_list ?? [];
      checkSettings(runUntagged, tagList, params.maximum_timeout ?? null);
      const token = newRunnerToken(params.runner_type);
      const runner = await deps.db.transaction().execute((tx) =>
        insertRunner(
          tx,
          {
            runnerType: params.runner_type,
            tokenDigest: digestOf(token),
            legacy: false,
            embedded: false,
            description: params.description ?? '',
            maintenanceNote: params.maintenance_note ?? null,
            paused: params.paused ?? false,
            locked: params.locked ?? false,
            runUntagged,
            tagList,
            accessLevel: params.access_level ?? 'not_protected',
            maximumTimeout: params.maximum_timeout ?? null,
            creatorId: subject.user.id,
            ...served,
          },
          deps.clock.now(),
        ),
      );
      return created({ id: runner.id, token, token_expires_at: null });
    },
  });

const LIST = {
  ...pagingParams,
  type: enumeration(TYPES),
  status: enumeration(RUNNER_STATUSES),
  paused: boolean(),
  tag_list: commaList(),
};

interface ListParams {
  readonly type: Runner['runnerType'] | undefined;
  readonly status: RunnerStatus | undefined;
  readonly paused: boolean | undefined;
  readonly tag_list: readonly string[] | undefined;
}

const filterOf = (params: ListParams, now: Date): RunnerListFilter => ({
  ...(params.type !== undefined && { type: params.type }),
  ...(params.status !== undefined && { status: { is: params.status, now } }),
  ...(params.paused !== undefined && { paused: params.paused }),
  ...(params.tag_list !== undefined && params.tag_list.length > 0 && { tagList: params.tag_list }),
});

/** One page of a list, with its paging headers. */
async function answerList(
  deps: ManagementRouteDeps,
  request: ApiRequest,
  params: ListParams & Parameters<typeof pageOf>[0],
  only: Pick<RunnerListFilter, 'projectId' | 'creatorId'>,
): Promise<ApiReply> {
  const now = deps.clock.now();
  const page = pageOf(params);
  const filter = { ...filterOf(params, now), ...only };
  const runners = await listRunners(deps.db, filter, page);
  const total = await countRunners(deps.db, filter);
  const active = await findActiveRunners(
    deps.db,
    runners.map(({ id }) => id),
  );
  const rows = runners.map((runner) => presentRunner(runner, active.has(runner.id), now));
  return pageReply(request, page, rows, { total });
}

const listRoutes = (deps: ManagementRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/runners',
    summary: 'Runners that the caller made',
    params: LIST,
    guard: deps.accounts.signedIn({ scopes: ['manage_runner'] }),
    handler: ({ subject, params, request }) => answerList(deps, request, params, { creatorId: subject.user.id }),
  }),
  route({
    method: 'GET',
    path: '/runners/all',
    summary: 'All runners of the instance',
    params: LIST,
    guard: deps.accounts.admin({ scopes: ['manage_runner'] }),
    handler: ({ params, request }) => answerList(deps, request, params, {}),
  }),
  route({
    method: 'GET',
    path: '/projects/:id/runners',
    summary: 'Runners that may take jobs of a project',
    params: LIST,
    guard: deps.guards.project('read_runners', { authenticateFirst: true }),
    handler: ({ subject, params, request }) => answerList(deps, request, params, { projectId: subject.project.id }),
  }),
];

const ID = { id: integer({ required: true }) };

async function managedRunner(deps: ManagementRouteDeps, actor: UserActor, id: number): Promise<Runner> {
  const runner = await findRunner(deps.db, id);
  if (runner === undefined) throw notFound('Runner');
  if (!(await mayManageRunner(deps, actor, runner))) throw forbidden();
  return runner;
}

const detailsOf = async (deps: ManagementRouteDeps, runner: Runner) => {
  const ids = await findProjectsOfRunner(deps.db, runner.id);
  const projects = await Promise.all(ids.map((id) => findProjectById(deps.db, id)));
  const presented = projects.flatMap((project) =>
    project === undefined
      ? []
      : [{ id: project.id, name: project.name, path: project.path, path_with_namespace: project.fullPath }],
  );
  const group = runner.groupId === null ? undefined : await findGroupById(deps.db, runner.groupId);
  const groups = group === undefined ? [] : [presentGroupBasic(group, deps.server.externalUrl)];
  const active = await findActiveRunners(deps.db, [runner.id]);
  return presentRunnerDetails(runner, active.has(runner.id), deps.clock.now(), { projects: presented, groups });
};

const oneRunnerRoutes = (deps: ManagementRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/runners/:id',
    summary: 'One runner',
    params: ID,
    guard: deps.accounts.signedIn({ scopes: ['manage_runner'] }),
    handler: async ({ subject, params }) => ok(await detailsOf(deps, await managedRunner(deps, subject, params.id))),
  }),
  route({
    method: 'GET',
    path: '/runners/:id/managers',
    summary: "The processes that use a runner's token",
    params: ID,
    guard: deps.accounts.signedIn({ scopes: ['manage_runner'] }),
    handler: async ({ subject, params }) => {
      const runner = await managedRunner(deps, subject, params.id);
      const now = deps.clock.now();
      return ok((await listManagers(deps.db, runner.id)).map((manager) => presentManager(manager, now)));
    },
  }),
  route({
    method: 'PUT',
    path: '/runners/:id',
    summary: 'Change a runner',
    params: { ...ID, ...SETTINGS, active: boolean() },
    guard: deps.accounts.signedIn({ scopes: ['manage_runner'] }),
    handler: async ({ subject, params }) => {
      const runner = await managedRunner(deps, subject, params.id);
      const paused = params.paused ?? (params.active === undefined ? undefined : !params.active);
      const changes: RunnerChanges = {
        ...(params.description !== undefined && { description: params.description }),
        ...(params.maintenance_note !== undefined && { maintenanceNote: params.maintenance_note }),
        ...(paused !== undefined && { paused }),
        ...(params.locked !== undefined && { locked: params.locked }),
        ...(params.run_untagged !== undefined && { runUntagged: params.run_untagged }),
        ...(params.tag_list !== undefined && { tagList: params.tag_list }),
        ...(params.access_level !== undefined && { accessLevel: params.access_level }),
        ...(params.maximum_timeout !== undefined && { maximumTimeout: params.maximum_timeout }),
      };
      const next = { ...runner, ...changes };
      checkSettings(next.runUntagged, next.tagList, next.maximumTimeout);
      await updateRunner(deps.db, runner.id, changes, deps.clock.now());
      return ok(await detailsOf(deps, next));
    },
  }),
  route({
    method: 'DELETE',
    path: '/runners/:id',
    summary: 'Delete a runner',
    params: ID,
    guard: deps.accounts.signedIn({ scopes: ['manage_runner'] }),
    handler: async ({ subject, params }) => {
      const runner = await managedRunner(deps, subject, params.id);
      await deps.db.transaction().execute((tx) => deleteRunner(tx, runner.id));
      return noContent();
    },
  }),
];

export const runnerManagementRoutes = (deps: ManagementRouteDeps): readonly Route[] => [
  createRoute(deps),
  ...listRoutes(deps),
  ...oneRunnerRoutes(deps),
];
