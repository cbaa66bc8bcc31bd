import type { Status } from '../wire/statuses.ts';
import type { JobChanges, JobCommand, JobCommandType, JobEffect, JobState, RefusalReason } from './types.ts';

/** The command of each type. */
export type CommandOf = {
  readonly [Type in JobCommandType]: Extract<JobCommand, { readonly type: Type }>;
};

/** What a command itself decides; `transition` adds the columns that every move of that kind writes. */
export interface CommandOutcome {
  readonly to: Status;
  readonly changes?: Omit<JobChanges, 'status'>;
  readonly effects?: readonly JobEffect[];
}

/** What one event makes of a job. Called only with a job whose status `ALLOWED` names for it. */
export type Command<Type extends JobCommandType> = (
  job: JobState,
  command: CommandOf[Type],
  now: Date,
) => CommandOutcome | RefusalReason;
