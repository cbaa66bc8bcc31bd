import type { Command } from '../command.ts';

/** What came before does not let the job run. */
export const skip: Command<'skip'> = () => ({ to: 'skipped' });
