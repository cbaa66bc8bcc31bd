import type { Params } from '../../../http/index.ts';
import { enumeration, isoDateTime } from '../../../http/index.ts';
import type { Status } from '../../../wire/statuses.ts';
import { FINISHED, STATUSES } from '../../../wire/statuses.ts';
import type { PipelineFilter } from '../pipeline-list-store.ts';

const SCOPES = ['running', 'pending', 'finished', 'branches', 'tags'] as const;
type Scope = (typeof SCOPES)[number];

const SCOPE_FILTERS: Readonly<Record<Scope, Pick<PipelineFilter, 'statuses' | 'newestOfEach'>>> = {
  running: { statuses: ['running'] },
  pending: { statuses: ['pending'] },
  finished: { statuses: FINISHED },
  branches: { newestOfEach: 'branches' },
  tags: { newestOfEach: 'tags' },
};

/** What every list of pipelines can be narrowed by. */
export const pipelineFilterParams = {
  scope: enumeration(SCOPES),
  status: enumeration(STATUSES),
  updated_before: isoDateTime(),
  updated_after: isoDateTime(),
  created_before: isoDateTime(),
  created_after: isoDateTime(),
};

/** Both a scope's statuses and the asked-for status must hold; none at all are `[]`. */
const statusesOf = (
  scope: readonly Status[] | undefined,
  status: Status | undefined,
): readonly Status[] | undefined => {
  if (status === undefined) return scope;
  return scope === undefined || scope.includes(status) ? [status] : [];
};

export function pipelineFilterOf(params: Params<typeof pipelineFilterParams>): Omit<PipelineFilter, 'projectId'> {
  const scope = params.scope === undefined ? {} : SCOPE_FILTERS[params.scope];
  const statuses = statusesOf(scope.statuses, params.status);
  return {
    ...scope,
    ...(statuses !== undefined && { statuses }),
    ...(params.updated_before !== undefined && { updatedBefore: params.updated_before }),
    ...(params.updated_after !== undefined && { updatedAfter: params.updated_after }),
    ...(params.created_before !== undefined && { createdBefore: params.created_before }),
    ...(params.created_after !== undefined && { createdAfter: params.created_after }),
  };
}
