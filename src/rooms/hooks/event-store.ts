import { randomUUID } from 'node:crypto';
import type { Fact } from '../../events/index.ts';
import { weighedSlices } from '../../kit/weighed-slices.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { BuiltEvent, EventPlace, JsonObject } from './events/event-definition.ts';
import { MOST_IN_A_STATEMENT } from './most-in-a-statement.ts';
import type { Cause } from './outbox-store.ts';

/** SQL of the numbered events. */

export interface NewEvent extends Omit<BuiltEvent, 'payload'> {
  readonly place: EventPlace;
  readonly fact: Fact;
  /** Null: nobody listens. */
  readonly payload: JsonObject | null;
  readonly cause: Cause | undefined;
  readonly occurredAt: Date;
}

export interface NumberedEvent extends NewEvent {
  readonly sequence: number;
  readonly id: string;
}

/** The last number that is given and committed. */
export const findLastSequence = async (db: Db | Tx): Promise<number> => {
  const row = await db.selectFrom('event_counter').select('last_sequence').executeTakeFirstOrThrow();
  return row.last_sequence;
};

/**
 * Numbers them in this order. The counter's row is held until the commit, so numbers appear in the order of commits: who
 * has read up to one has missed none below it.
 */
export const insertEvents = async (
  tx: Tx,
  events: readonly NewEvent[],
  now: Date,
): Promise<readonly NumberedEvent[]> => {
  if (events.length === 0) return [];
  const { last_sequence: last } = await tx
    .updateTable('event_counter')
    .set((set) => ({ last_sequence: set('last_sequence', '+', events.length) }))
    .returning('last_sequence')
    .executeTakeFirstOrThrow();
  const first = last - events.length + 1;
  const numbered = events.map((event, index) => ({ ...event, sequence: first + index, id: randomUUID() }));
  const rows = numbered.map((event) => ({
    sequence: event.sequence,
    id: event.id,
    event_name: event.eventName,
    trigger: event.trigger,
    subject: event.place.subject,
    project_id: event.place.projectId ?? null,
    group_id: event.place.groupId ?? null,
    fact: JSON.stringify(event.fact),
    payload: event.payload === null ? null : JSON.stringify(event.payload),
    branch: event.branch ?? null,
    cause: event.cause?.uuid ?? null,
    occurred_at: event.occurredAt,
    created_at: now,
  }));
  for (const slice of weighedSlices(rows, MOST_IN_A_STATEMENT, ({ payload }) => payload?.length ?? 0)) {
    await tx.insertInto('events').values(slice).execute();
  }
  return numbered;
};
