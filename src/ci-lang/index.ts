/** The language of `.gitlab-ci.yml`: from text and facts to the jobs of a pipeline. */
export { compile } from './compile.ts';
export { type CompileMemory, newCompileMemory } from './compile-memory.ts';
export type {
  CompileInput,
  CompileResult,
  VariableScope,
  VariableScopes,
} from './compile-types.ts';
export type {
  CompiledArtifacts,
  CompiledBridge,
  CompiledBuild,
  CompiledCache,
  CompiledCrossDependency,
  CompiledEnvironment,
  CompiledIdToken,
  CompiledImage,
  CompiledJob,
  CompiledNeed,
  CompiledPipeline,
  CompiledRelease,
  CompiledService,
  CompiledVariable,
  JobOptions,
} from './compiled.ts';
export type { BridgeOptions, CompiledTrigger, JsonValue } from './compiled-bridge.ts';
export type { CompiledSecret } from './compiled-secret.ts';
export {
  type ArtifactAnswer,
  type CompileHost,
  type ConfigPlace,
  DeadlinePassed,
  type FetchAnswer,
  type FetchFailure,
  type FetchOptions,
  type FileQuestion,
  type ProjectAnswer,
  type ProjectQuestion,
  type TemplateAnswer,
} from './config-host.ts';
export type { Diagnostic } from './diagnostic.ts';
export { FILTERED_MESSAGES } from './filtered-messages.ts';
export type { IncludeRecord } from './include/include-record.ts';
export { dryRun, type LintInput, lint } from './lint/lint.ts';
export type { LintJob, LintPolicy, LintResult } from './lint/lint-types.ts';
export { presentLintJob } from './lint/present-lint-job.ts';
export { suggestName } from './suggest-name.ts';
export { outcomesOf } from './trace/bound-trace.ts';
export { type Explanation, explainInclude, explainJob, explainWorkflow } from './trace/explain.ts';
export { hideRestricted, presentTrace } from './trace/present-trace.ts';
export type {
  ClauseTrace,
  DecisionTrace,
  IncludeDecision,
  JobDecision,
  RulesTrace,
  RuleTrace,
  SeenValue,
} from './trace/trace.ts';
export { expandOnce, hideSecrets, lookupIn, secretsOf, sortAndExpandAll, type Variable } from './variables/index.ts';
