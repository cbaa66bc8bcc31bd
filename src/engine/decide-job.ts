import type { JobWhen, Status } from '../wire/statuses.ts';
import { isActionJob } from './predicates.ts';
import type { JobCommand, JobState, SchedulingType } from './types.ts';

/** For which previous statuses a job runs. A canceled one lets nothing run. */
const RUNS_AFTER: Readonly<Record<JobWhen, Readonly<Record<SchedulingType, readonly Status[]>>>> = {
  on_success: { stage: ['success', 'skipped'], dag: ['success'] },
  manual: { stage: ['success', 'skipped'], dag: ['success'] },
  delayed: { stage: ['success', 'skipped'], dag: ['success'] },
  on_failure: { stage: ['failed'], dag: ['failed'] },
  always: { stage: ['success', 'failed', 'skipped'], dag: ['success', 'failed', 'skipped'] },
};

/**
 * What becomes of a `created` job when everything before it is over with the status `previous` (success, failed,
 * canceled or skipped).
 */
export function decideJob(job: JobState, previous: Status): JobCommand {
  if (!RUNS_AFTER[job.when][job.schedulingType].includes(previous)) return { type: 'skip' };
  if (job.enqueueImmediately) return { type: 'enqueue' };
  if (job.when === 'delayed' && job.startIn !== null && !job.isBridge) return { type: 'schedule' };
  return isActionJob(job) ? { type: 'actionize' } : { type: 'enqueue' };
}
