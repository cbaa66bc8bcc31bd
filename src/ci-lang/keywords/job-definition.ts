import type { JobWhen } from '../../wire/statuses.ts';
import type {
  CompiledArtifacts,
  CompiledCrossDependency,
  CompiledEnvironment,
  CompiledIdToken,
  CompiledImage,
  CompiledJobInput,
  CompiledPages,
  CompiledRelease,
  CompiledRetry,
  CompiledService,
  CompiledStep,
  JobOptions,
} from '../compiled.ts';
import type { BridgeOptions } from '../compiled-bridge.ts';
import type { CompiledSecret } from '../compiled-secret.ts';
import type { SourcePosition } from '../yaml/index.ts';
import type { AllowFailure } from './allow-failure.ts';
import type { CacheDefinition } from './cache.ts';
import type { Inheritance } from './inherit.ts';
import type { NeedDefinition } from './need.ts';
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
  readonly caches?: readonly CacheDefinition[];
  readonly idTokens?: readonly CompiledIdToken[];
}

/** A job as the file defines it: everything merged and checked, no rule evaluated, nothing expanded. */
export type JobDefinition = BuildDefinition | BridgeDefinition;

/** What both kinds of jobs have (GitLab calls them processables). */
export interface ProcessableDefinition {
  readonly name: string;
  readonly stage: string;
  readonly when?: JobWhen;
  readonly rules?: readonly RuleDefinition[];
  readonly only?: Policy;
  readonly except?: Policy;
  /** Of the same pipeline. Absent: the job waits for earlier stages. */
  readonly needs?: readonly NeedDefinition[];
  readonly variables: readonly VariableDefinition[];
  /** Which root variables the job takes over. */
  readonly inheritVariables: Inheritance;
  readonly environment?: CompiledEnvironment;
  readonly resourceGroup?: string;
  readonly interruptible?: boolean;
  readonly parallel?: ParallelDefinition;
  readonly position: SourcePosition;
}

/** A job that a runner runs. */
export interface BuildDefinition extends ProcessableDefinition, InheritableValues {
  readonly kind: 'build';
  readonly script: readonly string[];
  /** Seconds; only with `when: delayed`. */
  readonly startIn?: number;
  readonly allowFailure?: AllowFailure;
  readonly dependencies?: readonly string[];
  readonly crossDependencies?: readonly CompiledCrossDependency[];
  readonly coverage?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly secrets?: readonly CompiledSecret[];
  /** Its artifacts always hold the folder that is published. */
  readonly pages?: CompiledPages;
  /** Both forms of saying which folder that is are given. */
  readonly publishesTwice: boolean;
  readonly manualConfirmation?: string;
  readonly release?: CompiledRelease;
  readonly run?: readonly CompiledStep[];
  readonly inputs?: readonly CompiledJobInput[];
  readonly identity?: string;
  readonly dastConfiguration?: NonNullable<JobOptions['dastConfiguration']>;
}

/** A job that starts a pipeline, or shows the status of one. */
export interface BridgeDefinition extends ProcessableDefinition, BridgeOptions {
  readonly kind: 'bridge';
  readonly allowFailure?: boolean;
  /** Jobs whose artifacts hold files of the child pipeline. */
  readonly artifactJobs: readonly string[];
}
