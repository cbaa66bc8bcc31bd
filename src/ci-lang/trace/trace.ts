import type { InputValue } from '../expressions/index.ts';

/**
 * Why a pipeline is as it is: every rule that was looked at, the values that it saw, and which one won. Plain JSON.
 * Rules behind the one that won were never looked at and are not there.
 */
export interface DecisionTrace {
  /** Includes with rules, in the order in which they were met. */
  readonly includes: readonly IncludeDecision[];
  /** Absent: the configuration was refused before anything was decided. */
  readonly workflow?: RulesTrace;
  /** In the order of the file; empty when the workflow filtered the pipeline out. */
  readonly jobs: readonly JobDecision[];
  /** Some decisions (they say which) came without their rules: all together would be too long. */
  readonly shortened?: true;
}

export interface TracePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface IncludeDecision extends RulesTrace {
  /** As written, with masked values hidden: `ci/build.yml`. */
  readonly location: string;
  readonly at: TracePosition;
}

export interface JobDecision extends RulesTrace {
  readonly name: string;
  readonly stage: string;
  readonly at: TracePosition;
  /**
   * What decided: its `rules`, its `only` and `except`, or nothing. A job with none of them runs for branches and tags
   * only, unless there are `workflow:rules`.
   */
  readonly by: 'rules' | 'only_except' | 'nothing';
  readonly only?: readonly ClauseTrace[];
  readonly except?: readonly ClauseTrace[];
}

export interface RulesTrace {
  /** `failed`: a rule could not be answered, `problem` says why. */
  readonly outcome: 'included' | 'excluded' | 'failed';
  /** Index in `rules` (from 0) of the rule that won; null when none matched or there are no rules. */
  readonly decidedBy: number | null;
  readonly rules: readonly RuleTrace[];
  readonly problem?: string;
  /** `rules`, `only` and `except` were left out. */
  readonly shortened?: true;
}

export interface RuleTrace {
  /** Place among the rules, from 0. */
  readonly index: number;
  readonly at: TracePosition;
  readonly matched: boolean;
  /** What the rule says when it matches. */
  readonly when?: string;
  /** Those looked at: the first that does not hold ends the rule. None: the rule always matches. */
  readonly clauses: readonly ClauseTrace[];
}

export type ClauseTrace = IfTrace | PathsTrace | RefsTrace | KubernetesTrace;

export interface IfTrace {
  readonly kind: 'if';
  readonly holds: boolean;
  /** As written. */
  readonly expression: string;
  /** What was read, in order, each name once; what `&&` and `||` pass over is not read. */
  readonly values: readonly SeenValue[];
}

/** A variable or input as an expression saw it. */
export interface SeenValue {
  readonly kind: 'variable' | 'input';
  readonly name: string;
  /** Null: it is not set, or (see `visibility`) not shown. */
  readonly value: InputValue;
  /** `public`: predefined or written in the file. `restricted`: set outside of it. `secret`: masked, never kept. */
  readonly visibility: Visibility;
}

export type Visibility = 'public' | 'restricted' | 'secret';

export interface PathsTrace {
  readonly kind: 'changes' | 'exists';
  readonly holds: boolean;
  /** As written. */
  readonly patterns: readonly string[];
  /** What the patterns refer to. */
  readonly values: readonly SeenValue[];
  /** Expanded. */
  readonly compareTo?: string;
  /** Whose files, when not the project's own. */
  readonly project?: string;
  readonly because: 'path_matches' | 'no_path_matches' | 'no_diff_available' | 'too_many_to_compare';
  /** The first path that matches. */
  readonly path?: string;
  /** How many paths there were to look at. */
  readonly candidates?: number;
}

/** `refs` of `only` and `except`. */
export interface RefsTrace {
  readonly kind: 'refs';
  readonly holds: boolean;
  readonly refs: readonly string[];
  /** What they were held against. */
  readonly ref: string;
  readonly source: string;
}

export interface KubernetesTrace {
  readonly kind: 'kubernetes';
  readonly holds: boolean;
}
