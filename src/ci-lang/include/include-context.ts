import type { Diagnostic } from '../diagnostic.ts';
import type { LoadedFile } from '../inputs/index.ts';
import type { MergeBudget } from '../merge/deep-merge.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import type { IncludeDecision } from '../trace/trace.ts';
import type { Variable } from '../variables/index.ts';

/** What all includes of one pipeline share. */
export interface IncludeContext {
  /** Predefined, project and pipeline variables; those of the YAML are not known yet. */
  readonly rules: RuleContext;
  /** The same variables, for `expand_vars` in the files. */
  readonly findVariable: (name: string) => Variable | undefined;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
  /** Paths included so far, nested ones and repetitions counted. */
  readonly included: string[];
  /** Files that were read before, by path. */
  readonly files: Map<string, LoadedFile>;
  readonly warnings: Diagnostic[];
  /** What was decided by rules of includes. */
  readonly decisions: IncludeDecision[];
  readonly budget: MergeBudget;
}

/** Hides the values of masked variables. */
export const maskSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((shown, secret) => shown.replaceAll(secret, maskOf(secret.length)), text);

const MASK = '[MASKED]';

const maskOf = (length: number): string => (length < MASK.length ? 'x'.repeat(length) : MASK.padEnd(length, 'x'));
