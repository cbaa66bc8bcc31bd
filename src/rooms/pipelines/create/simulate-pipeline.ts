import type { CompiledPipeline, DecisionTrace } from '../../../ci-lang/index.ts';
import { compile } from '../../../ci-lang/index.ts';
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
  const { pipeline, trace } = result;
  return { kind: 'created', pipeline, trace, warnings: result.warnings.map(({ message }) => message) };
}
