import type { JobId, PipelineId, StageId } from '../kit/ids.ts';
import type { Status } from '../wire/statuses.ts';
import { cancelPipeline } from './cancel.ts';
import { planPipeline } from './plan.ts';
import { playJob } from './play.ts';
import { processPipeline } from './process.ts';
import type { RetryPlan } from './retry.ts';
import { planPipelineRetry, planRetry } from './retry.ts';
import { applyMove, findMove } from './transition.ts';
import type { JobCommand, JobMove, JobState, PipelineSnapshot } from './types.ts';

/** A job of a simulated pipeline; what is not given is GitLab's default. `needs` makes it a DAG job. */
export interface SimulatedJob {
  readonly name: string;
  /** Default `test`. */
  readonly stage?: string;
  readonly when?: JobState['when'];
  readonly allowFailure?: boolean;
  readonly needs?: readonly string[];
  readonly startIn?: number;
  readonly retry?: JobState['retry'];
  readonly interruptible?: boolean;
  readonly isBridge?: boolean;
  readonly hasResourceGroup?: boolean;
}

/** 2026-01-01T00:00:00Z plus some seconds. */
export const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

/** A job as it stands in a table of a test. */
export const jobState = (given: Partial<JobState> = {}): JobState => ({
  id: 1 as JobId,
  name: 'job',
  stageIndex: 0,
  status: 'created',
  when: 'on_success',
  allowFailure: false,
  schedulingType: 'stage',
  needs: [],
  retried: false,
  enqueueImmediately: false,
  startIn: null,
  retry: null,
  allowFailureExitCodes: [],
  interruptible: false,
  isBridge: false,
  hasResourceGroup: false,
  failureReason: null,
  timeout: null,
  createdAt: at(0),
  queuedAt: null,
  startedAt: null,
  finishedAt: null,
  scheduledAt: null,
  ...given,
});

/**
 * What a room does with the engine's answers, in memory: for this folder's tests only. Each action is followed by
 * processing; the clock moves one second an action unless `wait` moves it.
 */
export class PipelineSimulation {
  #snapshot: PipelineSnapshot;
  #seconds = 0;
  #lastId = 0;
  readonly #cancelOnJobFailure: boolean;
  /** Every job move in the order in which it was written. */
  readonly moves: JobMove[] = [];

