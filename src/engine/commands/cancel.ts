import type { Command } from '../command.ts';

/** A running job may still run its after_script if its runner can do that; everything else ends at once. */
export const cancel: Command<'cancel'> = (job, command) => ({
  to: job.status === 'running' && command.graceful ? 'canceling' : 'canceled',
});
