import type { CompiledPipeline, DecisionTrace } from '../../../ci-lang/index.ts';
import { compile, hideSecrets, secretsOf } from '../../../ci-lang/index.ts';
import type { PrepareDeps } from './prepare-creation.ts';
import { prepareCreation } from './prepare-creation.ts';
import { refusalOfResult } from './refusal-of-result.ts';
import type { CreatePipelineRequest, CreationRefused } from './request.ts';

/** What would come of a request for a pipeline. */
export type Simulation =
  | {
      readonly kind: 'created';
      readonly pipeline: CompiledPipeline;
      readonly trace: DecisionTrace;
      readonly warnings: readonly string[];
    }
  /** The commit message or a push option asks for no pipeline. */
  | { readonly kind: 'skipped' }
  | CreationRefused;

/** Everything that `createPipeline` does before it writes; writes nothing. */
export async function simulatePipeline(deps: PrepareDeps, request: CreatePipelineRequest): Promise<Simulation> {
  const prepared = await prepareCreation(deps, request);
  if (prepared.kind === 'refused') return prepared.refusal;
  if (prepared.kind === 'skipped') return { kind: 'skipped' };
  const result = await compile({ ...prepared.input, purpose: 'create' }, prepared.host);
  if (result.kind !== 'compiled') return refusalOfResult(result);
  const { trace } = result;
  const { below, above } = prepared.input.variables.pipeline;
  const pipeline = withoutSecrets(result.pipeline, secretsOf([...below, ...above]));
  return { kind: 'created', pipeline, trace, warnings: result.warnings.map(({ message }) => message) };
}

/** What is expanded may hold masked values, and a simulation is shown to whoever may run pipelines. */
const withoutSecrets = (pipeline: CompiledPipeline, secrets: readonly string[]): CompiledPipeline => {
  const hide = (text: string): string => hideSecrets(text, secrets);
  return {
    ...pipeline,
    ...(pipeline.name !== undefined && { name: hide(pipeline.name) }),
    jobs: pipeline.jobs.map((job) => ({
      ...job,
      tags: job.tags.map(hide),
      ...(job.environment !== undefined && {
        environment: { ...job.environment, name: hide(job.environment.name) },
      }),
    })),
  };
};
