import type { ApiRequest, Route } from '../../../http/index.ts';
import { created, integer, noContent, ok, requireUnmodifiedSince, route, string } from '../../../http/index.ts';
import { forbidden, invalid } from '../../../kit/errors.ts';
import { actingUser } from '../../accounts/index.ts';
import type { Project } from '../../projects/index.ts';
import { can } from '../../projects/index.ts';
import { findTag, headOf } from '../../repositories/index.ts';
import { contextOf, pipelineExtras } from '../answer.ts';
import { cancelPipeline, retryPipeline } from '../change-pipeline.ts';
import { deletePipeline } from '../delete-pipeline.ts';
import type { PipelineSubject } from '../guards.ts';
import type { Pipeline } from '../pipeline.ts';
import { findLatestPipeline, findPipelineById, updatePipelineName } from '../pipeline-store.ts';
import { presentPipeline, presentPipelineWithName, presentVariable } from '../present.ts';
import { findPipelineVariables } from '../variable-store.ts';
import type { PipelineRouteDeps } from './deps.ts';

const ID = { pipeline_id: integer({ required: true }) };
const MAX_NAME = 255;

type Present = typeof presentPipelineWithName | typeof presentPipeline;

/** The pipeline as it stands now, after whatever the route did to it. */
async function answer(
  deps: PipelineRouteDeps,
  request: ApiRequest,
  project: Project,
  pipeline: Pipeline,
  present: Present,
) {
  const now = (await findPipelineById(deps.db, pipeline.id)) ?? pipeline;
  return present(now, await pipelineExtras(deps, now), contextOf(request, project));
}

/** GitLab: maintainers, and a developer who started this very pipeline. */
export const mayReadVariables = ({ actor, project, role, pipeline }: PipelineSubject): boolean => {
  if (can(actor, 'read_pipeline_variable', project, role)) return true;
  const own = pipeline.userId !== null && actingUser(actor)?.id === pipeline.userId;
  return own && can(actor, 'update_pipeline', project, role);
};

const latestRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/pipelines/latest',
    summary: 'The latest pipeline of a ref',
    params: { ref: string() },
    guard: deps.guards.project('read_pipeline'),
    handler: async ({ subject, params, request }) => {
      const ref = params.ref || subject.project.defaultBranch;
      const { project } = subject;
      const sha =
        (await headOf(deps.repositories, project, ref)) ?? (await findTag(deps.repositories, project, ref))?.sha;
      const pipeline = sha === undefined ? undefined : await findLatestPipeline(deps.db, subject.project.id, ref, sha);
      // GitLab asks whether nothing may be read, and so answers 403, not 404.
      if (pipeline === undefined) throw forbidden();
      return ok(await answer(deps, request, subject.project, pipeline, presentPipelineWithName));
    },
  });

const showRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/pipelines/:pipeline_id',
    summary: 'One pipeline',
    params: ID,
    guard: deps.guards.pipeline('read_pipeline', { jobToken: 'READ_PIPELINES' }),
    handler: async ({ subject, request }) =>
      ok(await answer(deps, request, subject.project, subject.pipeline, presentPipelineWithName)),
  });

const variablesRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/pipelines/:pipeline_id/variables',
    summary: 'Variables of a pipeline',
    params: ID,
    guard: deps.guards.pipeline('read_pipeline'),
    handler: async ({ subject }) => {
      if (!mayReadVariables(subject)) throw forbidden();
      const variables = await findPipelineVariables(deps.vault, deps.db, subject.pipeline.id);
      return ok(variables.map(presentVariable));
    },
  });

const metadataRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'PUT',
    path: '/projects/:id/pipelines/:pipeline_id/metadata',
    summary: 'Change the name of a pipeline',
    params: { ...ID, name: string({ required: true, allowBlank: false }) },
    guard: deps.guards.changePipeline('update_pipeline', { jobToken: 'ADMIN_PIPELINES' }),
    handler: async ({ subject, params, request }) => {
      const name = params.name.trim();
      if (name.length > MAX_NAME) {
        throw invalid(`Failed to update pipeline - Name is too long (maximum is ${MAX_NAME} characters)`);
      }
      await updatePipelineName(deps.db, subject.pipeline.id, name, deps.clock.now());
      return ok(await answer(deps, request, subject.project, subject.pipeline, presentPipelineWithName));
    },
  });

const retryRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/pipelines/:pipeline_id/retry',
    summary: 'Retry failed and canceled jobs of a pipeline',
    params: ID,
    guard: deps.guards.changePipeline('update_pipeline'),
    handler: async ({ subject, request }) => {
      const user = actingUser(subject.actor);
      if (user === undefined) throw forbidden();
      await retryPipeline(deps, subject.pipeline.id, user.id);
      return created(await answer(deps, request, subject.project, subject.pipeline, presentPipeline));
    },
  });

const cancelRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/pipelines/:pipeline_id/cancel',
    summary: 'Cancel the jobs of a pipeline',
    params: ID,
    guard: deps.guards.changePipeline('cancel_pipeline'),
    handler: async ({ subject, request }) => {
      await cancelPipeline(deps, subject.pipeline.id);
      return ok(await answer(deps, request, subject.project, subject.pipeline, presentPipeline));
    },
  });

const deleteRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'DELETE',
    path: '/projects/:id/pipelines/:pipeline_id',
    summary: 'Delete a pipeline',
    params: ID,
    guard: deps.guards.pipeline('destroy_pipeline', { authenticateFirst: true }),
    handler: async ({ subject, request }) => {
      requireUnmodifiedSince(request, subject.pipeline.updatedAt);
      await deletePipeline(deps, subject.project, subject.pipeline.id);
      return noContent();
    },
  });

export const pipelineRoutes = (deps: PipelineRouteDeps): readonly Route[] => [
  latestRoute(deps),
  showRoute(deps),
  variablesRoute(deps),
  metadataRoute(deps),
  retryRoute(deps),
  cancelRoute(deps),
  deleteRoute(deps),
];
