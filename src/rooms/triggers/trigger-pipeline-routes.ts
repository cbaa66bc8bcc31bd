import type { ApiRequest, Route } from '../../http/index.ts';
import { created, hash, messageReply, route, string } from '../../http/index.ts';
import { invalid } from '../../kit/errors.ts';
import type { AnswerDeps, CreatePipelineDeps, PipelineVariable } from '../pipelines/index.ts';
import { contextOf, createPipeline, newPipelineExtras, presentPipeline, refusalDetails } from '../pipelines/index.ts';
import type { TriggerCaller } from './trigger-caller.ts';
import { triggerCaller } from './trigger-caller.ts';

export interface TriggerPipelineDeps extends CreatePipelineDeps, AnswerDeps {
  /** Bytes that the body of a trigger call may have (webhooks of other systems are up to 25 MB). */
  readonly payloadLimit: number;
}

/** GitHub's and GitLab's own limit for webhook bodies. */
export const WEBHOOK_LIMIT = 25 * 1024 * 1024;

/** The merged parameters as they came, less the token: what the job reads with `cat $TRIGGER_PAYLOAD`. */
export function triggerPayload(request: ApiRequest): string {
  const { token: _, ...payload } = request.rawParams;
  return JSON.stringify({ ...payload, variables: payload['variables'] ?? {} });
}

const variablesOf = (request: ApiRequest): readonly PipelineVariable[] =>
  Object.entries(request.rawParams['variables'] ?? {}).map(([key, value]) => ({
    key,
    value: String(value),
    variableType: 'env_var',
    raw: false,
  }));

async function trigger(deps: TriggerPipelineDeps, caller: TriggerCaller, ref: string, request: ApiRequest) {
  const inputs = request.rawParams['inputs'];
  const result = await createPipeline(deps, {
    project: caller.project,
    user: caller.user,
    role: caller.role,
    source: caller.by.trigger === undefined ? 'pipeline' : 'trigger',
    ref,
    variables: variablesOf(request),
    triggerPayload: triggerPayload(request),
    inputs: typeof inputs === 'object' && inputs !== null ? { ...inputs } : {},
    pushOptions: [],
    ignoreSkipCi: true,
    saveOnErrors: true,
    ...caller.by,
  });
  if (result.kind === 'refused') {
    const details = refusalDetails(result);
    if (result.saved === null) throw invalid(result.errors, details);
    return messageReply(422, result.errors, {}, details);
  }
  if (result.kind !== 'created') throw new Error(`a triggered pipeline cannot be ${result.kind}`);
  const { pipeline } = result;
  const context = contextOf(request, caller.project);
  return created(presentPipeline(pipeline, newPipelineExtras(caller.user), context));
}

/**
 * `POST /projects/:id/trigger/pipeline` and `…/ref/:ref/trigger/pipeline` (webhooks: the URL's ref wins over the
 * body's). 400 and 422 say why no pipeline came of it.
 */
export const triggerPipelineRoutes = (deps: TriggerPipelineDeps): readonly Route[] =>
  ['/projects/:id/trigger/pipeline', '/projects/:id/ref/*ref/trigger/pipeline'].map((path) =>
    route({
      method: 'POST',
      path,
      summary: 'Trigger a pipeline with a trigger token or a job token',
      params: {
        ref: string({ required: true, allowBlank: false }),
        token: string({ required: true }),
        variables: hash(),
        inputs: hash(),
      },
      validateBeforeGuard: true,
      bodyLimit: deps.payloadLimit,
      guard: triggerCaller(deps),
      handler: ({ subject, params, request }) => trigger(deps, subject, params.ref, request),
    }),
  );
