const WINDOW_MS = 60_000;
/** Names an attacker may make up; beyond this the oldest are forgotten. */
const MAX_KEYS = 10_000;

/** Slows the guessing of passwords. Each server counts for itself: with several, an attacker gets as many times the tries. */
export class SignInLimiter {
  readonly #windows = new Map<string, { tries: number; readonly endsAt: number }>();

  /** Counts one of `maximum` tries a minute. 0: go on; else the seconds until the next is allowed. */
  take(key: string, maximum: number, now: Date): number {
    const time = now.getTime();
    const open = this.#windows.get(key);
    if (open === undefined || open.endsAt <= time) {
      this.#windows.delete(key);
      this.#windows.set(key, { tries: 1, endsAt: time + WINDOW_MS });
      this.#shrink();
      return 0;
    }
    if (open.tries >= maximum) return Math.ceil((open.endsAt - time) / 1000);
    open.tries += 1;
    return 0;
  }

  /** The right password was given. */
  forget(key: string): void {
    this.#windows.delete(key);
  }

  #shrink(): void {
    for (const key of this.#windows.keys()) {
      if (this.#windows.size <= MAX_KEYS) return;
      this.#windows.delete(key);
    }
  }
}
