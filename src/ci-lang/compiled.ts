import type { JobWhen } from '../wire/statuses.ts';
import type { BridgeOptions, JsonValue } from './compiled-bridge.ts';
import type { CompiledSecret } from './compiled-secret.ts';

/**
 * What the compiler gives for one pipeline: names and values with every include, extends, default and rule already
 * applied. Stored with the jobs (`jobs.options`), so everything here is plain JSON.
 */
export interface CompiledPipeline {
  /** `workflow:name` after expansion; absent when not given or blank. */
  readonly name?: string;
  readonly autoCancel: AutoCancel;
  /** All stages of the configuration in order, with `.pre` and `.post`, also those without a job. */
  readonly stages: readonly string[];
  /** The jobs that are in the pipeline, in the order of the file. */
  readonly jobs: readonly CompiledJob[];
}

export interface AutoCancel {
  readonly onNewCommit: 'conservative' | 'interruptible' | 'none';
  readonly onJobFailure: 'none' | 'all';
}

/** A job for a runner, or one that starts or mirrors another pipeline. */
export type CompiledJob = CompiledBuild | CompiledBridge;

export interface CompiledBuild extends CompiledProcessable {
  readonly kind: 'build';
  readonly options: JobOptions;
}

export interface CompiledBridge extends CompiledProcessable {
  readonly kind: 'bridge';
  readonly options: BridgeOptions;
}

/** What both kinds of jobs have. */
export interface CompiledProcessable {
  readonly name: string;
  readonly stage: string;
  /** Index in `CompiledPipeline.stages`. */
  readonly stageIndex: number;
  readonly when: JobWhen;
  /** Seconds; only with `when: delayed`. */
  readonly startIn?: number;
  readonly allowFailure: boolean;
  /** `allow_failure:exit_codes`; the failure is allowed when the job ends in one of them. */
  readonly allowFailureExitCodes?: readonly number[];
  readonly schedulingType: 'stage' | 'dag';
  readonly needs: readonly CompiledNeed[];
  /** root ⊕ workflow rule ⊕ job ⊕ rule variables, each name once, unexpanded. */
  readonly variables: readonly CompiledVariable[];
  /** Expanded at creation. */
  readonly tags: readonly string[];
  readonly interruptible?: boolean;
  readonly resourceGroup?: string;
  readonly environment?: CompiledEnvironment;
  /** `/re2/` as written. */
  readonly coverage?: string;
}

export interface CompiledNeed {
  readonly name: string;
  readonly artifacts: boolean;
  readonly optional: boolean;
}

/** A job of another pipeline, needed for its artifacts; nothing waits for it. Unexpanded. */
export type CompiledCrossDependency =
  /** `pipeline`: its id; a pipeline of the same family of parents and children. */
  | { readonly kind: 'pipeline'; readonly pipeline: string; readonly job: string; readonly artifacts: boolean }
  /** The last successful job on that ref of another project. */
  | {
      readonly kind: 'project';
      readonly project: string;
      readonly ref: string;
      readonly job: string;
      readonly artifacts: boolean;
    };

export interface CompiledVariable {
  readonly key: string;
  readonly value: string;
  readonly raw?: boolean;
}

export interface CompiledEnvironment {
  /** Expanded at creation. */
  readonly name: string;
  /** Unexpanded; expanded when the job runs and ends. */
  readonly url?: string;
  readonly action: 'start' | 'stop' | 'prepare' | 'verify' | 'access';
  readonly onStop?: string;
  /** A duration, `never` or a text with variables, as written. */
  readonly autoStopIn?: string;
  readonly deploymentTier?: string;
  readonly kubernetes?: CompiledKubernetes;
}

/** Unexpanded. */
export interface CompiledKubernetes {
  /** `path/of/project:name` */
  readonly agent?: string;
  /** What the dashboard shows. */
  readonly namespace?: string;
  readonly fluxResourcePath?: string;
  /** Whether GitLab makes and removes resources for the environment; true unless switched off. */
  readonly managedResources: boolean;
}

