import type { Fact, Subscriber } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { currentCause, withoutCause } from '../../platform/request-cause.ts';
import type { EventBell } from './event-bell.ts';
import { findLastSequence } from './event-store.ts';
import { definitionOf } from './events/definition-of.ts';
import type { JsonObject } from './events/event-definition.ts';
import { isToldUnder } from './find-chain.ts';
import { type Cause, insertOutbox } from './outbox-store.ts';

/**
 * Takes facts down in their own transaction: a snapshot of what cannot be read later, and one insert for all of them,
 * whoever may listen. Everything else happens after the commit, for which the bell rings.
 */
export const hooksOnFacts =
  (clock: Clock, bell: EventBell): Subscriber =>
  async (tx, facts) => {
    const entries: { readonly fact: Fact; readonly snapshot: JsonObject | undefined }[] = [];
    const page = { facts };
    for (const fact of facts) {
      const definition = definitionOf(fact);
      if (definition === undefined) continue;
      entries.push({ fact, snapshot: await definition.snapshot(tx, page) });
    }
    if (entries.length === 0) return;
    await insertOutbox(tx, entries, await readCause(tx), clock.now());
    // What hears it works for everybody.
    withoutCause(() => bell.ring());
  };

const readCause = async (tx: Tx): Promise<Cause | undefined> => {
  const cause = currentCause();
  if (cause === undefined || !(await isToldUnder(tx, cause.uuid))) return undefined;
  // Of the first fact: what hooks are told of this request's own doing has no part in what caused it.
  cause.after ??= await findLastSequence(tx);
  return { uuid: cause.uuid, after: cause.after };
};
