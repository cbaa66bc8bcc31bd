import type { Command } from '../command.ts';

/** Done well. Any report of a job that is being canceled makes it canceled. */
export const success: Command<'success'> = (job) => ({ to: job.status === 'canceling' ? 'canceled' : 'success' });
