import { sql } from 'kysely';
import type { Clock } from '../../kit/clock.ts';
import type { Db } from '../../platform/postgres/index.ts';

const DAY = 24 * 60 * 60 * 1000;
/** How long an event stays in the feed. */
const KEPT = 30 * DAY;
/** Rows of one statement. */
const MOST_ROWS = 5000;

/**
 * Forgets the events of more than 30 days ago, from the first on and without gaps, so that the lowest number that is kept tells
 * what is not. Stops before one that a hook has still to hear of.
 */
export const purgeEvents = async ({ db, clock }: { readonly db: Db; readonly clock: Clock }): Promise<void> => {
  const since = new Date(clock.now().getTime() - KEPT);
  const end = await findFirstKept(db, since);
  for (let deleted = MOST_ROWS; deleted === MOST_ROWS; ) {
    const { numAffectedRows } = await sql`
      delete from events where sequence in (
        select sequence from events where sequence < ${end} order by sequence limit ${MOST_ROWS})`.execute(db);
    deleted = Number(numAffectedRows ?? 0);
  }
};

const findFirstKept = async (db: Db, since: Date): Promise<number> => {
  const { rows } = await sql<{ readonly first: number }>`
    select least(
      (select sequence from events where created_at >= ${since} order by created_at, sequence limit 1),
      (select min(event_sequence) from hook_deliveries where state = 'pending'),
      (select last_sequence + 1 from event_counter)
    ) as first`.execute(db);
  return rows[0]?.first ?? 0;
};
