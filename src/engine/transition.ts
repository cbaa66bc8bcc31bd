import type { Status } from '../wire/statuses.ts';
import { FINISHED } from '../wire/statuses.ts';
import { isAllowed } from './allowed.ts';
import type { Command, CommandOf, CommandOutcome } from './command.ts';
import { actionize } from './commands/actionize.ts';
import { cancel } from './commands/cancel.ts';
import { drop } from './commands/drop.ts';
import { enqueue } from './commands/enqueue.ts';
import { enqueueScheduled } from './commands/enqueue-scheduled.ts';
import { enqueueWaitingForResource } from './commands/enqueue-waiting-for-resource.ts';
import { forceCancel } from './commands/force-cancel.ts';
import { process } from './commands/process.ts';
import { requeue } from './commands/requeue.ts';
import { run } from './commands/run.ts';
import { schedule } from './commands/schedule.ts';
import { skip } from './commands/skip.ts';
import { success } from './commands/success.ts';
import { unschedule } from './commands/unschedule.ts';
import type {
  JobChanges,
  JobCommand,
  JobCommandType,
  JobEffect,
  JobMove,
  JobState,
  RefusalReason,
  TransitionResult,
} from './types.ts';

const COMMANDS: { readonly [Type in JobCommandType]: Command<Type> } = {
  process,
  enqueue,
  enqueue_scheduled: enqueueScheduled,
  enqueue_waiting_for_resource: enqueueWaitingForResource,
  actionize,
  schedule,
  unschedule,
  run,
  requeue,
  success,
  drop,
  skip,
  cancel,
  force_cancel: forceCancel,
};

const decide = <Type extends JobCommandType>(
  type: Type,
  job: JobState,
  command: CommandOf[Type],
  now: Date,
): CommandOutcome | RefusalReason => COMMANDS[type](job, command, now);

const isFinished = (status: Status): boolean => FINISHED.some((finished) => finished === status);

/** Columns that follow from the two statuses, whatever the event was. */
const impliedChanges = (from: Status, to: Status, now: Date): Omit<JobChanges, 'status'> => ({
  ...(to === 'pending' && from !== 'running' ? { queuedAt: now } : {}),
  ...(to === 'running' ? { startedAt: now } : {}),
  ...(isFinished(to) ? { finishedAt: now } : {}),
  ...(from === 'scheduled' ? { scheduledAt: null } : {}),
});

const WANTS_OR_HOLDS_RESOURCE: readonly Status[] = [
  'waiting_for_resource',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'canceling',
];

const impliedEffects = (job: JobState, to: Status): readonly JobEffect[] =>
  job.hasResourceGroup && WANTS_OR_HOLDS_RESOURCE.includes(job.status) && (isFinished(to) || to === 'skipped')
    ? [{ type: 'release_resource' }]
    : [];

/**
 * The only place that says who may become what. The result is to be written as a compare-and-set on the job's row
 * (`WHERE status = job.status`); a real change makes its pipeline dirty unless the job is `retried`.
 */
export function transition(job: JobState, command: JobCommand, now: Date): TransitionResult {
  if (!isAllowed(command.type, job.status)) return { kind: 'refused', reason: 'wrong_status' };
  const outcome = decide(command.type, job, command, now);
  if (typeof outcome === 'string') return { kind: 'refused', reason: outcome };
  return {
    kind: 'changed',
    to: outcome.to,
    changes: { ...impliedChanges(job.status, outcome.to, now), ...outcome.changes, status: outcome.to },
    effects: [...(outcome.effects ?? []), ...impliedEffects(job, outcome.to)],
  };
}

/** `transition` as a move that names its row; null when it is refused. */
export function findMove(job: JobState, command: JobCommand, now: Date): JobMove | null {
  const result = transition(job, command, now);
  if (result.kind === 'refused') return null;
  const { to, changes, effects } = result;
  return { id: job.id, from: job.status, command: command.type, to, changes, effects };
}

/** The job as it stands after a move. */
export const applyMove = (job: JobState, move: JobMove): JobState => {
  const { exitCode: _notPartOfTheState, ...changes } = move.changes;
  return { ...job, ...changes };
};
