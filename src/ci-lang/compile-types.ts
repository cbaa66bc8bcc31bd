import type { PipelineSource } from '../wire/statuses.ts';
import type { CompileMemory } from './compile-memory.ts';
import type { CompiledPipeline } from './compiled.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { IncludeRecord } from './include/include-record.ts';
import type { DecisionTrace } from './trace/trace.ts';
import type { Variable } from './variables/variable.ts';
import type { YamlMap } from './yaml/index.ts';

/** What the compiler is given: the text, and the facts that rules look at. */
export interface CompileInput {
  /** `create`: a keyword that nothing acts on yet is an error. `lint`: it is a warning. */
  readonly purpose: 'create' | 'lint';
  /** Content of the project's configuration file. */
  readonly content: string;
  /** Its path, for diagnostics: `.gitlab-ci.yml`. */
  readonly path: string;
  /**
   * The content is no configuration of its own but an `include` that says where it is: another project's file, an
   * address, or what a trigger job gives its child. Those files do not count as included, and take the inputs.
   */
  readonly elsewhere?: boolean;
  /** The content came by itself, as for lint: GitLab's messages then do not begin with the name of the file. */
  readonly unnamed?: boolean;
  readonly facts: PipelineFacts;
  readonly variables: VariableScopes;
  /** `inputs` of the creation request (values as they came). */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Shared with other compilations, to do what they have in common once. */
  readonly memory?: CompileMemory;
}

export interface PipelineFacts {
  readonly source: PipelineSource;
  /** Short name. */
  readonly ref: string;
  readonly tag: boolean;
  /** Branch pipelines only. */
  readonly branch?: string;
}

/** The variables around the YAML ones. A later entry of the same key wins; `below` < YAML < `above`. */
export interface VariableScope {
  readonly below: readonly Variable[];
  readonly above: readonly Variable[];
}

export interface VariableScopes {
  /** For `include` and `workflow` (no job yet; environment scope `*` only). */
  readonly pipeline: VariableScope;
  /** For one job's rules; `environment` is the expanded name, when the job has one. */
  readonly forJob: (job: JobIdentity) => VariableScope;
}

export interface JobIdentity {
  readonly name: string;
  readonly stage: string;
  readonly when?: string;
  readonly environment?: string;
}

export type CompileVerdict =
  | { readonly kind: 'compiled'; readonly pipeline: CompiledPipeline }
  | {
      /** YAML, keyword, logical or rule errors; the first is the one GitLab stores. */
      readonly kind: 'config_error';
      readonly errors: readonly [Diagnostic, ...Diagnostic[]];
    }
  | { readonly kind: 'filtered_by_workflow_rules' }
  /** No job is left besides those of `.pre` and `.post`. */
  | { readonly kind: 'filtered_by_rules' };

export type CompileResult = CompileVerdict & {
  readonly warnings: readonly Diagnostic[];
  /** Everything included and merged; absent when the configuration was refused before. */
  readonly merged?: YamlMap;
  /** Every file that was included, in the order in which they were met. */
  readonly includes: readonly IncludeRecord[];
  /** Every decision that was taken, up to where it ended. */
  readonly trace: DecisionTrace;
};
