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
  await db
    .updateTable('hook_deliveries')
    .set({ state: 'failed', failure: WAITED_TOO_LONG, decided_at: now })
    .where('state', '=', 'pending')
    .where('created_at', '<', since)
    .execute();
  await db.deleteFrom('hook_deliveries').where('state', '<>', 'pending').where('decided_at', '<', since).execute();
  await db.deleteFrom('hook_attempts').where('created_at', '<', since).execute();
};
