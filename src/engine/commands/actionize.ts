import type { Command } from '../command.ts';

/** The turn of a manual job has come: it now waits for a person. */
export const actionize: Command<'actionize'> = () => ({ to: 'manual' });
