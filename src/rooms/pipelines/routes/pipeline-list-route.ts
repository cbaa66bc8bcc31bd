import type { Route } from '../../../http/index.ts';
import { boolean, enumeration, pageOf, pageReply, pagingParams, route, string } from '../../../http/index.ts';
import { PIPELINE_SOURCES } from '../../../wire/statuses.ts';
import { contextOf } from '../answer.ts';
import type { PipelineFilter } from '../pipeline-list-store.ts';
import { countPipelines, listPipelines } from '../pipeline-list-store.ts';
import { presentPipelineListed } from '../present.ts';
import type { PipelineRouteDeps } from './deps.ts';
import { pipelineFilterOf, pipelineFilterParams } from './pipeline-filter-params.ts';

/** `GET /projects/:id/pipelines`. Unknown refs and names give an empty list. */
export const listPipelinesRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/pipelines',
    summary: 'List pipelines',
    params: {
      ...pagingParams,
      ...pipelineFilterParams,
      source: enumeration(PIPELINE_SOURCES),
      ref: string(),
      sha: string(),
      yaml_errors: boolean(),
      username: string(),
      name: string(),
      order_by: enumeration(['id', 'status', 'ref', 'updated_at', 'user_id'], { default: 'id' }),
      sort: enumeration(['asc', 'desc'], { default: 'desc' }),
    },
    guard: deps.guards.project('read_pipeline', { jobToken: 'READ_PIPELINES' }),
    handler: async ({ subject, params, request }) => {
      const filter: PipelineFilter = {
        projectId: subject.project.id,
        ...pipelineFilterOf(params),
        ...(params.source !== undefined && { source: params.source }),
        ...(params.ref !== undefined && { ref: params.ref }),
        ...(params.sha !== undefined && { sha: params.sha }),
        ...(params.yaml_errors !== undefined && { yamlErrors: params.yaml_errors }),
        ...(params.username !== undefined && { username: params.username }),
        ...(params.name !== undefined && { name: params.name }),
      };
      const page = pageOf(params);
      const order = { column: params.order_by, direction: params.sort };
      const [pipelines, total] = [
        await listPipelines(deps.db, filter, order, page),
        await countPipelines(deps.db, filter),
      ];
      const context = contextOf(request, subject.project);
      const rows = pipelines.map((pipeline) => presentPipelineListed(pipeline, context));
      return pageReply(request, page, rows, { total });
    },
  });
