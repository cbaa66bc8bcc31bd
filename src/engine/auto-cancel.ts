import type { PipelineId } from '../kit/ids.ts';
import type { PipelineSource } from '../wire/statuses.ts';
import { isCancelable } from '../wire/statuses.ts';
import type { CancelMode } from './cancel.ts';
import type { JobState, PipelineState } from './types.ts';

/** Only pipelines of the last days are looked at. */
export const AUTO_CANCEL_MAX_AGE_DAYS = 7;
/** At most so many candidates per new pipeline; the query's limit. */
export const AUTO_CANCEL_MAX_CANDIDATES = 3000;

/** Sources that do not count for the status of their ref; all others are "ci sources". */
const DANGLING_SOURCES: readonly PipelineSource[] = [
  'webide',
  'parent_pipeline',
  'ondemand_dast_scan',
  'ondemand_dast_validation',
  'security_orchestration_policy',
  'container_registry_push',
  'duo_workflow',
  'pipeline_execution_policy_schedule',
];

export const isCiSource = (source: PipelineSource): boolean => !DANGLING_SOURCES.includes(source);

export interface NewPipeline {
  readonly id: PipelineId;
  readonly ref: string;
  readonly sha: string;
  readonly source: PipelineSource;
  /** What the ref points to now; null when it is gone. */
  readonly headSha: string | null;
}

export interface AutoCancelCandidate extends Pick<PipelineState, 'id' | 'status' | 'source'> {
  readonly ref: string;
  readonly sha: string;
  readonly createdAt: Date;
  /** Top of the chain of parent pipelines; its own id when it has no parent. */
  readonly rootId: PipelineId;
  /** The candidate's own `workflow:auto_cancel:on_new_commit`. */
  readonly onNewCommit: 'conservative' | 'interruptible' | 'none';
}

/** Whether the new pipeline makes this one redundant. (The project's setting is the caller's question.) */
export function isRedundant(candidate: AutoCancelCandidate, by: NewPipeline, now: Date): boolean {
  if (by.source === 'parent_pipeline' || candidate.id === by.id || candidate.ref !== by.ref) return false;
  if (!isCancelable(candidate.status)) return false;
  if (candidate.sha === by.sha || candidate.sha === by.headSha) return false;
  if (now.getTime() - candidate.createdAt.getTime() > AUTO_CANCEL_MAX_AGE_DAYS * 86_400_000) return false;
  if (candidate.source === 'parent_pipeline') return candidate.rootId < by.id;
  return isCiSource(candidate.source) && candidate.id < by.id;
}

const hasStarted = (job: JobState): boolean =>
  job.status === 'running' || ((job.status === 'success' || job.status === 'failed') && job.startedAt !== null);

/** How far a redundant pipeline is canceled (see `cancelPipeline`); null leaves it alone. */
export function autoCancelMode(
  onNewCommit: AutoCancelCandidate['onNewCommit'],
  jobs: readonly JobState[],
): CancelMode | null {
  switch (onNewCommit) {
    case 'none':
      return null;
    case 'interruptible':
      return 'interruptible';
    case 'conservative':
      return jobs.some((job) => !job.retried && hasStarted(job) && !job.interruptible) ? null : 'all';
  }
}
