import type { Status } from '../wire/statuses.ts';
import type { JobState } from './types.ts';

export interface PlannedStage {
  readonly name: string;
  /** Index in the configuration's list of stages. */
  readonly position: number;
  readonly status: Extract<Status, 'created'>;
}

/** How every job starts; the rest of its row is what the compiler gave. */
export type InitialJobState = Pick<
  JobState,
  | 'retried'
  | 'enqueueImmediately'
  | 'failureReason'
  | 'timeout'
  | 'queuedAt'
  | 'startedAt'
  | 'finishedAt'
  | 'scheduledAt'
> & { readonly status: Extract<Status, 'created'> };

export interface PipelinePlan<Job> {
  /** Only stages that have jobs, in position order. */
  readonly stages: readonly PlannedStage[];
  readonly jobs: readonly (Job & InitialJobState & { readonly stageIndex: number })[];
}

const INITIAL: InitialJobState = {
  status: 'created',
  retried: false,
  enqueueImmediately: false,
  failureReason: null,
  timeout: null,
  queuedAt: null,
  startedAt: null,
  finishedAt: null,
  scheduledAt: null,
};

/**
 * The stages and jobs that a new pipeline begins with, everything undecided: process it once and the first jobs are
 * queued. Throws when a job names a stage that the list does not have (the compiler has checked that).
 */
export function planPipeline<Job extends { readonly name: string; readonly stage: string }>(
  stageNames: readonly string[],
  jobs: readonly Job[],
): PipelinePlan<Job> {
  const positions = new Map(stageNames.map((name, position) => [name, position]));
  const planned = jobs.map((job) => {
    const stageIndex = positions.get(job.stage);
    if (stageIndex === undefined) throw new Error(`job ${job.name}: no stage ${job.stage}`);
    return { ...job, ...INITIAL, stageIndex };
  });
  const used = new Set(planned.map((job) => job.stageIndex));
  return {
    stages: stageNames.flatMap((name, position) => (used.has(position) ? [{ name, position, status: 'created' }] : [])),
    jobs: planned,
  };
}
