import type { JobId, PipelineId, ProjectId } from '../kit/ids.ts';
import type { Status } from '../wire/statuses.ts';

/** What became true. Published in the transaction that made it true, so that nothing acknowledged is lost. */
export type Fact = PipelineCreated | PipelineMoved | JobMoved;

export interface PipelineCreated {
  readonly type: 'pipeline_created';
  readonly projectId: ProjectId;
  readonly pipelineId: PipelineId;
  /** Whether one of its jobs names an environment, so that nobody has to ask for each new pipeline. */
  readonly hasEnvironments: boolean;
}

export interface PipelineMoved {
  readonly type: 'pipeline_moved';
  readonly projectId: ProjectId;
  readonly pipelineId: PipelineId;
  readonly from: Status;
  readonly to: Status;
}

export interface JobMoved {
  readonly type: 'job_moved';
  readonly projectId: ProjectId;
  readonly pipelineId: PipelineId;
  readonly jobId: JobId;
  readonly from: Status;
  readonly to: Status;
}
