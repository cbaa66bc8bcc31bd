import { setTimeout as sleep } from 'node:timers/promises';

/** Waits that many milliseconds, or until the signal aborts: then it returns early and does not throw. */
export const delay = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
  if (signal?.aborted === true) return;
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
};

/** Waiting times that double from `first` to `limit` milliseconds; `reset` after a success. */
export class Backoff {
  readonly #first: number;
  readonly #limit: number;
  #next: number;

  constructor(first: number, limit: number) {
    this.#first = first;
    this.#limit = limit;
    this.#next = first;
  }

  next(): number {
    const value = this.#next;
    this.#next = Math.min(this.#limit, value * 2);
    return value;
  }

  reset(): void {
    this.#next = this.#first;
  }
}
