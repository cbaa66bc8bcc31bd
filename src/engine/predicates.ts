import type { JobFailureReason, Status } from '../wire/statuses.ts';
import { isActive, isCancelable, isCompleted } from '../wire/statuses.ts';
import type { JobState, PipelineState } from './types.ts';

/** Only a person or the clock starts it. A trigger job knows no delay. */
export const isActionJob = (job: Pick<JobState, 'when' | 'isBridge'>): boolean =>
  job.when === 'manual' || (job.when === 'delayed' && !job.isBridge);

const RETRYABLE: readonly Status[] = ['success', 'failed', 'canceled', 'canceling'];

/** A trigger job that failed so would only fail again. */
const BRIDGE_DEAD_ENDS: readonly JobFailureReason[] = [
  'pipeline_loop_detected',
  'reached_max_descendant_pipelines_depth',
];

/** Whether a new attempt may be made (a successful job too). `archived`: its pipeline is too old to be changed. */
export const isRetryable = (
  job: Pick<JobState, 'status' | 'retried' | 'isBridge' | 'failureReason'>,
  archived = false,
): boolean => {
  if (archived || job.retried || !RETRYABLE.includes(job.status)) return false;
  return !(job.isBridge && job.failureReason !== null && BRIDGE_DEAD_ENDS.includes(job.failureReason));
};

/** Whether the play button works: a manual or delayed job that waits, or that is done and may run again. */
export const isPlayable = (job: JobState, archived = false): boolean =>
  isActionJob(job) &&
  !archived &&
  !job.retried &&
  (job.status === 'manual' || job.status === 'scheduled' || isRetryable(job));

/** Whether the job API cancels it. Manual and scheduled jobs are canceled with their pipeline only. */
export const isCancelableJob = (job: Pick<JobState, 'status'>): boolean =>
  isActive(job.status) || job.status === 'created';

/** Whether log and artifacts may be erased: the job is over and has some. */
export const isErasable = (
  job: Pick<JobState, 'status'>,
  has: { readonly trace: boolean; readonly artifacts: boolean },
): boolean => isCompleted(job.status) && (has.trace || has.artifacts);

/** Whether canceling the pipeline does anything; an external one belongs to somebody else. */
export const isCancelablePipeline = (
  pipeline: Pick<PipelineState, 'source'>,
  jobs: readonly Pick<JobState, 'status' | 'retried'>[],
): boolean => pipeline.source !== 'external' && jobs.some((job) => !job.retried && isCancelable(job.status));
