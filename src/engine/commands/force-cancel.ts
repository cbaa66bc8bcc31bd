import type { Command } from '../command.ts';

/** Do not wait for the after_script of a job that is being canceled. */
export const forceCancel: Command<'force_cancel'> = () => ({ to: 'canceled' });
