/** A held poll that waits for work. */
interface Waiter {
  /** The last ring before it looked at the queue; later ones are news to it. */
  readonly since: number;
  readonly wake: (ring: number) => void;
}

/**
 * Wakes held polls when jobs become pending (NOTIFY). As many as there are jobs; one that finds nothing it may take
 * passes the ring on, so that a job with rare tags finds its runner without everybody asking the database.
 * State of this process only: another server has its own bell on the same NOTIFY, and behind it each poll looks again
 * from time to time.
 */
export class JobBell {
  #rings = 0;
  readonly #waiters = new Set<Waiter>();

  /** How many polls are held at this moment. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Notes the present; take it before looking at the queue, and wait with it after finding nothing. */
  listen(): number {
    return this.#rings;
  }

  /** `count` jobs became pending (undefined: nobody knows, something may have been missed: all wake up). */
  ring(count: number | undefined): void {
    this.#rings += 1;
    const all = [...this.#waiters];
    for (const waiter of count === undefined ? all : all.slice(0, count)) waiter.wake(this.#rings);
  }

  /** A woken poll found nothing for itself: the next one that has not seen this ring may look. */
  pass(ring: number): void {
    for (const waiter of this.#waiters) {
      if (waiter.since >= ring) continue;
      waiter.wake(ring);
      return;
    }
  }

  /**
   * Waits for a ring that came after `since`, at most `milliseconds`. Answers the ring's number, or undefined when the
   * time is over or the signal fired.
   */
  wait(since: number, milliseconds: number, signal: AbortSignal): Promise<number | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    if (this.#rings > since) return Promise.resolve(this.#rings);
    return new Promise((resolve) => {
      const end = (ring: number | undefined): void => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        resolve(ring);
      };
      const onAbort = (): void => end(undefined);
      const waiter: Waiter = { since, wake: end };
      const timer = setTimeout(onAbort, milliseconds);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }
}
