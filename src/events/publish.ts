import type { Tx } from '../platform/postgres/index.ts';
import type { Fact } from './facts.ts';

/** Writes what follows from a fact, in the fact's own transaction. Nothing slow: no git, HTTP or blob. */
export type Subscriber = (tx: Tx, fact: Fact) => Promise<void>;

export type Publish = (tx: Tx, facts: readonly Fact[]) => Promise<void>;

/** Every fact to every subscriber, in order. A subscriber that throws undoes the transaction. */
export const publishTo =
  (subscribers: readonly Subscriber[]): Publish =>
  async (tx, facts) => {
    for (const fact of facts) {
      for (const subscriber of subscribers) await subscriber(tx, fact);
    }
  };
