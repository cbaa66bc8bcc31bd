import type { JobFailureReason } from '../wire/statuses.ts';
import type { JobState } from './types.ts';

/** Seconds. */
const HOUR = 3600;

/** A pending job that nobody took or touched for so long (runners that match are there). Seconds. */
export const STUCK_PENDING_AFTER = 24 * HOUR;
/** A pending job for which no online runner matches. Seconds since it was queued. */
export const STUCK_WITHOUT_RUNNER_AFTER = HOUR;
/** A running job whose runner is silent. Seconds. */
export const NO_UPDATES_RUNNING_AFTER = HOUR;
/** A job that is being canceled and whose runner is silent. Seconds. */
export const NO_UPDATES_CANCELING_AFTER = 30 * 60;
/** What a runner gets on top of the job's timeout before the server ends the job. Seconds. */
export const SERVER_TIMEOUT_GRACE = 15 * 60;
/** A delayed job that nobody started so long after its time. Seconds. */
export const STALE_SCHEDULE_AFTER = HOUR;

export interface JobContact {
  /** Last change of the row or last word of its runner. */
  readonly lastUpdateAt: Date;
  /** Whether a runner is online that could take the job. Asked only of pending jobs. */
  readonly hasMatchingRunner: boolean;
}

const secondsSince = (moment: Date, now: Date): number => (now.getTime() - moment.getTime()) / 1000;

const isOvertime = (job: JobState, now: Date): boolean =>
  job.startedAt !== null &&
  job.timeout !== null &&
  secondsSince(job.startedAt, now) > job.timeout + SERVER_TIMEOUT_GRACE;

/**
 * The reason to `drop` a job that got stuck or ran out of time (GitLab 19's reasons); null when it is well. A job that
 * is being canceled ends as canceled by the same drop.
 */
export function findTimeout(job: JobState, contact: JobContact, now: Date): JobFailureReason | null {
  const silence = secondsSince(contact.lastUpdateAt, now);
  switch (job.status) {
    case 'pending':
      if (secondsSince(job.createdAt, now) > STUCK_PENDING_AFTER && silence > STUCK_PENDING_AFTER) {
        return contact.hasMatchingRunner ? 'stuck_pending_with_matching_runners' : 'stuck_pending_no_matching_runners';
      }
      return !contact.hasMatchingRunner && secondsSince(job.queuedAt ?? job.createdAt, now) > STUCK_WITHOUT_RUNNER_AFTER
        ? 'stuck_pending_no_matching_runners'
        : null;
    case 'running':
      if (isOvertime(job, now)) return 'server_timeout_running';
      return silence > NO_UPDATES_RUNNING_AFTER ? 'no_updates_running' : null;
    case 'canceling':
      if (isOvertime(job, now)) return 'server_timeout_canceling';
      return silence > NO_UPDATES_CANCELING_AFTER ? 'no_updates_canceling' : null;
    case 'scheduled':
      return job.scheduledAt !== null && secondsSince(job.scheduledAt, now) > STALE_SCHEDULE_AFTER
        ? 'stale_schedule'
        : null;
    default:
      return null;
  }
}
