import type { JobWhen } from '../../wire/statuses.ts';
import type { CompiledNeed } from '../compiled.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { IncludeRecord } from '../include/include-record.ts';

/** What lint has to say of a configuration. */
export interface LintResult {
  readonly valid: boolean;
  /** Every one that was found; GitLab stops at the first of those that stand between jobs. */
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** Every file that was included, in the order in which they were met. */
  readonly includes: readonly IncludeRecord[];
  /** As GitLab writes it; absent when an error came before everything was merged, or when it is too long to show. */
  readonly mergedYaml?: string | undefined;
  /** By stage; none when the configuration is not valid. */
  readonly jobs: readonly LintJob[];
}

export interface LintJob {
  readonly name: string;
  readonly stage: string;
  readonly beforeScript: readonly string[];
  readonly script: readonly string[];
  readonly afterScript: readonly string[];
  readonly tags: readonly string[];
  /** The environment's name. The static check has it as written. */
  readonly environment: string | null;
  readonly when: JobWhen;
  readonly allowFailure: boolean;
  /** Static check only: nothing has been decided yet. */
  readonly conditions?: LintConditions;
}

export interface LintConditions {
  readonly only: LintPolicy | null;
  readonly except: LintPolicy | null;
  readonly needs: readonly CompiledNeed[] | null;
}

export interface LintPolicy {
  readonly refs?: readonly string[];
  readonly variables?: readonly string[];
  readonly changes?: readonly string[];
  readonly kubernetes?: 'active';
}
