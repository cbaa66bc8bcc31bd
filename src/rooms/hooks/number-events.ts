import type { Pool } from 'pg';
import type { Logger } from '../../platform/log.ts';
import { type Db, withAdvisoryLock } from '../../platform/postgres/index.ts';
import { insertDeliveries, type NewDelivery } from './delivery-store.ts';
import { insertEvents, type NewEvent, type NumberedEvent } from './event-store.ts';
import { type BoundDefinition, definitionOf } from './events/definition-of.ts';
import type { PayloadDeps } from './events/event-definition.ts';
import { type Chain, findChain, refusalOf } from './find-chain.ts';
import { hears, hearsOf } from './hears.ts';
import { findListeners, holdHooks, type Listener, type Listeners } from './listener-store.ts';
import { type Cause, countAttempt, deleteOutbox, hasOutbox, listOutbox, type OutboxEntry } from './outbox-store.ts';
import { type RefusedDelivery, refuseDeliveries } from './refuse-deliveries.ts';

export interface NumberEventsDeps extends Omit<PayloadDeps, 'page'> {
  readonly pool: Pool;
  readonly log: Logger;
}

/** Facts that become events in one transaction, and characters of payloads after which no further one is taken. */
const PAGE = 100;
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** After so many failures an event goes into the feed without a payload, so that the others get on. */
const MOST_ATTEMPTS = 5;

/**
 * Turns committed facts into numbered events and what hooks are to hear of them. One server at a time; a crash leaves the
 * fact in the outbox or the event with all its deliveries. Answers how many facts were taken.
 */
export const numberEvents = async (deps: NumberEventsDeps): Promise<number> => {
  if (!(await hasOutbox(deps.db))) return 0;
  const outcome = await withAdvisoryLock(deps.pool, 'penstock events', async (signal) => {
    let count = 0;
    for (let goesOn = true; goesOn && !signal.aborted; ) {
      const page = await numberPage(deps);
      count += page.count;
      goesOn = page.goesOn;
    }
    return count;
  });
  return outcome.kind === 'done' ? outcome.value : 0;
};

interface PageOutcome {
  readonly count: number;
  /** There may be more that can be taken at once. */
  readonly goesOn: boolean;
}

const numberPage = async (deps: NumberEventsDeps, most = PAGE): Promise<PageOutcome> => {
  const entries = await listOutbox(deps.db, most);
  if (entries.length === 0) return { count: 0, goesOn: false };
  const bound = entries.map((entry) => ({ entry, definition: definitionOf(entry.fact) }));
  const places = bound.flatMap(({ definition }) => (definition === undefined ? [] : [definition.place]));
  const listeners = await findListeners(deps.db, places);
  const paged = { ...deps, page: { facts: entries.map(({ fact }) => fact) } };
  const done: OutboxEntry[] = [];
  const events: NewEvent[] = [];
  let characters = 0;
  for (const { entry, definition } of bound) {
    if (characters > MOST_CHARACTERS) break;
    const built = definition === undefined ? [] : await tryBuild(paged, entry, definition, listeners);
    // Those behind it wait, so that they keep their order.
    if (built === undefined) break;
    events.push(...built);
    done.push(entry);
    characters += built.reduce((sum, { payload }) => sum + charactersOf(payload), 0);
  }
  try {
    await write(deps, done, events, listeners);
  } catch (error) {
    return goAround(deps, done, error);
  }
  return { count: done.length, goesOn: done.length === most || characters > MOST_CHARACTERS };
};

/** Finds the one that the database does not take, by halves: what stands before it is written, the attempt is counted. */
const goAround = async (
  deps: NumberEventsDeps,
  entries: readonly OutboxEntry[],
  error: unknown,
): Promise<PageOutcome> => {
  const [entry] = entries;
  if (entry === undefined || !isAboutTheData(error)) throw error;
  if (entries.length > 1) return numberPage(deps, Math.ceil(entries.length / 2));
  deps.log.error({ err: error, fact: entry.fact, attempts: entry.attempts }, 'an event could not be written');
  await countAttempt(deps.db, entry.id);
  return { count: 0, goesOn: false };
};

