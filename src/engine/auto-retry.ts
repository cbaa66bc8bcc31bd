import type { JobFailureReason } from '../wire/statuses.ts';
import type { JobState, RetryPolicy, RetryWhen } from './types.ts';

export interface JobFailure {
  readonly reason: JobFailureReason;
  readonly exitCode: number | null;
  /** How many rows of this name in this pipeline are already `retried`. */
  readonly retriedCount: number;
}

/** A new attempt would fail the same way, whatever the configuration says. */
const NEVER_RETRIED: readonly JobFailureReason[] = [
  'ci_quota_exceeded',
  'no_matching_runner',
  'missing_dependency_failure',
  'forward_deployment_failure',
  'environment_creation_failure',
];

/** Automatic retries of a `scheduler_failure` when the job's `retry` says nothing about it. */
const SCHEDULER_FAILURE_RETRIES = 2;

/** GitLab 19 split some reasons; the words in existing files still cover the parts. */
const COVERS: Readonly<Partial<Record<RetryWhen, readonly JobFailureReason[]>>> = {
  stuck_or_timeout_failure: [
    'stuck_pending_with_matching_runners',
    'stuck_pending_no_matching_runners',
    'no_updates_running',
    'no_updates_canceling',
  ],
  job_execution_timeout: ['server_timeout_running', 'server_timeout_canceling'],
  job_execution_server_timeout: ['server_timeout_running', 'server_timeout_canceling'],
};

const wordCovers = (word: RetryWhen, reason: JobFailureReason): boolean =>
  word === 'always' || word === reason || (COVERS[word]?.includes(reason) ?? false);

const policyCovers = (policy: RetryPolicy, failure: JobFailure): boolean => {
  if (policy.when.length === 0 && policy.exitCodes.length === 0) return true;
  if (failure.exitCode !== null && policy.exitCodes.includes(failure.exitCode)) return true;
  return policy.when.some((word) => wordCovers(word, failure.reason));
};

const maxRetries = (policy: RetryPolicy | null, failure: JobFailure): number => {
  if (NEVER_RETRIED.includes(failure.reason)) return 0;
  if (policy !== null && policyCovers(policy, failure)) return policy.max;
  return failure.reason === 'scheduler_failure' ? SCHEDULER_FAILURE_RETRIES : 0;
};

/** Whether a job that fails now gets a new attempt by itself. Only builds of the latest attempt do, never bridges. */
export const isAutoRetried = (job: Pick<JobState, 'retry' | 'isBridge' | 'retried'>, failure: JobFailure): boolean =>
  !job.isBridge && !job.retried && failure.retriedCount < maxRetries(job.retry, failure);
