import type { Status } from '../wire/statuses.ts';
import { FINISHED } from '../wire/statuses.ts';
import { compositeStatus } from './composite.ts';
import { pipelineDuration } from './duration.ts';
import type { JobState, PipelineChanges, PipelineMove, PipelineState } from './types.ts';

/** A pipeline that was under way or over is running again, not waiting, when a job of it is retried or played. */
const RUNS_INSTEAD_OF_PENDING: readonly Status[] = ['running', 'success', 'failed', 'canceling', 'canceled'];

const isFinished = (status: Status): boolean => FINISHED.some((finished) => finished === status);

/** What the pipeline becomes with these latest jobs; null when it stays. */
export function findPipelineMove(pipeline: PipelineState, jobs: readonly JobState[], now: Date): PipelineMove | null {
  const composite = compositeStatus(jobs);
  if (composite === null || composite === 'created') return null;
  const to = composite === 'pending' && RUNS_INSTEAD_OF_PENDING.includes(pipeline.status) ? 'running' : composite;
  if (to === pipeline.status) return null;
  return { from: pipeline.status, to, changes: changesOf(pipeline, to, jobs, now) };
}

function changesOf(pipeline: PipelineState, to: Status, jobs: readonly JobState[], now: Date): PipelineChanges {
  const startedAt = pipeline.startedAt ?? startOf(to, jobs, now);
  const measured = startedAt !== null && (isFinished(to) || to === 'manual');
  return {
    status: to,
    ...(startedAt === pipeline.startedAt ? {} : { startedAt }),
    ...(isFinished(to) ? { finishedAt: now } : {}),
    // Also on the way to `skipped`, which has no end in GitLab: only success, failed and canceled have one.
    ...(!isFinished(to) && pipeline.finishedAt !== null ? { finishedAt: null } : {}),
    ...(measured ? { duration: pipelineDuration(jobs, now) } : {}),
    ...(pipeline.status === 'canceled' && pipeline.autoCanceledById !== null ? { autoCanceledById: null } : {}),
  };
}

/**
 * The first `running` starts the pipeline. When its jobs were over before anybody looked, it started with the first
 * of them.
 */
function startOf(to: Status, jobs: readonly JobState[], now: Date): Date | null {
  if (to === 'running') return now;
  if (!isFinished(to) && to !== 'manual') return null;
  const starts = jobs.flatMap((job) => (job.startedAt === null ? [] : [job.startedAt.getTime()]));
  return starts.length === 0 ? null : new Date(starts.reduce((a, b) => Math.min(a, b)));
}