  constructor(
    stages: readonly string[],
    jobs: readonly SimulatedJob[],
    options: { readonly cancelOnJobFailure?: boolean } = {},
  ) {
    this.#cancelOnJobFailure = options.cancelOnJobFailure ?? false;
    const plan = planPipeline(
      stages,
      jobs.map((job) => ({ ...job, stage: job.stage ?? 'test' })),
    );
    this.#snapshot = {
      pipeline: {
        id: 1 as PipelineId,
        status: 'created',
        source: 'push',
        startedAt: null,
        finishedAt: null,
        duration: null,
        autoCanceledById: null,
      },
      stages: plan.stages.map((stage) => ({ ...stage, id: (stage.position + 1) as StageId })),
      jobs: plan.jobs.map(({ needs, stage: _stage, ...job }) =>
        jobState({
          allowFailure: job.when === 'manual',
          ...job,
          id: this.#nextId(),
          schedulingType: needs === undefined ? 'stage' : 'dag',
          needs: (needs ?? []).map((name) => ({ name, optional: false, artifacts: true })),
        }),
      ),
    };
    this.process();
  }

  get snapshot(): PipelineSnapshot {
    return this.#snapshot;
  }

  get now(): Date {
    return at(this.#seconds);
  }

  /** The latest attempt. */
  job(name: string): JobState {
    const job = this.#snapshot.jobs.find((candidate) => candidate.name === name && !candidate.retried);
    if (job === undefined) throw new Error(`no job ${name}`);
    return job;
  }

  /** `pipeline | stage … | job …`, for comparing at one glance. */
  get picture(): string {
    const { pipeline, stages, jobs } = this.#snapshot;
    const latest = jobs.filter((job) => !job.retried);
    const list = (things: readonly { readonly name: string; readonly status: Status }[]): string =>
      things.map((thing) => `${thing.name}=${thing.status}`).join(' ');
    return `${pipeline.status} | ${list(stages)} | ${list(latest)}`;
  }

  wait(seconds: number): void {
    this.#seconds += seconds;
  }

  /** A command to the latest attempt of a job; throws when it is refused. */
  send(name: string, command: JobCommand): void {
    const move = findMove(this.job(name), command, this.#tick());
    if (move === null) throw new Error(`${command.type} of ${name} refused`);
    this.#write([move]);
    this.process();
  }

  run(name: string): void {
    this.send(name, { type: 'run', timeout: 3600 });
  }

  success(name: string): void {
    this.send(name, { type: 'success' });
  }

  drop(name: string, exitCode: number | null = 1): void {
    const retriedCount = this.#snapshot.jobs.filter((job) => job.name === name && job.retried).length;
    this.send(name, { type: 'drop', reason: 'script_failure', exitCode, retriedCount });
  }

  cancel(name: string): void {
    this.send(name, { type: 'cancel', graceful: false });
  }

  /** True when it did something. */
  play(name: string): boolean {
    const decision = playJob(this.#snapshot, this.job(name).id, this.#tick());
    if (decision.kind === 'refused') return false;
    if (decision.kind === 'retry') this.#insert(decision);
    else this.#write(decision.moves);
    this.process();
    return true;
  }

  /** True when it did something. */
  retry(name: string): boolean {
    const plan = planRetry(this.#snapshot, this.job(name).id, this.#tick());
    if (plan.kind === 'refused') return false;
    this.#insert(plan);
    this.process();
    return true;
  }

  retryPipeline(): void {
    const plan = planPipelineRetry(this.#snapshot, this.#tick());
    if (plan.kind === 'retry') this.#insert(plan);
    this.process();
  }

  cancelPipeline(options: { readonly graceful?: boolean; readonly mode?: 'all' | 'interruptible' } = {}): void {
    const { graceful = false, mode = 'all' } = options;
    this.#write(cancelPipeline(this.#snapshot, mode, () => graceful, this.#tick()));
    this.process();
  }

  process(): void {
    const { jobs, stages, pipeline } = processPipeline(this.#snapshot, this.now);
    this.#write(jobs);
    const stageMoves = new Map(stages.map((move) => [move.id, move.to]));
    this.#snapshot = {
      ...this.#snapshot,
      stages: this.#snapshot.stages.map((stage) => ({ ...stage, status: stageMoves.get(stage.id) ?? stage.status })),
      pipeline: { ...this.#snapshot.pipeline, ...pipeline?.changes },
    };
  }

  #nextId(): JobId {
    this.#lastId += 1;
    return this.#lastId as JobId;
  }

  #tick(): Date {
    this.#seconds += 1;
    return this.now;
  }

  /** Compare-and-set of each row, then what the move asks for besides. */
  #write(moves: readonly JobMove[]): void {
    for (const move of moves) {
      this.#snapshot = {
        ...this.#snapshot,
        jobs: this.#snapshot.jobs.map((job) => {
          if (job.id !== move.id) return job;
          if (job.status !== move.from) throw new Error(`${job.name} is ${job.status}, not ${move.from}`);
          return applyMove(job, move);
        }),
      };
      this.moves.push(move);
      for (const effect of move.effects) {
        if (effect.type === 'auto_retry') this.#autoRetry(move.id);
        if (effect.type === 'job_failed_cancels_pipeline' && this.#cancelOnJobFailure) {
          this.#write(cancelPipeline(this.#snapshot, 'all', () => false, this.now));
        }
      }
    }
  }

  #autoRetry(id: JobId): void {
    const plan = planRetry(this.#snapshot, id, this.now);
    if (plan.kind === 'refused') throw new Error(`automatic retry of ${id} refused`);
    this.#insert(plan);
  }

  #insert(plan: RetryPlan): void {
    for (const attempt of plan.attempts) {
      const source = this.#snapshot.jobs.find((job) => job.id === attempt.source);
      if (source === undefined) throw new Error(`no job ${attempt.source}`);
      const row = jobState({
        ...source,
        id: this.#nextId(),
        status: attempt.status,
        allowFailure: attempt.allowFailure,
        enqueueImmediately: attempt.enqueueImmediately,
        failureReason: null,
        timeout: null,
        createdAt: this.now,
        queuedAt: null,
        startedAt: null,
        finishedAt: null,
        scheduledAt: null,
      });
      this.#snapshot = {
        ...this.#snapshot,
        jobs: [
          ...this.#snapshot.jobs.map((job) => (attempt.replaces.includes(job.id) ? { ...job, retried: true } : job)),
          row,
        ],
      };
    }
    this.#write(plan.moves);
  }
}
