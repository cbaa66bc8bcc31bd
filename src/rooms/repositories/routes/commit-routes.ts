import {
  type ApiRequest,
  boolean,
  created,
  enumeration,
  Halt,
  isoDateTime,
  json,
  messageReply,
  ok,
  type Params,
  pageOf,
  pageReply,
  type Route,
  route,
  strictPagingParams,
  string,
} from '../../../http/index.ts';
import { badRequest, forbidden, invalid, notFound } from '../../../kit/errors.ts';
import { type Commit, countChanges, isRevision, listCommitShas, readCommits } from '../../../platform/git/index.ts';
import type { Actor } from '../../accounts/index.ts';
import { can, findProject, type Project, type ProjectSubject, type Role } from '../../projects/index.ts';
import { commitFiles } from '../commit-files.ts';
import { presentCommit, presentStats } from '../present-commit.ts';
import { findCommit, getCommit } from '../read-commit.ts';
import { repositoryOf } from '../repositories.ts';
import { readCommitRequest, textOf } from './commit-request.ts';
import { projectUrlOf, pushToBranchGuard, type RepositoryRouteDeps } from './deps.ts';

/** Bytes of a body of `POST repository/commits`. */
const MAX_COMMIT_BODY = 300 * 1024 * 1024;

const listParams = {
  id: string({ required: true }),
  ref_name: string({ description: 'Branch, tag or sha; default: the default branch' }),
  since: isoDateTime(),
  until: isoDateTime(),
  path: string(),
  author: string(),
  all: boolean(),
  with_stats: boolean(),
  first_parent: boolean(),
  order: enumeration(['default', 'topo'], { default: 'default' }),
  trailers: boolean({ default: false }),
  ...strictPagingParams,
};

interface Viewer {
  readonly actor: Actor;
  readonly project: Project;
  readonly role: Role | undefined;
}

/** A commit with what only its own answer has: statistics, status, newest pipeline. */
const presentDetail = async (
  deps: RepositoryRouteDeps,
  { actor, project, role }: Viewer,
  commit: Commit,
  request: ApiRequest,
  withStats: boolean,
) => {
  const mayRead = can(actor, 'read_pipeline', project, role);
  const pipeline = mayRead ? await deps.findLastPipeline(project, commit.sha, request.baseUrl) : undefined;
  return {
    ...presentCommit(commit, projectUrlOf(request, project)),
    ...(withStats ? { stats: presentStats(await countChanges(repositoryOf(deps, project), commit)) } : {}),
    status: pipeline?.status ?? null,
    project_id: project.id,
    last_pipeline: pipeline ?? null,
  };
};

const listCommits = async (
  deps: RepositoryRouteDeps,
  { project }: ProjectSubject,
  params: Params<typeof listParams>,
  request: ApiRequest,
) => {
  const repository = repositoryOf(deps, project);
  const page = pageOf(params);
  const name = params.ref_name === undefined || params.ref_name === '' ? project.defaultBranch : params.ref_name;
  if (params.all !== true && !isRevision(name)) throw invalid('ref_name is invalid');
  const start = params.all === true ? undefined : await findCommit(deps, project, name);
  const { since, until, path, author } = params;
  const shas =
    params.all !== true && start === undefined
      ? []
      : await listCommitShas(repository, {
          from: start === undefined ? 'all' : [start.sha],
          skip: page.offset,
          limit: page.limit + 1,
          order: params.order,
          firstParent: params.first_parent === true,
          ...(since === undefined ? {} : { since }),
          ...(until === undefined ? {} : { until }),
          ...(path === undefined || path === '' ? {} : { path: path.replace(/\/+$/, '') }),
          ...(author === undefined || author === '' ? {} : { author }),
        });
  const commits = await readCommits(repository, shas.slice(0, page.limit));
  const rows = await Promise.all(
    commits.map(async (commit) => ({
      ...presentCommit(commit, projectUrlOf(request, project)),
      ...(params.with_stats === true ? { stats: presentStats(await countChanges(repository, commit)) } : {}),
    })),
  );
  return pageReply(request, page, rows, { hasNext: shas.length > page.limit });
};

/** GitLab forks are not there yet: only the project itself is in its own network. */
const checkStartProject = async (deps: RepositoryRouteDeps, project: Project, start: string | undefined) => {
  if (start === undefined || start === '') return;
  const other = await findProject(deps.db, start);
  if (other?.id === project.id) return;
  throw other === undefined
    ? notFound('Project')
    : forbidden(`Project is not included in the fork network for ${project.name}`);
};

/** GitLab reads only these bodies, and says so. */
const checkContentType = (request: ApiRequest): void => {
  const { contentType } = request.body;
  const known = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'];
  if (contentType !== undefined && !known.includes(contentType)) {
    throw new Halt(messageReply(400, badRequest(`Unsupported Content-Type: ${contentType}`).body));
  }
};

/** Commits: list, read, create. */
export const commitRoutes = (deps: RepositoryRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/projects/:id/repository/commits',
    summary: 'List commits',
    params: listParams,
    guard: deps.project('download_code'),
    handler: ({ subject, params, request }) => listCommits(deps, subject, params, request),
  }),
  route({
    method: 'GET',
    path: '/projects/:id/repository/commits/:sha',
    summary: 'Read a commit',
    params: {
      id: string({ required: true }),
      sha: string({ required: true, description: 'Sha, branch or tag' }),
      stats: boolean({ default: true }),
    },
    guard: deps.project('download_code', { jobToken: 'READ_REPOSITORIES' }),
    handler: async ({ subject, params, request }) => {
      const commit = await getCommit(deps, subject.project, params.sha);
      return ok(await presentDetail(deps, subject, commit, request, params.stats));
    },
  }),
  route({
    method: 'POST',
    path: '/projects/:id/repository/commits',
    summary: 'Create a commit with several file actions',
    // Undeclared, as in GitLab: their problems are told under `message`, in its own order.
    params: { id: string({ required: true }) },
    guard: pushToBranchGuard(deps, (request) => textOf(request.rawParams['branch']) ?? ''),
    bodyLimit: MAX_COMMIT_BODY,
    malformedJson: () => json(400, { message: 'Invalid json', error: 'Invalid json' }),
    handler: async ({ subject, request }) => {
      checkContentType(request);
      const { project, user, role } = subject;
      const wanted = readCommitRequest(request.rawParams);
      await checkStartProject(deps, project, textOf(request.rawParams['start_project']));
      const commit = await commitFiles(deps, project, user, wanted);
      const viewer: Viewer = { actor: subject.actor, project, role };
      const withStats = textOf(request.rawParams['stats']) !== 'false';
      return created(await presentDetail(deps, viewer, commit, request, withStats));
    },
  }),
];
