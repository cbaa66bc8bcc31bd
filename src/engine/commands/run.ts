import type { Command } from '../command.ts';

/** A runner took the job; its timeout is fixed here, in seconds. */
export const run: Command<'run'> = (_job, command) => ({ to: 'running', changes: { timeout: command.timeout } });
