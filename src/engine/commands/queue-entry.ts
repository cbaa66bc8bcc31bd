import type { CommandOutcome } from '../command.ts';
import type { JobState } from '../types.ts';

/** Where an enqueued job goes: to its resource group's line first if it has one. */
export const queueEntry = (job: JobState): CommandOutcome =>
  job.hasResourceGroup ? { to: 'waiting_for_resource', effects: [{ type: 'request_resource' }] } : { to: 'pending' };
