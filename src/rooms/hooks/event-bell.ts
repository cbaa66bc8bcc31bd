/**
 * Rings when facts were taken down, in this process only. Their transaction is still open then: whoever hears it looks a
 * moment later, and behind it stands a poll. No NOTIFY: it would have every commit wait for the one before.
 */
export class EventBell {
  readonly #listeners = new Set<() => void>();

  ring(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Answers what ends it. */
  onRing(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
