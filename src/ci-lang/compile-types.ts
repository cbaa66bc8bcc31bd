import type { PipelineSource } from '../wire/statuses.ts';
import type { CompiledPipeline } from './compiled.ts';
import type { Diagnostic } from './diagnostic.ts';
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
  readonly facts: PipelineFacts;
  readonly variables: VariableScopes;
  /** `inputs` of the creation request (values as they came). */
  readonly inputs: Readonly<Record<string, unknown>>;
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

/**
 * The only questions that the compiler asks the world. Answers come from the commit that the pipeline is for.
 * A rejected promise is an outage, never an answer.
 */
export interface CompileHost {
  /** Text of a file that an `include` names, or undefined when there is none. `path` has no leading slash. */
  readonly readLocalFile: (path: string) => Promise<string | undefined>;
  /** Every file path at the commit (for `exists` and globs of `include:local`). */
  readonly listFiles: () => Promise<readonly string[]>;
  /**
   * Paths changed by the pipeline's commits, or undefined when no diff is available (then `changes` holds).
   * With `compareTo`: against the merge base with that ref; `'invalid_ref'` when the ref does not exist.
   */
  readonly changedFiles: (compareTo?: string) => Promise<readonly string[] | 'invalid_ref' | undefined>;
  /** The ids that `cache:key` is made of, in the order of the questions; undefined where there is nothing. Asked once. */
  readonly identifyFiles: (questions: readonly FileQuestion[]) => Promise<readonly (string | undefined)[]>;
}

/**
 * `content`: the id of what lies at a path (a blob, or the tree of a folder). `last_commit`: the id of the newest commit
 * that changed what a git pathspec (`*.lock` in any folder) stands for. Paths have no leading slash.
 */
export interface FileQuestion {
  readonly id: 'content' | 'last_commit';
  readonly path: string;
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
  /** Every decision that was taken, up to where it ended. */
  readonly trace: DecisionTrace;
};
