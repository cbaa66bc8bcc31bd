import type { JobRequestOutcome } from './api/coordinator.ts';
import { Backoff } from './delay.ts';

/** All in milliseconds. */
export interface PollTiming {
  /** Pause after an answer without a job from a server that does not hold requests. */
  readonly checkInterval: number;
  /** Pause after three 403 in a row. */
  readonly unhealthyPause: number;
  /** Without an answer for so long, the runner ends (its jobs are finished first): nobody is left to work for. */
  readonly abandonAfter: number;
  /** Time to report stopped jobs before the process ends all the same. */
  readonly shutdown: number;
}

export const POLL_TIMING: PollTiming = {
  checkInterval: 1000,
  unhealthyPause: 3_600_000,
  abandonAfter: Number.POSITIVE_INFINITY,
  shutdown: 30_000,
};
const UNHEALTHY_REQUESTS = 3;
/** An answer that comes sooner was not held. */
const QUICK_MS = 500;
/** So many quick answers with news in a row are followed up at once. */
const QUICK_ANSWERS = 10;

/** How long to wait before the next poll. */
export class PollRhythm {
  readonly #timing: PollTiming;
  readonly #outage = new Backoff(100, 1000);
  #forbidden = 0;
  #quickAnswers = 0;

  constructor(timing: PollTiming) {
    this.#timing = timing;
  }

  /** @param took milliseconds until the answer. @param isNews the answer moved the cursor. */
  pauseAfter(outcome: JobRequestOutcome, took: number, isNews: boolean): number {
    if (outcome.kind === 'unreachable') return this.#outage.next();
    this.#outage.reset();
    this.#forbidden = outcome.kind === 'forbidden' ? this.#forbidden + 1 : 0;
    if (this.#forbidden >= UNHEALTHY_REQUESTS) {
      this.#forbidden = 0;
      return this.#timing.unhealthyPause;
    }
    if (outcome.kind === 'job') {
      this.#quickAnswers = 0;
      return 0;
    }
    if (outcome.kind === 'refused' && outcome.wait !== undefined) return outcome.wait;
    if (outcome.kind !== 'none') return this.#timing.checkInterval;
    if (took >= QUICK_MS) {
      this.#quickAnswers = 0;
      return 0;
    }
    this.#quickAnswers += 1;
    // The first answers only bring the cursor. A queue that moves without anything for us must not be polled in a storm.
    return isNews && this.#quickAnswers <= QUICK_ANSWERS ? 0 : this.#timing.checkInterval;
  }
}
