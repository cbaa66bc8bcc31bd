import type { DeploymentId, JobId, PipelineId, ProjectId } from '../../kit/ids.ts';
import type { Status } from '../../wire/statuses.ts';

export interface PipelineCreated {
  readonly type: 'pipeline_created';
  readonly projectId: ProjectId;
  readonly pipelineId: PipelineId;
  /** Whether one of its jobs names an environment, so that nobody has to ask for each new pipeline. */
  readonly hasEnvironments: boolean;
  /** As it is written: what may start has. */
  readonly status: Status;
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

export interface DeploymentMoved {
  readonly type: 'deployment_moved';
  readonly projectId: ProjectId;
  readonly pipelineId: PipelineId;
  readonly deploymentId: DeploymentId;
  readonly status: 'created' | 'running' | 'success' | 'failed' | 'canceled' | 'skipped' | 'blocked';
}
