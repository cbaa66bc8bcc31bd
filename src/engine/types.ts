import type { JobId, PipelineId, StageId } from '../kit/ids.ts';
import type { JobFailureReason, JobWhen, PipelineSource, Status } from '../wire/statuses.ts';

/** `dag` when the job has the `needs` keyword (also `needs: []`), else `stage`. */
export type SchedulingType = 'stage' | 'dag';

export interface JobNeed {
  /** Name of a job of the same pipeline; an optional one may be missing and is then ignored. */
  readonly name: string;
  readonly optional: boolean;
  readonly artifacts: boolean;
}

/** A word of `retry:when`. */
export type RetryWhen = 'always' | JobFailureReason;

export interface RetryPolicy {
  /** Automatic retries, 0 to 2. */
  readonly max: number;
  /** Empty together with empty `exitCodes` means `always`. */
  readonly when: readonly RetryWhen[];
  readonly exitCodes: readonly number[];
}

/** What the engine knows of one job row. `null` is SQL's NULL; times are moments, durations are seconds. */
export interface JobState {
  readonly id: JobId;
  readonly name: string;
  /** Equals the `position` of its stage. */
  readonly stageIndex: number;
  readonly status: Status;
  readonly when: JobWhen;
  readonly allowFailure: boolean;
  readonly schedulingType: SchedulingType;
  /** Only meaningful when `schedulingType` is `dag`. */
  readonly needs: readonly JobNeed[];
  /** An older attempt: a newer row of the same name stands for it. Never processed. */
  readonly retried: boolean;
  /** A retried manual or delayed job starts as soon as its turn comes. */
  readonly enqueueImmediately: boolean;
  /** Seconds; only with `when: delayed`. */
  readonly startIn: number | null;
  readonly retry: RetryPolicy | null;
  /** `allow_failure:exit_codes`; empty when there are none. */
  readonly allowFailureExitCodes: readonly number[];
  /** Not given in the configuration counts as false. */
  readonly interruptible: boolean;
  readonly isBridge: boolean;
  readonly hasResourceGroup: boolean;
  readonly failureReason: JobFailureReason | null;
  /** Seconds, fixed when the job started running; null before. */
  readonly timeout: number | null;
  readonly createdAt: Date;
  readonly queuedAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** When a `scheduled` job is due. */
  readonly scheduledAt: Date | null;
}

export interface StageState {
  readonly id: StageId;
  readonly name: string;
  /** Index in the configuration's list of stages (with `.pre` and `.post`); gaps where a stage has no job. */
  readonly position: number;
  readonly status: Status;
}

export interface PipelineState {
  readonly id: PipelineId;
  readonly status: Status;
  readonly source: PipelineSource;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Whole seconds: union of the jobs' running times. */
  readonly duration: number | null;
  /** The newer pipeline that made this one redundant. */
  readonly autoCanceledById: PipelineId | null;
}

/** One pipeline as it stands. Rows with `retried` may be there and are left out of every decision. */
export interface PipelineSnapshot {
  readonly pipeline: PipelineState;
  readonly stages: readonly StageState[];
  readonly jobs: readonly JobState[];
}

/** What may happen to a job. Times and facts from outside come in as fields or as `now`. */
export type JobCommand =
  | { readonly type: 'process' }
  | { readonly type: 'enqueue' }
  /** The timer of a delayed job fired. */
  | { readonly type: 'enqueue_scheduled' }
  /** The resource of its resource group was given to the job. */
  | { readonly type: 'enqueue_waiting_for_resource' }
  | { readonly type: 'actionize' }
  | { readonly type: 'schedule' }
  | { readonly type: 'unschedule' }
  /** A runner took the job. `timeout`: seconds; the job's or else the project's, at most the runner's. */
  | { readonly type: 'run'; readonly timeout: number }
  /** The runner that took the job never confirmed it. */
  | { readonly type: 'requeue' }
  | { readonly type: 'success' }
  | {
      readonly type: 'drop';
      readonly reason: JobFailureReason;
      readonly exitCode: number | null;
      /** How many rows of this name in this pipeline are already `retried`: decides about the automatic retry. */
      readonly retriedCount: number;
    }
  | { readonly type: 'skip' }
  /** `graceful`: the job's runner confirmed it and has the feature `cancel_gracefully`, so it may run after_script. */
  | { readonly type: 'cancel'; readonly graceful: boolean }
  | { readonly type: 'force_cancel' };

export type JobCommandType = JobCommand['type'];

/** Columns to write; a column that is not there stays as it is. */
export interface JobChanges {
  readonly status: Status;
  readonly queuedAt?: Date | null;
  readonly startedAt?: Date | null;
  readonly finishedAt?: Date | null;
  readonly scheduledAt?: Date | null;
  readonly failureReason?: JobFailureReason | null;
  readonly exitCode?: number | null;
  readonly allowFailure?: boolean;
  readonly timeout?: number | null;
}

/** What else has to happen because of a transition. (That the pipeline is now dirty goes without saying.) */
export type JobEffect =
  /** Make a new attempt: `planRetry(snapshot, id, …)`. */
  | { readonly type: 'auto_retry' }
  /** Failed, not allowed to, not retried: where the pipeline has `on_job_failure: all`, cancel the pipeline. */
  | { readonly type: 'job_failed_cancels_pipeline' }
  /** The job is waiting for its resource group. */
  | { readonly type: 'request_resource' }
  /** Give the resource back and let the next one have it. */
  | { readonly type: 'release_resource' }
  /** Send `enqueue_scheduled` at this moment. */
  | { readonly type: 'start_timer'; readonly at: Date }
  /** Forget runner, token and confirmation: the row is a pending job again. */
  | { readonly type: 'unassign_runner' };

export type RefusalReason =
  /** The event does not exist from the job's present status. */
  | 'wrong_status'
  /** The time of a delayed job has not come. */
  | 'not_due';

export type TransitionResult =
  | {
      readonly kind: 'changed';
      readonly to: Status;
      readonly changes: JobChanges;
      readonly effects: readonly JobEffect[];
    }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** One compare-and-set on one job row: `… SET changes WHERE id = $id AND status = $from`. */
export interface JobMove {
  readonly id: JobId;
  readonly from: Status;
  readonly command: JobCommandType;
  readonly to: Status;
  readonly changes: JobChanges;
  readonly effects: readonly JobEffect[];
}

export interface StageMove {
  readonly id: StageId;
  readonly from: Status;
  readonly to: Status;
}

/** Columns to write; a column that is not there stays as it is. */
export interface PipelineChanges {
  readonly status: Status;
  readonly startedAt?: Date | null;
  readonly finishedAt?: Date | null;
  readonly duration?: number | null;
  readonly autoCanceledById?: null;
}

export interface PipelineMove {
  readonly from: Status;
  readonly to: Status;
  readonly changes: PipelineChanges;
}

/** What processing found to do. Stages and pipeline are there only when their status changes. */
export interface ProcessResult {
  /** In the order in which they were decided. */
  readonly jobs: readonly JobMove[];
  readonly stages: readonly StageMove[];
  readonly pipeline: PipelineMove | null;
}
