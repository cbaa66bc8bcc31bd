import type { Fact } from '../../events/index.ts';
import { slicesOf } from '../../kit/slices-of.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { JsonObject } from './events/event-definition.ts';
import { MOST_IN_A_STATEMENT } from './most-in-a-statement.ts';

/** SQL of the facts that are not numbered events yet. */

/** What the request behind a fact was made because of: a hook was told under this UUID. */
export interface Cause {
  readonly uuid: string;
  /** The last event that anybody can have been told of when the request began. */
  readonly after: number;
}

/** A fact that waits to become an event. */
export interface OutboxEntry {
  readonly id: number;
  readonly fact: Fact;
  readonly snapshot: JsonObject | undefined;
  readonly cause: Cause | undefined;
  readonly occurredAt: Date;
  /** How often its payload could not be built, or it could not be written. */
  readonly attempts: number;
}

export const insertOutbox = async (
  tx: Tx,
  entries: readonly Pick<OutboxEntry, 'fact' | 'snapshot'>[],
  cause: Cause | undefined,
  now: Date,
): Promise<void> => {
  if (entries.length === 0) return;
  for (const slice of slicesOf(entries, MOST_IN_A_STATEMENT.size)) {
    await tx
      .insertInto('outbox')
      .values(
        slice.map(({ fact, snapshot }) => ({
          fact: JSON.stringify(fact),
          snapshot: snapshot === undefined ? null : JSON.stringify(snapshot),
          cause: cause?.uuid ?? null,
          caused_after: cause?.after ?? null,
          occurred_at: now,
        })),
      )
      .execute();
  }
};

/** Whether there is any committed one. */
export const hasOutbox = async (db: Db): Promise<boolean> =>
  (await db.selectFrom('outbox').select('id').limit(1).executeTakeFirst()) !== undefined;

/** Committed ones, the oldest first. */
export const listOutbox = async (db: Db, limit: number): Promise<readonly OutboxEntry[]> => {
  const rows = await db.selectFrom('outbox').selectAll().orderBy('id').limit(limit).execute();
  return rows.map((row) => ({
    id: row.id,
    fact: row.fact as Fact,
    snapshot: (row.snapshot ?? undefined) as JsonObject | undefined,
    cause: row.cause === null || row.caused_after === null ? undefined : { uuid: row.cause, after: row.caused_after },
    occurredAt: row.occurred_at,
    attempts: row.attempts,
  }));
};

/** Throws when one of them is gone: somebody else has made it an event. */
export const deleteOutbox = async (tx: Tx, ids: readonly number[]): Promise<void> => {
  if (ids.length === 0) return;
  const { numDeletedRows } = await tx
    .deleteFrom('outbox')
    .where('id', 'in', [...ids])
    .executeTakeFirstOrThrow();
  if (Number(numDeletedRows) !== ids.length) throw new Error('another server has numbered these events');
};

export const countAttempt = async (db: Db, id: number): Promise<void> => {
  await db
    .updateTable('outbox')
    .set((set) => ({ attempts: set('attempts', '+', 1) }))
    .where('id', '=', id)
    .execute();
};
