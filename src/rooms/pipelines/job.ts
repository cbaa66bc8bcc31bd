import type { BridgeOptions, CompiledEnvironment, CompiledVariable, JobOptions } from '../../ci-lang/index.ts';
import type { JobNeed, SchedulingType } from '../../engine/index.ts';
import type { JobId, PipelineId, ProjectId, RunnerId, StageId, UserId } from '../../kit/ids.ts';
import type { JobFailureReason, JobWhen, Status } from '../../wire/statuses.ts';

/** What `jobs.options` holds: everything that only the payload, the retry and the end of the job need. */
export interface StoredJobOptions extends JobOptions, BridgeOptions {
  readonly allowFailureExitCodes?: readonly number[];
  readonly environment?: CompiledEnvironment;
}

/** A row of `jobs` without its options (they are large; see `StoredJobOptions`). */
export interface Job {
  readonly id: JobId;
  readonly projectId: ProjectId;
  readonly pipelineId: PipelineId;
  readonly stageId: StageId;
  readonly stageIndex: number;
  /** Name of its stage. */
  readonly stage: string;
  readonly type: 'build' | 'bridge';
  readonly name: string;
  readonly status: Status;
  readonly failureReason: JobFailureReason | null;
  readonly exitCode: number | null;
  readonly when: JobWhen;
  readonly allowFailure: boolean;
  readonly schedulingType: SchedulingType;
  readonly needs: readonly JobNeed[];
  readonly retried: boolean;
  readonly ref: string;
  readonly tag: boolean;
  readonly protected: boolean;
  readonly tagList: readonly string[];
  readonly userId: UserId | null;
  readonly coverageRegex: string | null;
  readonly coverage: number | null;
  readonly environmentName: string | null;
  readonly runnerId: RunnerId | null;
  readonly runnerManagerId: number | null;
  /** Seconds, fixed when it started running. */
  readonly timeout: number | null;
  readonly debugTrace: boolean;
  readonly createdAt: Date;
  readonly queuedAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly scheduledAt: Date | null;
  readonly erasedAt: Date | null;
  readonly artifactsExpireAt: Date | null;
}

/** A job with what its runner needs. */
export interface JobWithOptions extends Job {
  readonly options: StoredJobOptions;
  /** root ⊕ workflow rule ⊕ job ⊕ rule, unexpanded. */
  readonly yamlVariables: readonly CompiledVariable[];
}
