import type { Status } from '../wire/statuses.ts';
import type { JobCommandType } from './types.ts';

/** From which statuses each event of a job is possible. The claim's one SQL statement takes its states from here. */
export const ALLOWED = {
  process: ['skipped', 'manual'],
  enqueue: ['created', 'skipped', 'manual', 'scheduled'],
  enqueue_scheduled: ['scheduled'],
  enqueue_waiting_for_resource: ['waiting_for_resource'],
  actionize: ['created'],
  schedule: ['created'],
  unschedule: ['scheduled'],
  run: ['pending'],
  requeue: ['running'],
  success: ['created', 'waiting_for_resource', 'preparing', 'waiting_for_callback', 'pending', 'running', 'canceling'],
  drop: [
    'created',
    'waiting_for_resource',
    'preparing',
    'waiting_for_callback',
    'pending',
    'running',
    'canceling',
    'manual',
    'scheduled',
  ],
  skip: ['created', 'waiting_for_resource', 'preparing', 'pending'],
  cancel: [
    'created',
    'waiting_for_resource',
    'preparing',
    'waiting_for_callback',
    'pending',
    'running',
    'manual',
    'scheduled',
  ],
  force_cancel: ['canceling'],
} as const satisfies Readonly<Record<JobCommandType, readonly Status[]>>;

/** Whether the event exists from this status. */
export const isAllowed = (type: JobCommandType, from: Status): boolean =>
  ALLOWED[type].some((status) => status === from);
