import type { Route } from '../../http/index.ts';
import { enumeration, integer, ok, pageOf, pageReply, pagingParams, route, string } from '../../http/index.ts';
import { notFound } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { ProjectGuards } from '../projects/index.ts';
import type { Environment } from './environment-store.ts';
import { findEnvironment, listEnvironments } from './environment-store.ts';

export interface EnvironmentRouteDeps {
  readonly db: Db;
  readonly guards: { readonly project: ProjectGuards };
}

const presentEnvironment = (environment: Environment) => ({
  id: environment.id,
  name: environment.name,
  slug: environment.slug,
  external_url: environment.externalUrl,
  state: environment.state,
  tier: environment.tier,
  created_at: environment.createdAt.toISOString(),
  updated_at: environment.updatedAt.toISOString(),
});

export const environmentRoutes = (deps: EnvironmentRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/projects/:id/environments',
    summary: 'List environments',
    params: {
      ...pagingParams,
      name: string(),
      search: string(),
      states: enumeration(['available', 'stopping', 'stopped']),
    },
    guard: deps.guards.project('read_environment', { jobToken: 'READ_ENVIRONMENTS' }),
    handler: async ({ subject, params, request }) => {
      const page = pageOf(params);
      const filter = {
        ...(params.name !== undefined && { name: params.name }),
        ...(params.search !== undefined && { search: params.search }),
        ...(params.states !== undefined && { states: params.states }),
      };
      const { rows, total } = await listEnvironments(deps.db, subject.project.id, filter, page);
      return pageReply(request, page, rows.map(presentEnvironment), { total });
    },
  }),
  route({
    method: 'GET',
    path: '/projects/:id/environments/:environment_id',
    summary: 'One environment',
    params: { environment_id: integer({ required: true }) },
    guard: deps.guards.project('read_environment', { jobToken: 'READ_ENVIRONMENTS' }),
    handler: async ({ subject, params }) => {
      const environment = await findEnvironment(deps.db, subject.project.id, { id: params.environment_id });
      if (environment === undefined) throw notFound('Environment');
      return ok(presentEnvironment(environment));
    },
  }),
];
