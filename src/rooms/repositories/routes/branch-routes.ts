import {
  type ApiRequest,
  accepted,
  created,
  enumeration,
  noContent,
  ok,
  type Params,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { notFound } from '../../../kit/errors.ts';
import { findCommit, listRefs, type Ref, type RefOrder } from '../../../platform/git/index.ts';
import type { ProjectSubject } from '../../projects/index.ts';
import { createBranch, deleteBranch, deleteMergedBranches } from '../change-branches.ts';
import { presentBranch } from '../present-refs.ts';
import { repositoryOf } from '../repositories.ts';
import { findBranch } from '../resolve-ref.ts';
import { type RepositoryRouteDeps, refContextOf, writerOf } from './deps.ts';
import { listReply, nameRegex, nameSearch } from './listing.ts';

const PREFIX = 'refs/heads/';
const ORDERS = { name_asc: 'name', updated_asc: 'date', updated_desc: '-date' } as const satisfies Record<
  string,
  RefOrder
>;

const listParams = {
  id: string({ required: true }),
  search: string({ description: '^x begins with, x$ ends with' }),
  regex: string(),
  sort: enumeration(['name_asc', 'updated_asc', 'updated_desc'], { default: 'name_asc' }),
  pagination: string(),
  page_token: string(),
  ...pagingParams,
};

const branchParams = { id: string({ required: true }), branch: string({ required: true }) };

/** Full names of the branches that the default branch contains. */
const mergedRefs = async (deps: RepositoryRouteDeps, subject: ProjectSubject): Promise<ReadonlySet<string>> => {
  const main = await findBranch(deps, subject.project, subject.project.defaultBranch);
  if (main === undefined) return new Set();
  const refs = await listRefs(repositoryOf(deps, subject.project), PREFIX, { mergedInto: main.sha });
  return new Set(refs.map(({ fullRef }) => fullRef));
};

const listBranches = async (
  deps: RepositoryRouteDeps,
  subject: ProjectSubject,
  params: Params<typeof listParams>,
  request: ApiRequest,
) => {
  const repository = repositoryOf(deps, subject.project);
  const [searched, matches] = [nameSearch(params.search), nameRegex(params.regex)];
  const refs = (await listRefs(repository, PREFIX, { order: ORDERS[params.sort] })).filter(({ fullRef }) => {
    const name = fullRef.slice(PREFIX.length);
    return searched(name) && matches(name);
  });
  const context = await refContextOf(deps, subject, request);
  const present = async (shown: readonly Ref[]) => {
    const merged = await mergedRefs(deps, subject);
    const rows = shown.map(async ({ fullRef, commitSha }) => {
      const commit = await findCommit(repository, commitSha ?? '');
      return commit === undefined
        ? []
        : [presentBranch(fullRef.slice(PREFIX.length), commit, merged.has(fullRef), context)];
    });
    return (await Promise.all(rows)).flat();
  };
  return listReply(request, params, refs, ({ fullRef }) => fullRef.slice(PREFIX.length), present);
};

const readRoutes = (deps: RepositoryRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/projects/:id/repository/branches',
    summary: 'List branches',
    params: listParams,
    guard: deps.project('download_code', { jobToken: 'READ_REPOSITORIES' }),
    handler: ({ subject, params, request }) => listBranches(deps, subject, params, request),
  }),
  route({
    method: 'GET',
    path: '/projects/:id/repository/branches/:branch',
    summary: 'Read a branch',
    params: branchParams,
    guard: deps.project('download_code'),
    handler: async ({ subject, params, request }) => {
      const branch = await findBranch(deps, subject.project, params.branch);
      const commit =
        branch === undefined ? undefined : await findCommit(repositoryOf(deps, subject.project), branch.sha);
      if (branch === undefined || commit === undefined) throw notFound('Branch');
      const merged = await mergedRefs(deps, subject);
      const context = await refContextOf(deps, subject, request);
      return ok(presentBranch(branch.name, commit, merged.has(branch.fullRef), context));
    },
  }),
];

const unmodifiedSince = (request: ApiRequest): Date | undefined => {
  const time = Date.parse(request.headers['if-unmodified-since'] ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
};

/** Branches: list, read, create, delete. */
export const branchRoutes = (deps: RepositoryRouteDeps): readonly Route[] => {
  const guard = deps.project('push_code', { authenticateFirst: true });
  return [
    ...readRoutes(deps),
    route({
      method: 'POST',
      path: '/projects/:id/repository/branches',
      summary: 'Create a branch',
      params: {
        id: string({ required: true }),
        branch: string({ required: true, allowBlank: false }),
        ref: string({ required: true, allowBlank: false, description: 'Branch, tag or sha' }),
      },
      guard,
      handler: async ({ subject, params, request }) => {
        const commit = await createBranch(deps, await writerOf(deps, subject), params.branch, params.ref);
        const context = await refContextOf(deps, subject, request);
        const merged = await mergedRefs(deps, subject);
        return created(presentBranch(params.branch, commit, merged.has(`${PREFIX}${params.branch}`), context));
      },
    }),
    route({
      method: 'DELETE',
      path: '/projects/:id/repository/branches/:branch',
      summary: 'Delete a branch',
      params: branchParams,
      guard,
      handler: async ({ subject, params, request }) => {
        await deleteBranch(deps, await writerOf(deps, subject), params.branch, unmodifiedSince(request));
        return noContent();
      },
    }),
    route({
      method: 'DELETE',
      path: '/projects/:id/repository/merged_branches',
      summary: 'Delete merged branches',
      params: { id: string({ required: true }) },
      guard,
      handler: async ({ subject }) => {
        await deleteMergedBranches(deps, await writerOf(deps, subject));
        return accepted({ message: '202 Accepted' });
      },
    }),
  ];
};
