import type { DecisionTrace } from '../../../ci-lang/index.ts';
import type { JobId, MergeRequestId, PipelineId, ProjectId, ScheduleId, TriggerId } from '../../../kit/ids.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { PipelineFailureReason, PipelineSource } from '../../../wire/statuses.ts';
import type { User } from '../../accounts/index.ts';
import type { Project, Role } from '../../projects/index.ts';
import type { MergeRequestFacts } from '../../variables/index.ts';
import type { Pipeline, PipelineVariable } from '../pipeline.ts';
import type { Reason } from '../why/reason.ts';

/** Everything that may ask for a pipeline comes through here: push, API, trigger, job token, schedule, later bridges. */
export interface CreatePipelineRequest {
  readonly project: Project;
  /** The pipeline's user: from the credential, never from a payload. */
  readonly user: User;
  /** The user's present role in the project (administrators are owners, except through a job token). */
  readonly role: Role | undefined;
  readonly source: PipelineSource;
  /** Short or full (`refs/heads/…`, `refs/tags/…`). Of a merge request: its source branch. */
  readonly ref: string;
  /** A push: the commit that the ref was moved to, and the one before. Otherwise the ref's commit and zeros. */
  readonly sha?: string;
  readonly beforeSha?: string;
  readonly variables: readonly PipelineVariable[];
  /** The file variable of the trigger API. It needs no right to set variables when it came by a trigger token. */
  readonly triggerPayload?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Text of the configuration, in place of the project's file. */
  readonly content?: string;
  /** `ci.skip`, `ci.variable=K=V`, … */
  readonly pushOptions: readonly string[];
  /** API, web, trigger, schedule: `[skip ci]` in the commit message means nothing. */
  readonly ignoreSkipCi: boolean;
  /** A refusal with a failure reason leaves a failed pipeline (all but the plain API). */
  readonly saveOnErrors: boolean;
  readonly trigger?: { readonly id: TriggerId; readonly shortToken: string };
  readonly schedule?: ScheduleOfPipeline;
  readonly mergeRequest?: MergeRequestOfPipeline;
  readonly upstream?: {
    readonly projectId: ProjectId;
    readonly pipelineId: PipelineId;
    readonly jobId: JobId;
  };
  /**
   * Runs first in the transaction that writes the outcome (also a refusal's). False: this request was served before,
   * and nothing is written.
   */
  readonly claim?: (tx: Tx) => Promise<boolean>;
  /** Runs last in the same transaction, with what is written. */
  readonly settle?: (tx: Tx, outcome: CreationOutcome) => Promise<void>;
}

/** The merge request that a pipeline is of: it runs on the head of the source branch (`sha` of the request). */
export interface MergeRequestOfPipeline {
  readonly id: MergeRequestId;
  readonly facts: MergeRequestFacts;
}

/** What a request came to, as rows. */
export interface CreationOutcome {
  /** The pipeline: created, or failed where it began. */
  readonly pipelineId: PipelineId | null;
  /** Set when the request was refused. */
  readonly refusal: { readonly id: number; readonly message: string } | null;
}

/** The schedule that a pipeline is of, as its jobs see it. */
export interface ScheduleOfPipeline {
  readonly id: ScheduleId;
  readonly description: string;
  /** Present ones. They are read again for each job, and are not stored with the pipeline. */
  readonly variables: readonly PipelineVariable[];
}

export type CreatePipelineResult =
  | { readonly kind: 'created'; readonly pipeline: Pipeline }
  /** `[skip ci]`: a pipeline in status `skipped`, or none where refusals are not kept. */
  | { readonly kind: 'skipped'; readonly pipeline: Pipeline | null }
  | CreationRefused
  /** The request's `claim` said that it was served before. */
  | { readonly kind: 'repeated' };

export interface CreationRefused {
  readonly kind: 'refused';
  /** GitLab's error map: `{base: ['Reference not found']}`. */
  readonly errors: Readonly<Record<string, readonly string[]>>;
  readonly failureReason: PipelineFailureReason | null;
  /** The failed pipeline that was kept, if any: the trigger API answers 422 with it, else 400. */
  readonly saved: Pipeline | null;
  /** Why, with places in the configuration; the first says what `errors` says, or more. */
  readonly reasons: readonly Reason[];
  /** What was decided before it ended. */
  readonly trace?: DecisionTrace;
  /** Under which it stays readable; null: not kept (the request had been served before). */
  readonly refusalId: number | null;
}

/** A refusal before anything is written. */
export const refuse = (
  message: string,
  options: {
    readonly failureReason?: PipelineFailureReason;
    /** Without any the message is the reason. */
    readonly reasons?: readonly Reason[];
    /** How to mend it, where the message is the only reason. */
    readonly hint?: string;
    readonly trace?: DecisionTrace;
    readonly attribute?: string;
  } = {},
): CreationRefused => ({
  kind: 'refused',
  errors: { [options.attribute ?? 'base']: [message] },
  failureReason: options.failureReason ?? null,
  saved: null,
  reasons: options.reasons ?? [{ message, ...(options.hint !== undefined && { hint: options.hint }) }],
  refusalId: null,
  ...(options.trace !== undefined && { trace: options.trace }),
});