/** The parts of a job that only its runner, its payload or its end need. */
export interface JobOptions {
  readonly beforeScript: readonly string[];
  readonly script: readonly string[];
  readonly afterScript: readonly string[];
  readonly image?: CompiledImage;
  readonly services?: readonly CompiledService[];
  /** Names of jobs whose artifacts are fetched; absent = all earlier stages (or needs). */
  readonly dependencies?: readonly string[];
  /** Jobs of other pipelines whose artifacts are fetched. */
  readonly crossDependencies?: readonly CompiledCrossDependency[];
  readonly artifacts?: CompiledArtifacts;
  readonly caches?: readonly CompiledCache[];
  readonly retry?: CompiledRetry;
  /** Seconds. */
  readonly timeout?: number;
  readonly hooks?: { readonly preGetSourcesScript: readonly string[] };
  readonly idTokens?: readonly CompiledIdToken[];
  readonly secrets?: readonly CompiledSecret[];
  /** Asked of a person before a manual job is started. */
  readonly manualConfirmation?: string;
  readonly release?: CompiledRelease;
  readonly pages?: CompiledPages;
  /** Steps in place of a script. */
  readonly run?: readonly CompiledStep[];
  readonly inputs?: readonly CompiledJobInput[];
  /** The cloud that the job signs in to: `google_cloud`. */
  readonly identity?: string;
  readonly dastConfiguration?: { readonly siteProfile?: string; readonly scannerProfile?: string };
}

/** Unexpanded. */
export interface CompiledPages {
  /** The folder that is published. */
  readonly publish: string;
  readonly pathPrefix?: string;
  /** A duration, `never` or a text with variables. */
  readonly expireIn?: string;
}

/** One step of `run`: a script, or a function. */
export interface CompiledStep {
  readonly name: string;
  readonly script?: string;
  /** A reference, or `{git: {url, rev, …}}`, or `{oci: {registry, repository, tag, …}}`. */
  readonly step?: JsonValue;
  readonly env?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, JsonValue>>;
}

/** What a person may change when the job is started by hand or again. */
export interface CompiledJobInput {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean' | 'array';
  readonly default: JsonValue;
  readonly description?: string;
  readonly options?: readonly JsonValue[];
  /** RE2, unanchored. */
  readonly regex?: string;
}

/** Unexpanded: the job's shell does it. */
export interface CompiledRelease {
  readonly tagName: string;
  readonly description: string;
  readonly tagMessage?: string;
  readonly name?: string;
  /** Where the tag is made, if it is not there. */
  readonly ref?: string;
  readonly milestones: readonly string[];
  /** ISO 8601. */
  readonly releasedAt?: string;
  readonly links: readonly {
    readonly name: string;
    readonly url: string;
    readonly filepath?: string;
    readonly linkType?: string;
  }[];
}

/** A variable that will hold a signed token. */
export interface CompiledIdToken {
  readonly name: string;
  /** Unexpanded; expanded when a runner takes the job. A list stays a list. */
  readonly aud: string | readonly string[];
}

export interface CompiledImage {
  readonly name: string;
  readonly entrypoint?: readonly string[];
  readonly pullPolicy?: readonly string[];
  readonly docker?: { readonly platform?: string; readonly user?: string };
  readonly kubernetes?: { readonly user?: string | number };
}

export interface CompiledService extends CompiledImage {
  readonly alias?: string;
  readonly command?: readonly string[];
  readonly variables?: readonly CompiledVariable[];
}

export interface CompiledArtifacts {
  readonly name?: string;
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly untracked: boolean;
  readonly when: 'on_success' | 'on_failure' | 'always';
  /** As written (`1 week`, `never`); the server counts it from the upload. */
  readonly expireIn?: string;
  readonly access?: 'all' | 'developer' | 'maintainer' | 'none';
  readonly exposeAs?: string;
  /** Report type (`dotenv`, `junit`, …) → paths. */
  readonly reports: Readonly<Record<string, readonly string[]>>;
}

/** Variables in key, paths, policy and fallback keys are expanded by the runner. */
export interface CompiledCache {
  /** Without the suffix for protected branches. */
  readonly key: string;
  readonly paths: readonly string[];
  readonly untracked: boolean;
  readonly policy: string;
  readonly when: 'on_success' | 'on_failure' | 'always';
  /** One cache for protected and other branches. */
  readonly unprotect: boolean;
  readonly fallbackKeys: readonly string[];
}

export interface CompiledRetry {
  readonly max: number;
  /** Failure reasons, or `always`. */
  readonly when: readonly string[];
  readonly exitCodes: readonly number[];
}
