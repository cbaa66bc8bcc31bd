import type { Command } from '../command.ts';
import { queueEntry } from './queue-entry.ts';

/** The timer of a delayed job; refused while its time has not come. */
export const enqueueScheduled: Command<'enqueue_scheduled'> = (job, _command, now) =>
  job.scheduledAt !== null && job.scheduledAt.getTime() > now.getTime() ? 'not_due' : queueEntry(job);
