import { sql } from 'kysely';
import type { JobId, UserId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { advanceJob } from './advance.ts';
import type { ProcessDeps } from './process-deps.ts';

/** What GitLab calls cancelable; a job that waits for a hand (`manual`) keeps waiting, for somebody else's. */
const ALIVE = sql.raw(
  `('created', 'waiting_for_resource', 'preparing', 'waiting_for_callback', 'pending', 'scheduled', 'running', 'canceling')`,
);
const BATCH = 500;
/** A job with `retry: always` comes back as a new attempt, which fails too, as often as it may. */
const MAX_ROUNDS = 10;

/** Later jobs first: those that would be skipped when an earlier one fails are to fail themselves, as in GitLab. */
async function findJobsOfUser(db: Db, userId: UserId): Promise<readonly JobId[]> {
  const { rows } = await sql<{ readonly id: number }>`
    select id from jobs where user_id = ${userId} and status in ${ALIVE} and not retried
    union
    select jobs.id from pipelines join jobs on jobs.pipeline_id = pipelines.id
    where pipelines.user_id = ${userId} and jobs.status in ${ALIVE} and not jobs.retried
    order by id desc limit ${BATCH}`.execute(db);
  return rows.map((row) => row.id as JobId);
}

/** Fails everything that goes on in the name of a blocked user with `user_blocked`; running scripts are stopped. */
export async function dropJobsOfUser(deps: ProcessDeps, userId: UserId): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const ids = await findJobsOfUser(deps.db, userId);
    if (ids.length === 0) return;
    for (const id of ids) await advanceJob(deps, id, { type: 'drop', reason: 'user_blocked', exitCode: null });
  }
}

/** The same for whom a server that died between the block and its consequences has left out. */
export async function sweepJobsOfBlockedUsers(deps: ProcessDeps): Promise<void> {
  const { rows } = await sql<{ readonly id: number }>`
    select distinct users.id from jobs join users on users.id = jobs.user_id
    where users.state = 'blocked' and jobs.status in ('running', 'canceling', 'pending')`.execute(deps.db);
  for (const row of rows) await dropJobsOfUser(deps, row.id as UserId);
}
