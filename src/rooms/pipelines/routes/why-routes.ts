import type { Route } from '../../../http/index.ts';
import {
  arrayOfHashes,
  enumeration,
  hash,
  integer,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  route,
  string,
} from '../../../http/index.ts';
import { badRequest, forbidden, notFound } from '../../../kit/errors.ts';
import { PIPELINE_SOURCES } from '../../../wire/statuses.ts';
import { actingUser } from '../../accounts/index.ts';
import { can } from '../../projects/index.ts';
import { simulatePipeline } from '../create/simulate-pipeline.ts';
import { openExplanation } from '../why/explanation.ts';
import { presentSimulation } from '../why/present-simulation.ts';
import { presentExplainedRefusal, presentPipelineWhy, presentRefusal } from '../why/present-why.ts';
import { countRefusals, findExplanation, findRefusal, listRefusals } from '../why/refusal-store.ts';
import type { PipelineRouteDeps } from './deps.ts';
import { mayReadVariables } from './pipeline-routes.ts';

/** Penstock's own: why a pipeline is as it is, what would come of a request, and the requests that were refused. */
export const whyRoutes = (deps: PipelineRouteDeps): readonly Route[] => [
  pipelineWhyRoute(deps),
  simulateRoute(deps),
  refusalsRoute(deps),
  refusalRoute(deps),
];

const pipelineWhyRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/penstock/pipelines/:pipeline_id/why',
    summary: 'Why a pipeline has the jobs that it has',
    params: { pipeline_id: integer({ required: true }) },
    guard: deps.guards.pipeline('read_pipeline'),
    handler: async ({ subject }) => {
      const sealed = await findExplanation(deps.db, subject.pipeline.id);
      const explanation = sealed && (await openExplanation(deps.vault, sealed, 'pipeline_explanations.explanation'));
      return ok(presentPipelineWhy(subject.pipeline, explanation, mayReadVariables(subject)));
    },
  });

/**
 * `POST /projects/:id/penstock/why`: the answer is 200 whatever would come of it; nothing is created or kept. Without
 * `before_sha` there is no diff, and `rules:changes` holds, as for GitLab's simulation.
 */
const simulateRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/penstock/why',
    summary: 'What would come of a request for a pipeline; creates nothing',
    params: {
      ref: string({ description: 'Default: the default branch' }),
      source: enumeration(PIPELINE_SOURCES, { default: 'push' }),
      variables: arrayOfHashes({
        key: string({ required: true }),
        value: string({ required: true }),
        variable_type: enumeration(['env_var', 'file'], { default: 'env_var' }),
      }),
      inputs: hash(),
      content: string({ description: 'Configuration to try in place of the one in the repository' }),
      before_sha: string({ description: 'Where the pushed commits begin, for rules:changes' }),
    },
    guard: deps.guards.project('create_pipeline', { authenticateFirst: true }),
    handler: async ({ subject, params }) => {
      const { project, role } = subject;
      const user = actingUser(subject.actor);
      if (user === undefined) throw forbidden();
      if (params.before_sha !== undefined && !/^[0-9a-f]{40}$/.test(params.before_sha)) {
        throw badRequest('before_sha must be the 40 digits of a commit');
      }
      const simulation = await simulatePipeline(deps, {
        project,
        user,
        role,
        source: params.source,
        ref: params.ref || project.defaultBranch,
        variables: (params.variables ?? []).map((variable) => ({
          key: variable.key,
          value: variable.value,
          variableType: variable.variable_type,
          raw: false,
        })),
        inputs: params.inputs ?? {},
        pushOptions: [],
        ignoreSkipCi: params.source !== 'push',
        saveOnErrors: false,
        ...(params.content !== undefined && { content: params.content }),
        ...(params.before_sha !== undefined && { beforeSha: params.before_sha }),
      });
      return ok(presentSimulation(simulation, can(subject.actor, 'read_pipeline_variable', project, role)));
    },
  });

const refusalsRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/penstock/refusals',
    summary: 'Requests for a pipeline that were refused in the last 30 days, the newest first',
    params: { ...pagingParams, ref: string(), source: enumeration(PIPELINE_SOURCES) },
    guard: deps.guards.project('read_refusal'),
    handler: async ({ subject, params, request }) => {
      const filter = {
        projectId: subject.project.id,
        ...(params.ref !== undefined && { ref: params.ref }),
        ...(params.source !== undefined && { source: params.source }),
      };
      const page = pageOf(params);
      const refusals = await listRefusals(deps.db, filter, page);
      return pageReply(request, page, refusals.map(presentRefusal), { total: await countRefusals(deps.db, filter) });
    },
  });

const refusalRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/penstock/refusals/:refusal_id',
    summary: 'Why a request for a pipeline was refused',
    params: { refusal_id: integer({ required: true }) },
    guard: deps.guards.project('read_refusal'),
    handler: async ({ subject, params }) => {
      const { project, role, actor } = subject;
      const found = await findRefusal(deps.db, project.id, params.refusal_id);
      if (found === undefined) throw notFound('Refusal');
      const explanation = await openExplanation(deps.vault, found.explanation, 'pipeline_refusals.explanation');
      return ok(
        presentExplainedRefusal(found.refusal, explanation, can(actor, 'read_pipeline_variable', project, role)),
      );
    },
  });
