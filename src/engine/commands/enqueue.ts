import type { Command } from '../command.ts';
import { queueEntry } from './queue-entry.ts';

/** The job's turn has come, or somebody played it. */
export const enqueue: Command<'enqueue'> = (job) => queueEntry(job);
