import type { JobId } from '../kit/ids.ts';
import type { Status } from '../wire/statuses.ts';
import { inRunningOrder } from './job-order.ts';
import { isActionJob, isRetryable } from './predicates.ts';
import { resetDependents } from './reset-dependents.ts';
import { findMove } from './transition.ts';
import type { JobMove, JobState, PipelineSnapshot } from './types.ts';

/**
 * A new attempt of a job: a new row, copied from `source` except for what ran (runner, token, log, artifacts, times,
 * results) and for what stands here. All rows in `replaces` become `retried`.
 */
export interface NewAttempt {
  readonly source: JobId;
  readonly replaces: readonly JobId[];
  readonly name: string;
  readonly status: Extract<Status, 'created'>;
  readonly allowFailure: boolean;
  readonly enqueueImmediately: boolean;
}

/** To be written in one transaction: attempts first, then moves; the pipeline is dirty after it. */
export interface RetryPlan {
  readonly kind: 'retry';
  readonly attempts: readonly NewAttempt[];
  /** Skipped jobs that go back to `created`. */
  readonly moves: readonly JobMove[];
}

export type RetryRefusal = { readonly kind: 'refused'; readonly reason: 'not_retryable' };

export interface RetryOptions {
  /** The pipeline is too old to be changed. */
  readonly archived?: boolean;
}

const REFUSED: RetryRefusal = { kind: 'refused', reason: 'not_retryable' };

const newAttempt = (job: JobState, jobs: readonly JobState[], enqueueImmediately: boolean): NewAttempt => ({
  source: job.id,
  replaces: jobs.filter((other) => other.name === job.name && !other.retried).map((other) => other.id),
  name: job.name,
  status: 'created',
  // With exit codes `true` was only the verdict on that attempt's code.
  allowFailure: job.allowFailure && job.allowFailureExitCodes.length === 0,
  enqueueImmediately,
});

/**
 * Retry of one job, by a person or by itself (`auto_retry`). A manual or delayed job starts without being played
 * again.
 */
export function planRetry(
  snapshot: PipelineSnapshot,
  id: JobId,
  now: Date,
  { archived = false }: RetryOptions = {},
): RetryPlan | RetryRefusal {
  const job = snapshot.jobs.find((candidate) => candidate.id === id);
  if (job === undefined || !isRetryable(job, archived)) return REFUSED;
  return {
    kind: 'retry',
    attempts: [newAttempt(job, snapshot.jobs, isActionJob(job))],
    moves: resetDependents(snapshot.jobs, [job], now),
  };
}

const RETRIED_WITH_PIPELINE: readonly Status[] = ['failed', 'canceled', 'canceling'];

/**
 * Retry of a pipeline: new attempts of what failed or was canceled (not of trigger jobs), everything skipped undecided
 * again; manual jobs go back to waiting for a person. The plan is empty when there is nothing to retry.
 */
export function planPipelineRetry(
  snapshot: PipelineSnapshot,
  now: Date,
  { archived = false }: RetryOptions = {},
): RetryPlan | RetryRefusal {
  if (archived) return REFUSED;
  const latest = snapshot.jobs.filter((job) => !job.retried);
  const again = latest.filter((job) => !job.isBridge && RETRIED_WITH_PIPELINE.includes(job.status) && isRetryable(job));
  const skipped = latest.filter((job) => job.status === 'skipped');
  return {
    kind: 'retry',
    attempts: inRunningOrder(again).map((job) => newAttempt(job, latest, false)),
    moves: inRunningOrder(skipped).flatMap((job) => findMove(job, { type: 'process' }, now) ?? []),
  };
}
