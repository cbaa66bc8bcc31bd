import type { Command } from '../command.ts';

/**
 * The runner that took the job never confirmed it, so nothing ran. `queuedAt` stays: the time that it was in doubt
 * was time in the queue.
 */
export const requeue: Command<'requeue'> = () => ({
  to: 'pending',
  changes: { startedAt: null, timeout: null },
  effects: [{ type: 'unassign_runner' }],
});
