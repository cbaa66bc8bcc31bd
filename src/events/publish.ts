import type { Tx } from '../platform/postgres/index.ts';
import type { Fact } from './facts/index.ts';

/**
 * Writes what follows from facts, in their own transaction. Nothing slow: no git, HTTP or blob, and a few statements
 * however many facts there are (a new pipeline comes with one for each job that starts).
 */
export type Subscriber = (tx: Tx, facts: readonly Fact[]) => Promise<void>;

export type Publish = (tx: Tx, facts: readonly Fact[]) => Promise<void>;

/** All facts to every subscriber, in order. A subscriber that throws undoes the transaction. */
export const publishTo =
  (subscribers: readonly Subscriber[]): Publish =>
  async (tx, facts) => {
    if (facts.length === 0) return;
    for (const subscriber of subscribers) await subscriber(tx, facts);
  };