/** SQLSTATE classes of what the database refuses for what it is: data, constraints, limits of the program. */
const ABOUT_THE_DATA: ReadonlySet<string> = new Set(['21', '22', '23', '54']);

/** Not of a connection that was lost, a server that stops, a deadlock: these pass. */
const isAboutTheData = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.length === 5 &&
  ABOUT_THE_DATA.has(error.code.slice(0, 2));

const charactersOf = (payload: NewEvent['payload']): number => (payload === null ? 0 : JSON.stringify(payload).length);

/** Undefined: not now. */
const tryBuild = async (
  deps: NumberEventsDeps & PayloadDeps,
  entry: OutboxEntry,
  definition: BoundDefinition,
  listeners: Listeners,
): Promise<readonly NewEvent[] | undefined> => {
  const { place, triggers, eventName } = definition;
  const { fact, cause, occurredAt } = entry;
  const unheard: NewEvent = { place, fact, cause, occurredAt, eventName, trigger: triggers[0] ?? null, payload: null };
  const wanted = new Set(
    triggers.filter((trigger) => listeners.all.some((listener) => hears(listener, place, trigger, listeners))),
  );
  if (wanted.size === 0 || entry.attempts >= MOST_ATTEMPTS) return [unheard];
  try {
    const built = await definition.build(deps, entry.snapshot, { occurredAt, wanted });
    const heard = built.map((event) => ({ ...event, place, fact, cause, occurredAt }));
    return wanted.has(triggers[0] ?? null) ? heard : [unheard, ...heard];
  } catch (error) {
    deps.log.error({ err: error, fact, attempts: entry.attempts }, 'the payload of an event could not be built');
    await countAttempt(deps.db, entry.id);
    return entry.attempts + 1 < MOST_ATTEMPTS ? undefined : [unheard];
  }
};

const write = async (
  deps: NumberEventsDeps,
  done: readonly OutboxEntry[],
  events: readonly NewEvent[],
  listeners: Listeners,
): Promise<void> => {
  const now = deps.clock.now();
  const chainOf = await findChains(deps.db, done, now);
  await deps.db.transaction().execute(async (tx) => {
    // Another server that took over the lock may have done it: then all of this is undone.
    await deleteOutbox(
      tx,
      done.map(({ id }) => id),
    );
    const numbered = await insertEvents(tx, events, now);
    const kept = await holdHooks(
      tx,
      numbered.flatMap((event) => hearersOf(event, listeners).map(({ hookId }) => hookId)),
    );
    const sent: NewDelivery[] = [];
    const refused: RefusedDelivery[] = [];
    for (const event of numbered) {
      const chain = chainOf(event.cause);
      for (const listener of hearersOf(event, listeners)) {
        if (!kept.has(listener.hookId)) continue;
        const delivery = deliveryOf(event, listener);
        const refusal = refusalOf(chain, listener);
        if (refusal === undefined || delivery.eventUuid === undefined) sent.push(delivery);
        else refused.push({ ...delivery, eventUuid: delivery.eventUuid, refusal });
      }
    }
    await insertDeliveries(tx, sent, now);
    await refuseDeliveries(tx, deps, refused, now);
  });
};

const hearersOf = (event: NumberedEvent, listeners: Listeners): readonly Listener[] =>
  event.payload === null ? [] : listeners.all.filter((listener) => hearsOf(listener, event.place, event, listeners));

const deliveryOf = (
  { payload, place, trigger, sequence, cause }: NumberedEvent,
  { hookId }: Listener,
): NewDelivery => ({
  hookId,
  eventSequence: sequence,
  trigger,
  subject: place.subject,
  payload: payload ?? {},
  eventUuid: cause?.uuid,
});

/** Facts of one request have one chain. */
const findChains = async (db: Db, entries: readonly OutboxEntry[], now: Date) => {
  const nobody: Chain = new Map();
  const chains = new Map<string, Chain>();
  const keyOf = ({ uuid, after }: Cause): string => `${uuid} ${after}`;
  for (const { cause } of entries) {
    if (cause === undefined || chains.has(keyOf(cause))) continue;
    chains.set(keyOf(cause), await findChain(db, cause, now));
  }
  return (cause: Cause | undefined): Chain => (cause === undefined ? nobody : (chains.get(keyOf(cause)) ?? nobody));
};
