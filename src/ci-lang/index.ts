/** The language of `.gitlab-ci.yml`: from text and facts to the jobs of a pipeline. */
export { compile } from './compile.ts';
export type {
  CompileHost,
  CompileInput,
  CompileResult,
  JobIdentity,
  PipelineFacts,
  VariableScope,
  VariableScopes,
} from './compile-types.ts';
export type {
  AutoCancel,
  CompiledArtifacts,
  CompiledEnvironment,
  CompiledImage,
  CompiledJob,
  CompiledNeed,
  CompiledPipeline,
  CompiledRetry,
  CompiledService,
  CompiledVariable,
  JobOptions,
} from './compiled.ts';
export type { Diagnostic } from './diagnostic.ts';
export { expandOnce, lookupIn, sortAndExpandAll, type Variable } from './variables/index.ts';
