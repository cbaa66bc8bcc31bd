import type { JobId, PipelineId, ProjectId, RunnerId, UserId } from '../../../kit/ids.ts';
import type { JobFailureReason, JobWhen, Status } from '../../../wire/statuses.ts';
import { isCompleted } from '../../../wire/statuses.ts';
import type { User } from '../../accounts/index.ts';
import type { Runner } from '../../runners/index.ts';
import { utcSeconds, utcSecondsMaybe } from './payload-dates.ts';
import { runnerBlock } from './runner-block.ts';
import { userBlock } from './user-block.ts';

/** What payloads tell of a job. */
export interface JobOfPayload {
  readonly id: JobId;
  readonly pipelineId: PipelineId;
  readonly projectId: ProjectId;
  readonly isBridge: boolean;
  readonly stage: string;
  readonly name: string;
  readonly status: Status;
  readonly when: JobWhen;
  readonly allowFailure: boolean;
  readonly failureReason: JobFailureReason | null;
  readonly ref: string;
  readonly tag: boolean;
  readonly userId: UserId | null;
  readonly runnerId: RunnerId | null;
  readonly environment: { readonly name: string; readonly action: string } | null;
  /** It is another attempt of an older job. */
  readonly isRetry: boolean;
  readonly createdAt: Date;
  readonly queuedAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A job's `duration` and `queued_duration`: seconds with fractions, up to now for what still goes on. Pure. */
export const jobSeconds = (job: Pick<JobOfPayload, 'queuedAt' | 'startedAt' | 'finishedAt'>, now: Date) => {
  const seconds = (from: Date | null, to: Date): number | null =>
    from === null ? null : Math.max(0, (to.getTime() - from.getTime()) / 1000);
  return {
    duration: seconds(job.startedAt, job.finishedAt ?? now),
    queuedDuration: seconds(job.queuedAt, job.startedAt ?? job.finishedAt ?? now),
  };
};

/**
 * The job as it was when it had that status: what came later is taken away, so that a job which ran on meanwhile does not
 * look finished when it is told to wait. Pure.
 */
export const jobAt = (job: JobOfPayload, status: Status): JobOfPayload => {
  const isOver = isCompleted(status);
  const hasBegun = isOver || status === 'running' || status === 'canceling';
  return {
    ...job,
    status,
    failureReason: status === 'failed' ? job.failureReason : null,
    queuedAt: status === 'created' ? null : job.queuedAt,
    startedAt: hasBegun ? job.startedAt : null,
    runnerId: hasBegun ? job.runnerId : null,
    finishedAt: isOver ? job.finishedAt : null,
  };
};

export interface BuildBelongings {
  readonly user: User | undefined;
  readonly runner: Runner | undefined;
  readonly archive: { readonly filename: string; readonly size: number } | undefined;
  /** Of its environment. */
  readonly tier: string | undefined;
}

/** An element of a pipeline's `builds`. Pure. */
export const buildBlock = (job: JobOfPayload, { user, runner, archive, tier }: BuildBelongings, now: Date) => {
  const { duration, queuedDuration } = jobSeconds(job, now);
  return {
    id: job.id,
    stage: job.stage,
    name: job.name,
    status: job.status,
    created_at: utcSeconds(job.createdAt),
    started_at: utcSecondsMaybe(job.startedAt),
    finished_at: utcSecondsMaybe(job.finishedAt),
    duration,
    queued_duration: queuedDuration,
    failure_reason: job.status === 'failed' ? (job.failureReason ?? 'unknown_failure') : null,
    when: job.when,
    manual: job.when === 'manual' || job.when === 'delayed',
    allow_failure: job.allowFailure,
    user: userBlock(user),
    runner: runnerBlock(runner),
    artifacts_file: { filename: archive?.filename ?? null, size: archive?.size ?? null },
    environment: job.environment === null ? null : { ...job.environment, deployment_tier: tier ?? null },
  };
};
