import type { Logger } from './log.ts';

/** A piece of background work that is done again and again. */
export interface Tick {
  readonly name: string;
  /** Milliseconds between the end of one run and the start of the next. */
  readonly every: number;
  readonly run: () => Promise<unknown>;
}

/**
 * Runs each tick in its own rhythm, never twice at the same time in this process; a run that fails is logged and
 * tried again at its next turn. One bad tick does not delay another.
 */
export class Ticker {
  readonly #log: Logger;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  start(tick: Tick): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const run = this.#once(tick).finally(() => {
        this.#running.delete(run);
        if (!this.#stopped) this.start(tick);
      });
      this.#running.add(run);
    }, tick.every);
    timer.unref();
    this.#timers.add(timer);
  }

  /** No new runs; resolves when the present ones have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  async #once(tick: Tick): Promise<void> {
    try {
      await tick.run();
    } catch (error) {
      if (!this.#stopped) this.#log.error({ err: error, tick: tick.name }, 'background work failed');
    }
  }
}
