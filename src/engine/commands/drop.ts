import type { JobFailureReason } from '../../wire/statuses.ts';
import { isAutoRetried } from '../auto-retry.ts';
import type { Command } from '../command.ts';
import type { JobState } from '../types.ts';

const TIMEOUT_REASONS: readonly JobFailureReason[] = [
  'job_execution_timeout',
  'job_execution_server_timeout',
  'server_timeout_running',
  'server_timeout_canceling',
];

/** A timed out job ended when its time was up, not when somebody noticed; otherwise undefined. */
const endOfTimeout = (job: JobState, reason: JobFailureReason, now: Date): Date | undefined => {
  if (!TIMEOUT_REASONS.includes(reason) || job.startedAt === null || job.timeout === null) return undefined;
  return new Date(Math.min(now.getTime(), job.startedAt.getTime() + job.timeout * 1000));
};

/**
 * Failed. A job that is being canceled becomes canceled instead. An exit code of `allow_failure:exit_codes` turns
 * the failure into an allowed one. The reason is kept only with a failure.
 */
export const drop: Command<'drop'> = (job, { reason, exitCode, retriedCount }, now) => {
  const finishedAt = endOfTimeout(job, reason, now);
  const report = { ...(exitCode === null ? {} : { exitCode }), ...(finishedAt === undefined ? {} : { finishedAt }) };
  if (job.status === 'canceling') return { to: 'canceled', changes: report };

  const allowedByCode = exitCode !== null && job.allowFailureExitCodes.includes(exitCode);
  const changes = { ...report, failureReason: reason, ...(allowedByCode ? { allowFailure: true } : {}) };
  if (isAutoRetried(job, { reason, exitCode, retriedCount })) {
    return { to: 'failed', changes, effects: [{ type: 'auto_retry' }] };
  }
  const allowed = job.allowFailure || allowedByCode;
  return { to: 'failed', changes, effects: allowed ? [] : [{ type: 'job_failed_cancels_pipeline' }] };
};
