import type { Route } from '../../../http/index.ts';
import {
  boolean,
  enumeration,
  isoDateTime,
  pageOf,
  pageReply,
  pagingParams,
  route,
  string,
} from '../../../http/index.ts';
import type { Status } from '../../../wire/statuses.ts';
import { FINISHED, PIPELINE_SOURCES, STATUSES } from '../../../wire/statuses.ts';
import { contextOf } from '../answer.ts';
import type { PipelineFilter } from '../pipeline-list-store.ts';
import { countPipelines, listPipelines } from '../pipeline-list-store.ts';
import { presentPipelineListed } from '../present.ts';
import type { PipelineRouteDeps } from './deps.ts';

const SCOPES = ['running', 'pending', 'finished', 'branches', 'tags'] as const;
type Scope = (typeof SCOPES)[number];

const SCOPE_FILTERS: Readonly<Record<Scope, Pick<PipelineFilter, 'statuses' | 'newestOfEach'>>> = {
  running: { statuses: ['running'] },
  pending: { statuses: ['pending'] },
  finished: { statuses: FINISHED },
  branches: { newestOfEach: 'branches' },
  tags: { newestOfEach: 'tags' },
};

/** Both a scope's statuses and the asked-for status must hold; none at all are `[]`. */
const statusesOf = (
  scope: readonly Status[] | undefined,
  status: Status | undefined,
): readonly Status[] | undefined => {
  if (status === undefined) return scope;
  return scope === undefined || scope.includes(status) ? [status] : [];
};

/** `GET /projects/:id/pipelines`. Unknown refs and names give an empty list. */
export const listPipelinesRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/pipelines',
    summary: 'List pipelines',
    params: {
      ...pagingParams,
      scope: enumeration(SCOPES),
      status: enumeration(STATUSES),
      source: enumeration(PIPELINE_SOURCES),
      ref: string(),
      sha: string(),
      yaml_errors: boolean(),
      username: string(),
      updated_before: isoDateTime(),
      updated_after: isoDateTime(),
      created_before: isoDateTime(),
      created_after: isoDateTime(),
      name: string(),
      order_by: enumeration(['id', 'status', 'ref', 'updated_at', 'user_id'], { default: 'id' }),
      sort: enumeration(['asc', 'desc'], { default: 'desc' }),
    },
    guard: deps.guards.project('read_pipeline', { jobToken: 'READ_PIPELINES' }),
    handler: async ({ subject, params, request }) => {
      const scope = params.scope === undefined ? {} : SCOPE_FILTERS[params.scope];
      const statuses = statusesOf(scope.statuses, params.status);
      const filter: PipelineFilter = {
        projectId: subject.project.id,
        ...scope,
        ...(statuses !== undefined && { statuses }),
        ...(params.source !== undefined && { source: params.source }),
        ...(params.ref !== undefined && { ref: params.ref }),
        ...(params.sha !== undefined && { sha: params.sha }),
        ...(params.yaml_errors !== undefined && { yamlErrors: params.yaml_errors }),
        ...(params.username !== undefined && { username: params.username }),
        ...(params.updated_before !== undefined && { updatedBefore: params.updated_before }),
        ...(params.updated_after !== undefined && { updatedAfter: params.updated_after }),
        ...(params.created_before !== undefined && { createdBefore: params.created_before }),
        ...(params.created_after !== undefined && { createdAfter: params.created_after }),
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
