import type { Logger } from './log.ts';

/** A piece of background work that is done again and again. */
export interface Tick {
  readonly name: string;
  /** Milliseconds between the end of one run and the start of the next. */
  readonly every: number;
  readonly run: () => Promise<unknown>;
  /** Milliseconds from the end of a run to the next work that is known, which is not waited for longer; undefined: none. */
  readonly nextIn?: () => Promise<number | undefined>;
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

  start(tick: Tick, after = tick.every): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const run = this.#once(tick).then((next) => {
        this.#running.delete(run);
        if (!this.#stopped) this.start(tick, next);
      });
      this.#running.add(run);
    }, after);
    timer.unref();
    this.#timers.add(timer);
  }

  /** No new runs; resolves when the present ones have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  /** Answers after how many milliseconds it is its turn again. */
  async #once(tick: Tick): Promise<number> {
    try {
      await tick.run();
      return Math.min(tick.every, Math.max(0, (await tick.nextIn?.()) ?? tick.every));
    } catch (error) {
      if (!this.#stopped) this.#log.error({ err: error, tick: tick.name }, 'background work failed');
      return tick.every;
    }
  }
}
