import { boolean, ok, pageOf, pageReply, pagingParams, type Route, route } from '../../../http/index.ts';
import { countCommitsBetween, listCommitsBetween } from '../../../platform/git/index.ts';
import { findUsersByIds, presentUserBasic } from '../../accounts/index.ts';
import type { Project } from '../../projects/index.ts';
import { findCommitsByShas, presentCommit, repositoryOf } from '../../repositories/index.ts';
import { answerMergeRequest, countCommitsBehind, readDiff } from '../answer.ts';
import { listApprovals } from '../approval-store.ts';
import { seesInternal } from '../guards.ts';
import type { MergeRequest } from '../merge-request.ts';
import { listNoteAuthors } from '../note-store.ts';
import { peopleOf } from '../present.ts';
import { presentDiff } from '../present-diff.ts';
import type { MergeRequestRouteDeps } from './deps.ts';

const PATH = '/projects/:id/merge_requests/:merge_request_iid';

/** A page of its commits, newest first, and how many there are. */
const commitsOf = async (
  deps: MergeRequestRouteDeps,
  project: Project,
  { sha, baseSha }: MergeRequest,
  page: { readonly limit: number; readonly offset: number },
) => {
  const repository = repositoryOf(deps.repositories, project);
  const base = baseSha ?? undefined;
  const shas = await listCommitsBetween(repository, base, sha, { skip: page.offset, limit: page.limit });
  const commits = await findCommitsByShas(deps.repositories, project, shas);
  return { commits, total: await countCommitsBetween(repository, base, sha) };
};

/** One merge request and what it consists of. */
export const readRoutes = (deps: MergeRequestRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: PATH,
    summary: 'Get a merge request',
    params: {
      render_html: boolean(),
      include_diverged_commits_count: boolean(),
      include_rebase_in_progress: boolean(),
    },
    guard: deps.mergeRequestGuards.read({ jobToken: 'READ_MERGE_REQUESTS' }),
    handler: async ({ subject, params, request }) => {
      const { project, mergeRequest } = subject;
      const answer = await answerMergeRequest(deps, subject, project, mergeRequest, request);
      return ok({
        ...answer,
        ...(params.include_diverged_commits_count === true && {
          diverged_commits_count: await countCommitsBehind(deps, project, mergeRequest),
        }),
        ...(params.include_rebase_in_progress === true && { rebase_in_progress: false }),
      });
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/commits`,
    summary: 'List the commits of a merge request',
    params: pagingParams,
    guard: deps.mergeRequestGuards.read(),
    handler: async ({ subject, params, request }) => {
      const { project, mergeRequest } = subject;
      const page = pageOf(params);
      const { commits, total } = await commitsOf(deps, project, mergeRequest, page);
      const rows = commits.map((commit) => presentCommit(commit, `${request.baseUrl}/${project.fullPath}`));
      return pageReply(request, page, rows, { total });
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/changes`,
    summary: 'Get a merge request with the files that it changes',
    params: { access_raw_diffs: boolean(), unidiff: boolean({ default: false }) },
    guard: deps.mergeRequestGuards.read(),
    handler: async ({ subject, params, request }) => {
      const { project, mergeRequest } = subject;
      const answer = await answerMergeRequest(deps, subject, project, mergeRequest, request);
      const { files, overflow } = await readDiff(deps, project, mergeRequest);
      return ok({ ...answer, changes: files.map((file) => presentDiff(file, params)), overflow });
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/diffs`,
    summary: 'List the files that a merge request changes',
    params: { ...pagingParams, unidiff: boolean({ default: false }) },
    guard: deps.mergeRequestGuards.read(),
    handler: async ({ subject, params, request }) => {
      const page = pageOf(params);
      const { files } = await readDiff(deps, subject.project, subject.mergeRequest);
      const rows = files.slice(page.offset, page.offset + page.limit).map((file) => presentDiff(file, params));
      return pageReply(request, page, rows, { total: files.length });
    },
  }),
  participantsRoute(deps),
];

const participantsRoute = (deps: MergeRequestRouteDeps): Route =>
  route({
    method: 'GET',
    path: `${PATH}/participants`,
    summary: 'List who has to do with a merge request',
    params: pagingParams,
    guard: deps.mergeRequestGuards.read(),
    handler: async ({ subject, params, request }) => {
      const { mergeRequest } = subject;
      const approvals = await listApprovals(deps.db, mergeRequest.id);
      const noters = await listNoteAuthors(deps.db, mergeRequest.id, seesInternal(subject));
      const ids = [...new Set([...peopleOf(mergeRequest), ...approvals.map(({ userId }) => userId), ...noters])];
      const page = pageOf(params);
      const users = await findUsersByIds(deps.db, ids.slice(page.offset, page.offset + page.limit));
      const rows = users.map((user) => presentUserBasic(user, request.baseUrl));
      return pageReply(request, page, rows, { total: ids.length });
    },
  });
