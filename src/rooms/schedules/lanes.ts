/** A queue that is worked off a few at a time. What `work` throws is thrown by the next `until`. */
export class Lanes<Item> {
  readonly #count: number;
  readonly #work: (item: Item) => Promise<void>;
  readonly #queue: Item[] = [];
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(count: number, work: (item: Item) => Promise<void>) {
    this.#count = count;
    this.#work = work;
  }

  add(items: readonly Item[]): void {
    for (const item of items) this.#queue.push(item);
    this.#go();
  }

  /** Resolves when no more than so many are waiting or worked on. */
  async until(most: number): Promise<void> {
    while (this.#queue.length + this.#running.size > most) await Promise.race(this.#running);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #go(): void {
    while (this.#running.size < this.#count) {
      const item = this.#queue.shift();
      if (item === undefined) return;
      const run = this.#work(item)
        .catch((error: unknown) => {
          this.#failure ??= { error };
        })
        .finally(() => {
          this.#running.delete(run);
          this.#go();
        });
      this.#running.add(run);
    }
  }
}
