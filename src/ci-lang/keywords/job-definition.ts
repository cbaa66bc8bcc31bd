import type { JobWhen } from '../../wire/statuses.ts';
import type {
  CompiledArtifacts,
  CompiledEnvironment,
  CompiledIdToken,
  CompiledImage,
  CompiledRetry,
  CompiledSecret,
  CompiledService,
  JobOptions,
} from '../compiled.ts';
import type { SourcePosition } from '../yaml/index.ts';
import type { AllowFailure } from './allow-failure.ts';
import type { Inheritance } from './inherit.ts';
import type { NeedDefinition } from './needs.ts';
import type { ParallelDefinition } from './parallel.ts';
import type { Policy } from './policy.ts';
import type { RuleDefinition } from './rule.ts';
import type { VariableDefinition } from './variables.ts';

/** Keywords that `default` gives to jobs which do not have them. */
export interface InheritableValues {
  readonly beforeScript?: readonly string[];
  readonly afterScript?: readonly string[];
  readonly hooks?: NonNullable<JobOptions['hooks']>;
  readonly image?: CompiledImage;
  readonly services?: readonly CompiledService[];
  readonly interruptible?: boolean;
  readonly retry?: CompiledRetry;
  readonly tags?: readonly string[];
  readonly artifacts?: CompiledArtifacts;
  readonly idTokens?: readonly CompiledIdToken[];
}

/** A job as the file defines it: everything merged and checked, no rule evaluated, nothing expanded. */
export interface JobDefinition extends InheritableValues {
  readonly name: string;
  readonly stage: string;
  readonly script: readonly string[];
  readonly when?: JobWhen;
  readonly allowFailure?: AllowFailure;
  readonly rules?: readonly RuleDefinition[];
  readonly only?: Policy;
  readonly except?: Policy;
  /** Absent: the job waits for earlier stages. */
  readonly needs?: readonly NeedDefinition[];
  readonly dependencies?: readonly string[];
  readonly variables: readonly VariableDefinition[];
  /** Which root variables the job takes over. */
  readonly inheritVariables: Inheritance;
  readonly environment?: CompiledEnvironment;
  readonly coverage?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly parallel?: ParallelDefinition;
  readonly secrets?: readonly CompiledSecret[];
  /** By its name, unless `pages: false`: its artifacts always hold the folder `public`. */
  readonly isPages: boolean;
  readonly position: SourcePosition;
}
