import type { Command } from '../command.ts';

/** Somebody stopped the timer of a delayed job; it then waits to be played. */
export const unschedule: Command<'unschedule'> = () => ({ to: 'manual' });
