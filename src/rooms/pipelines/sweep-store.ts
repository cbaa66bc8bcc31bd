import { sql } from 'kysely';
import type { JobId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';

/** SQL that looks for jobs that time has passed by. What becomes of them the engine decides. */

const MAX_FOUND = 500;

/** Claims that no runner has confirmed: the answer to `jobs/request` was lost with a connection or a server. */
export async function findUnconfirmedJobs(db: Db, claimedBefore: Date): Promise<readonly JobId[]> {
  const { rows } = await sql<{ readonly id: number }>`
    select id from jobs
    where status = 'running' and confirmed_at is null and contacted_at <= ${claimedBefore} limit ${MAX_FOUND}`.execute(
    db,
  );
  return rows.map((row) => row.id as JobId);
}

export interface JobContactRow {
  readonly id: JobId;
  readonly lastUpdateAt: Date;
}

/** Executing jobs that are silent or over their time, and pending ones that wait long: candidates for a timeout. */
export async function findOverdueJobs(
  db: Db,
  limits: {
    readonly now: Date;
    readonly silentSince: Date;
    readonly queuedBefore: Date;
    readonly graceSeconds: number;
  },
): Promise<readonly JobContactRow[]> {
  const { rows } = await sql<{ readonly id: number; readonly last_update_at: Date }>`
    select id, greatest(updated_at, contacted_at) as last_update_at from jobs
    where (status in ('running', 'canceling')
        and (greatest(updated_at, contacted_at) <= ${limits.silentSince}
          or started_at + make_interval(secs => timeout + ${limits.graceSeconds}) <= ${limits.now}))
      or (status = 'pending' and queued_at <= ${limits.queuedBefore})
      or (status = 'scheduled' and scheduled_at <= ${limits.now})
    order by id limit ${MAX_FOUND}`.execute(db);
  return rows.map((row) => ({ id: row.id as JobId, lastUpdateAt: row.last_update_at }));
}
