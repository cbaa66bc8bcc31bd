import type { Command } from '../command.ts';

/** Back to undecided, so that processing looks at the job again. */
export const process: Command<'process'> = () => ({ to: 'created' });
