import { accepted, boolean, ok, pageOf, pageReply, pagingParams, type Route, route } from '../../../http/index.ts';
import { forbidden, invalid } from '../../../kit/errors.ts';
import { listCommitsBetween } from '../../../platform/git/index.ts';
import {
  contextOf,
  countPipelines,
  listPipelines,
  newPipelineExtras,
  presentPipeline,
  presentPipelineBasic,
  refusalDetails,
} from '../../pipelines/index.ts';
import { can } from '../../projects/index.ts';
import { repositoryOf } from '../../repositories/index.ts';
import { notAllowed } from '../merge-refusals.ts';
import { hasCommits, runMergeRequestPipeline } from '../run-pipeline.ts';
import type { MergeRequestRouteDeps } from './deps.ts';

const PATH = '/projects/:id/merge_requests/:merge_request_iid/pipelines';

/** Pipelines of this many of its newest commits are listed; its own always are. */
const MAX_COMMITS = 1000;

export const pipelineRoutes = (deps: MergeRequestRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: PATH,
    summary: 'List the pipelines of a merge request and of its commits on the source branch',
    params: pagingParams,
    guard: deps.mergeRequestGuards.read(),
    handler: async ({ subject, params, request }) => {
      const { actor, project, role, mergeRequest } = subject;
      if (!can(actor, 'read_pipeline', project, role)) throw forbidden();
      const { id, sha, baseSha, sourceBranch } = mergeRequest;
      const repository = repositoryOf(deps.repositories, project);
      const shas = await listCommitsBetween(repository, baseSha ?? undefined, sha, { limit: MAX_COMMITS });
      const filter = { projectId: project.id, mergeRequest: { id, sourceBranch, shas } };
      const page = pageOf(params);
      const found = await listPipelines(deps.db, filter, { column: 'id', direction: 'desc' }, page);
      const rows = found.map((pipeline) => presentPipelineBasic(pipeline, contextOf(request, project)));
      return pageReply(request, page, rows, { total: await countPipelines(deps.db, filter) });
    },
  }),
  route({
    method: 'POST',
    path: PATH,
    summary: 'Run a pipeline for the head of a merge request',
    params: { async: boolean({ default: false, description: 'Answer 202 at once' }) },
    guard: deps.mergeRequestGuards.change('run_pipeline'),
    handler: async ({ subject, params, request }) => {
      const { actor, project, mergeRequest } = subject;
      const { user } = actor;
      const run = () => runMergeRequestPipeline(deps, project, mergeRequest, { user, onceForHead: false });
      if (mergeRequest.state !== 'opened' || !hasCommits(mergeRequest)) throw notAllowed();
      if (params.async) {
        deps.later(async () => {
          await run();
        });
        return accepted(null);
      }
      const result = await run();
      if (result.kind === 'refused' && result.saved === null) throw invalid(result.errors, refusalDetails(result));
      const pipeline = result.kind === 'refused' ? result.saved : result.kind === 'repeated' ? null : result.pipeline;
      if (pipeline === null) throw notAllowed();
      return ok(presentPipeline(pipeline, newPipelineExtras(user), contextOf(request, project)));
    },
  }),
];
