import {
  boolean,
  created,
  type Guard,
  integer,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { conflict, invalid, notFound } from '../../../kit/errors.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import type { ProjectSubject, SignedInActor } from '../guards.ts';
import { presentProtectedBranch } from '../present.ts';
import type { Project } from '../project.ts';
import {
  deleteProtectedBranch,
  findProtectedBranch,
  insertProtectedBranch,
  listProtectedBranches,
  updateProtectedBranch,
} from '../protected-ref-store.ts';
import type { ProtectedBranch, RefAccessLevel } from '../protected-refs.ts';
import type { ProjectRouteDeps } from './deps.ts';

const LEVELS = [0, 30, 40, 60] as const satisfies readonly RefAccessLevel[];

const levelOf = (attribute: string, value: number | undefined): RefAccessLevel | undefined => {
  if (value === undefined) return undefined;
  const level = LEVELS.find((known) => known === value);
  if (level === undefined) throw invalid({ [attribute]: ['is not included in the list'] });
  return level;
};

const levelParams = {
  push_access_level: integer(),
  merge_access_level: integer(),
  allow_force_push: boolean(),
};

const nameParams = { name: string({ required: true, description: 'Branch, or pattern with *' }) };

const getBranch = async (deps: ProjectRouteDeps, project: Project, name: string): Promise<ProtectedBranch> => {
  const branch = await findProtectedBranch(deps.db, project.id, name);
  if (branch === undefined) throw notFound();
  return branch;
};

const readingRoutes = (deps: ProjectRouteDeps, guard: Guard<ProjectSubject<SignedInActor>>): readonly Route[] => [
  route({
    method: 'GET',
    path: '/projects/:id/protected_branches',
    summary: 'List the protected branches',
    params: { ...pagingParams, search: string() },
    guard,
    handler: async ({ subject, params, request }) => {
      const page = pageOf(params);
      const all = await listProtectedBranches(deps.db, subject.project.id);
      const found = all.filter(({ name }) => name.includes(params.search ?? ''));
      const rows = found.slice(page.offset, page.offset + page.limit);
      return pageReply(request, page, rows.map(presentProtectedBranch), { total: found.length });
    },
  }),
  route({
    method: 'GET',
    path: '/projects/:id/protected_branches/:name',
    summary: 'Get one protected branch',
    params: nameParams,
    guard,
    handler: async ({ subject, params }) =>
      ok(presentProtectedBranch(await getBranch(deps, subject.project, params.name))),
  }),
];

/** `/projects/:id/protected_branches`. */
export const protectedBranchRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const guard = deps.project('admin_protected_refs', { authenticateFirst: true });
  return [
    ...readingRoutes(deps, guard),
    route({
      method: 'POST',
      path: '/projects/:id/protected_branches',
      summary: 'Protect a branch or a pattern of branches',
      params: { name: string({ required: true, allowBlank: false }), ...levelParams },
      guard,
      handler: async ({ subject, params }) => {
        const { name } = params;
        const branch = {
          name,
          pushAccessLevel: levelOf('push_access_levels.access_level', params.push_access_level) ?? 40,
          mergeAccessLevel: levelOf('merge_access_levels.access_level', params.merge_access_level) ?? 40,
          allowForcePush: params.allow_force_push ?? false,
        } as const;
        const added = await deps.db
          .transaction()
          .execute((tx) => insertProtectedBranch(tx, subject.project.id, branch, deps.clock.now()));
        if (added === undefined) throw conflict(`Protected branch '${name}' already exists`);
        return created(presentProtectedBranch(added));
      },
    }),
    route({
      method: 'PATCH',
      path: '/projects/:id/protected_branches/:name',
      summary: 'Change the protection of a branch',
      params: { ...nameParams, ...levelParams },
      guard,
      handler: async ({ subject, params }) => {
        const branch = await getBranch(deps, subject.project, params.name);
        const changes = withoutAbsent({
          pushAccessLevel: levelOf('push_access_levels.access_level', params.push_access_level),
          mergeAccessLevel: levelOf('merge_access_levels.access_level', params.merge_access_level),
          allowForcePush: params.allow_force_push,
        });
        await deps.db.transaction().execute((tx) => updateProtectedBranch(tx, branch.id, changes));
        return ok(presentProtectedBranch(await getBranch(deps, subject.project, params.name)));
      },
    }),
    route({
      method: 'DELETE',
      path: '/projects/:id/protected_branches/:name',
      summary: 'Take the protection of a branch away',
      params: nameParams,
      guard,
      handler: async ({ subject, params }) => {
        if (!(await deleteProtectedBranch(deps.db, subject.project.id, params.name))) throw notFound();
        return noContent();
      },
    }),
  ];
};
