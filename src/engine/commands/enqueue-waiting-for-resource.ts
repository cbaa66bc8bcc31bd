import type { Command } from '../command.ts';

/** The resource group gave the job its resource. */
export const enqueueWaitingForResource: Command<'enqueue_waiting_for_resource'> = () => ({ to: 'pending' });
