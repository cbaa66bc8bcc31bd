import { formatGoDuration } from './go-duration.ts';
import { JobStop } from './job-failure.ts';

/** Timers take no more than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * What can end a job from outside, and how far it reaches. A cancel before the user's scripts ends the whole job; during
 * them only the script; after them nothing.
 */
export class JobControl {
  readonly #job = new AbortController();
  readonly #script = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #scriptSignal = AbortSignal.any([this.#job.signal, this.#script.signal]);
  #phase: 'before' | 'script' | 'after' = 'before';

  /** @param timeout milliseconds for the whole job. */
  constructor(timeout: number) {
    this.#timer = setTimeout(() => this.#job.abort(timeoutStop(timeout)), Math.min(LONGEST_TIMER_MS, timeout));
  }

  /** Aborts with a `JobStop` when everything is to end. */
  get job(): AbortSignal {
    return this.#job.signal;
  }

  /** Aborts when the user's script is to end: with the job, or alone. */
  get script(): AbortSignal {
    return this.#scriptSignal;
  }

  /** `Job-Status: canceling`. */
  cancel(): void {
    const stop = new JobStop('canceled', 'canceled');
    if (this.#phase === 'before') this.#job.abort(stop);
    else if (this.#phase === 'script') this.#script.abort(stop);
  }

  /** 403 or a final Job-Status. */
  abort(): void {
    this.#job.abort(new JobStop('aborted', 'canceled'));
  }

  /** The runner's process is told to end. */
  interrupt(): void {
    this.#job.abort(new JobStop('interrupted', 'aborted: terminated'));
  }

  /** Runs the user's scripts, with their own time limit in milliseconds. */
  async duringScripts<T>(limit: number | undefined, work: () => Promise<T>): Promise<T> {
    this.#phase = 'script';
    const timer =
      limit === undefined
        ? undefined
        : setTimeout(() => this.#script.abort(timeoutStop(limit)), Math.min(LONGEST_TIMER_MS, limit));
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      this.#phase = 'after';
    }
  }

  /** Ends the timer. */
  close(): void {
    clearTimeout(this.#timer);
  }
}

const timeoutStop = (milliseconds: number): JobStop =>
  new JobStop('timeout', `execution took longer than ${formatGoDuration(milliseconds)} seconds`);

/** Why a signal aborted, as a JobStop. */
export const stopOf = (signal: AbortSignal): JobStop => {
  const reason: unknown = signal.reason;
  return reason instanceof JobStop ? reason : new JobStop('aborted', 'canceled');
};
