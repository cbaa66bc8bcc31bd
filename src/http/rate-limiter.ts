/** How a caller stands in the present window. */
export interface RateState {
  /** Requests so far, this one included. */
  readonly observed: number;
  readonly limit: number;
  /** Whole seconds until the window ends, at least 1. */
  readonly resetIn: number;
  readonly isOver: boolean;
}

interface Window {
  readonly endsAt: number;
  count: number;
}

/** Callers that are remembered at once; beyond, the oldest windows are forgotten. */
const MAX_KEYS = 50_000;

/**
 * Counts requests in windows that are the same for everybody, as GitLab does: with 60 seconds a window is a minute of the
 * clock. Each server counts for itself.
 */
export class RateLimiter {
  readonly #windows = new Map<string, Window>();

  /** Counts one request of `key`. `limit` a window of `period` seconds; 0 = no limit. */
  hit(key: string, limit: number, period: number, now: Date): RateState {
    const length = period * 1000;
    const time = now.getTime();
    const endsAt = (Math.floor(time / length) + 1) * length;
    const window = this.#windowOf(key, endsAt);
    window.count += 1;
    const resetIn = Math.max(1, Math.ceil((endsAt - time) / 1000));
    return { observed: window.count, limit, resetIn, isOver: limit > 0 && window.count > limit };
  }

  #windowOf(key: string, endsAt: number): Window {
    const open = this.#windows.get(key);
    if (open?.endsAt === endsAt) return open;
    const fresh = { endsAt, count: 0 };
    this.#windows.delete(key);
    this.#windows.set(key, fresh);
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= MAX_KEYS) break;
      this.#windows.delete(oldest);
    }
    return fresh;
  }
}
