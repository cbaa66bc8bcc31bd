import type { JobId, PipelineId, ProjectId, UserId } from '../../kit/ids.ts';

/** The job that a token belongs to. Answered only while the job is `running` or `canceling`, not erased, its project there. */
export interface ExecutingJob {
  readonly id: JobId;
  readonly pipelineId: PipelineId;
  readonly projectId: ProjectId;
  readonly projectFullPath: string;
  /** Who caused the job to run. */
  readonly userId: UserId;
}

/** A question to the pipelines room (app/ hands in the answer): whose token has this SHA-256 digest? */
export type FindExecutingJobByToken = (digest: Uint8Array) => Promise<ExecutingJob | undefined>;
