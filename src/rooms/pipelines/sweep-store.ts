import { sql } from 'kysely';
import type { JobId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';

/** SQL that looks for jobs that time has passed by. What becomes of them the engine decides. */

/** Rows of one look; a sweep goes on behind the last one until there are no more. */
export const SWEEP_PAGE = 500;

/** Claims that no runner has confirmed: the answer to `jobs/request` was lost with a connection or a server. */
export async function findUnconfirmedJobs(db: Db, claimedBefore: Date, after: number): Promise<readonly JobId[]> {
  const { rows } = await sql<{ readonly id: number }>`
    select id from jobs
    where status = 'running' and confirmed_at is null and contacted_at <= ${claimedBefore} and id > ${after}
    order by id limit ${SWEEP_PAGE}`.execute(db);
  return rows.map((row) => row.id as JobId);
}

/** Delayed jobs whose time has come. */
export async function findDueJobs(db: Db, now: Date, after: number): Promise<readonly JobId[]> {
  const { rows } = await sql<{ readonly id: number }>`
    select id from jobs
    where status = 'scheduled' and scheduled_at <= ${now} and id > ${after}
    order by id limit ${SWEEP_PAGE}`.execute(db);
  return rows.map((row) => row.id as JobId);
}

export interface OverdueLimits {
  readonly now: Date;
  readonly silentSince: Date;
  readonly queuedBefore: Date;
  readonly dueBefore: Date;
  readonly graceSeconds: number;
}

export interface JobContactRow {
  readonly id: JobId;
  /** Last change of the row or last word of its runner. */
  readonly lastUpdateAt: Date;
}

/** Executing jobs that are silent or over their time, pending ones that wait long, delayed ones that nothing starts. */
export async function findOverdueJobs(db: Db, limits: OverdueLimits, after: number): Promise<readonly JobContactRow[]> {
  const { rows } = await sql<{ readonly id: number; readonly last_update_at: Date }>`
    select id, greatest(updated_at, contacted_at) as last_update_at from jobs
    where id > ${after}
      and ((status in ('running', 'canceling')
          and (greatest(updated_at, contacted_at) <= ${limits.silentSince}
            or started_at + make_interval(secs => timeout + ${limits.graceSeconds}) <= ${limits.now}))
        or (status = 'pending' and queued_at <= ${limits.queuedBefore})
        or (status = 'scheduled' and scheduled_at <= ${limits.dueBefore}))
    order by id limit ${SWEEP_PAGE}`.execute(db);
  return rows.map((row) => ({ id: row.id as JobId, lastUpdateAt: row.last_update_at }));
}
