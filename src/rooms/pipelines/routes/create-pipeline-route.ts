import type { Route } from '../../../http/index.ts';
import { arrayOfHashes, created, enumeration, hash, route, string } from '../../../http/index.ts';
import { forbidden, invalid } from '../../../kit/errors.ts';
import { actingUser } from '../../accounts/index.ts';
import { contextOf, newPipelineExtras } from '../answer.ts';
import { createPipeline } from '../create/create-pipeline.ts';
import { presentPipeline } from '../present.ts';
import { refusalDetails } from '../why/present-why.ts';
import type { PipelineRouteDeps } from './deps.ts';

/**
 * `POST /projects/:id/pipeline`. Never leaves a failed pipeline: every refusal is 400 with GitLab's error map.
 * Source `api`; `web` when the caller is signed in by session (the page's "Run pipeline").
 */
export const createPipelineRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/pipeline',
    summary: 'Create a pipeline',
    params: {
      ref: string({ required: true, allowBlank: false }),
      variables: arrayOfHashes({
        key: string({ required: true }),
        value: string({ required: true }),
        variable_type: enumeration(['env_var', 'file'], { default: 'env_var' }),
      }),
      inputs: hash(),
    },
    guard: deps.guards.project('create_pipeline', { authenticateFirst: true }),
    handler: async ({ subject, params, request }) => {
      const user = actingUser(subject.actor);
      if (user === undefined) throw forbidden();
      const bySession = subject.actor.kind === 'user' && subject.actor.via.type === 'session';
      const result = await createPipeline(deps, {
        project: subject.project,
        user,
        role: subject.role,
        source: bySession ? 'web' : 'api',
        ref: params.ref,
        variables: (params.variables ?? []).map((variable) => ({
          key: variable.key,
          value: variable.value,
          variableType: variable.variable_type,
          raw: false,
        })),
        inputs: params.inputs ?? {},
        pushOptions: [],
        ignoreSkipCi: true,
        saveOnErrors: false,
      });
      if (result.kind === 'refused') throw invalid(result.errors, refusalDetails(result));
      if (result.kind !== 'created') throw new Error(`a pipeline by API cannot be ${result.kind}`);
      const { pipeline } = result;
      return created(presentPipeline(pipeline, newPipelineExtras(user), contextOf(request, subject.project)));
    },
  });
