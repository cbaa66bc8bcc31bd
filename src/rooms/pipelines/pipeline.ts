import type { MergeRequestId, PipelineId, ProjectId, ScheduleId, TriggerId, UserId } from '../../kit/ids.ts';
import type { PipelineFailureReason, PipelineSource, Status } from '../../wire/statuses.ts';

/** A row of `pipelines`. */
export interface Pipeline {
  readonly id: PipelineId;
  readonly projectId: ProjectId;
  /** Number within the project, from 1, without gaps. */
  readonly iid: number;
  /** Short name, or `refs/merge-requests/N/head`. */
  readonly ref: string;
  readonly tag: boolean;
  readonly sha: string;
  /** 40 zeros unless the pipeline is from a push to an existing branch. */
  readonly beforeSha: string;
  readonly source: PipelineSource;
  readonly configSource: string;
  readonly status: Status;
  readonly failureReason: PipelineFailureReason | null;
  readonly yamlErrors: string | null;
  readonly name: string | null;
  readonly userId: UserId | null;
  readonly triggerId: TriggerId | null;
  readonly triggerShortToken: string | null;
  /** Null also when the schedule is gone. */
  readonly scheduleId: ScheduleId | null;
  /** Of a pipeline of a merge request. Null also when that is gone. */
  readonly mergeRequestId: MergeRequestId | null;
  /** Whether the ref was protected when the pipeline was created. */
  readonly protected: boolean;
  readonly autoCancelOnNewCommit: 'conservative' | 'interruptible' | 'none';
  readonly autoCancelOnJobFailure: 'none' | 'all';
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Seconds: union of the jobs' running times. */
  readonly duration: number | null;
}

/** `variables[…]` of a creation request, and what `GET …/variables` shows. */
export interface PipelineVariable {
  readonly key: string;
  readonly value: string;
  readonly variableType: 'env_var' | 'file';
  readonly raw: boolean;
}
