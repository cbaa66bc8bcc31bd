import type { Command } from '../command.ts';

/** The turn of a delayed job has come: `start_in` counts from here. */
export const schedule: Command<'schedule'> = (job, _command, now) => {
  const scheduledAt = new Date(now.getTime() + (job.startIn ?? 0) * 1000);
  return { to: 'scheduled', changes: { scheduledAt }, effects: [{ type: 'start_timer', at: scheduledAt }] };
};
