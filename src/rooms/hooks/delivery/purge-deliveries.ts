import { type RawBuilder, sql } from 'kysely';
import type { Clock } from '../../../kit/clock.ts';
import type { Db } from '../../../platform/postgres/index.ts';

const DAY = 24 * 60 * 60 * 1000;
/** GitLab's: days that the log is kept; as long does an event wait for a receiver that is down. */
const KEPT = 14 * DAY;
const WAITED_TOO_LONG = 'given up: it waited for 14 days';

/** Gives up what has waited for too long, and forgets what was decided long ago, with its attempts. */
export const purgeDeliveries = async ({ db, clock }: { readonly db: Db; readonly clock: Clock }): Promise<void> => {
  const now = clock.now();
  const since = new Date(now.getTime() - KEPT);
  const isOld = sql<boolean>`state = 'pending' and created_at < ${since}`;
  const isForgotten = sql<boolean>`state <> 'pending' and decided_at < ${since}`;
  await sql`
    with ${takeRows('hook_deliveries', isOld)}
    update hook_deliveries set state = 'failed', failure = ${WAITED_TOO_LONG}, decided_at = ${now}
    from taken where hook_deliveries.id = taken.id`.execute(db);
  await sql`
    with ${takeRows('hook_deliveries', isForgotten)}
    delete from hook_deliveries using taken where hook_deliveries.id = taken.id`.execute(db);
  await sql`
    with ${takeRows('hook_attempts', sql<boolean>`created_at < ${since}`)}
    delete from hook_attempts using taken where hook_attempts.id = taken.id`.execute(db);
};

/**
 * Rows that nobody else is changing, of hooks that nobody is deleting: what is held by others is left for the next time, so
 * that this waits for nobody, and nobody for it in a circle. The hook's row comes first, as in its deletion.
 */
const takeRows = (table: 'hook_deliveries' | 'hook_attempts', condition: RawBuilder<boolean>) => sql`
  held as (
    select id from hooks where id in (select hook_id from ${sql.table(table)} where ${condition})
    order by id for key share skip locked
  ), taken as (
    select old.id from held join ${sql.table(table)} old on old.hook_id = held.id
    where ${condition}
    order by old.id for update of old skip locked
  )`;
