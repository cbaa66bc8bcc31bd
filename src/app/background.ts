import type { Logger } from '../platform/log.ts';

/** Work that a request starts and does not wait for. Errors are logged; the server's end waits for what is under way. */
export class Background {
  readonly #log: Logger;
  readonly #running = new Set<Promise<void>>();

  constructor(log: Logger) {
    this.#log = log;
  }

  readonly start = (work: () => Promise<void>): void => {
    const run = work()
      .catch((error: unknown) => this.#log.error({ err: error }, 'work after a request failed'))
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  };

  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
