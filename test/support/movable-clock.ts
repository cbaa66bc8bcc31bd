import type { Clock } from '../../src/kit/clock.ts';

/** Stands still until a test moves it. */
export class MovableClock implements Clock {
  #now: number;

  constructor(start = '2026-03-04T05:06:07.089Z') {
    this.#now = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#now);
  }

  /** Lets so many seconds pass (a negative number goes back). Answers what time it is then. */
  advance(seconds: number): Date {
    this.#now += seconds * 1000;
    return this.now();
  }
}
