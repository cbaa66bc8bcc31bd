import { sql } from 'kysely';
import type { JobId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { Status } from '../../wire/statuses.ts';
import type { Job } from './job.ts';

/**
 * SQL of `jobs` for the calls of a job's runner, and for what is kept of the job afterwards. Never touches the status.
 * Each takes the job's row, so it comes first in its transaction: the order of locks is job, log, artifacts.
 */

export interface JobCredential {
  readonly id: JobId;
  readonly tokenDigest: Buffer;
  readonly projectDeleted: boolean;
}

/** Undefined: no such job, or nobody has its token (yet, or any more). */
export async function findJobCredential(db: Db, id: number): Promise<JobCredential | undefined> {
  const { rows } = await sql<{ readonly token_digest: Buffer; readonly project_deleted: boolean }>`
    select jobs.token_digest, projects.deleted_at is not null as project_deleted
    from jobs join projects on projects.id = jobs.project_id
    where jobs.id = ${id} and jobs.token_digest is not null`.execute(db);
  const row = rows[0];
  return row === undefined
    ? undefined
    : { id: id as JobId, tokenDigest: row.token_digest, projectDeleted: row.project_deleted };
}

/** This job in the hands of this runner still: a claim that was taken back has another `started_at`. */
const inTheseHands = (job: Pick<Job, 'id' | 'startedAt'>) => sql`
  id = ${job.id} and started_at = ${job.startedAt}::timestamptz and status in ('running', 'canceling')
  and erased_at is null`;

/**
 * A word from the job's runner: it is alive, and it has taken the job. Answers the present status, or undefined when the
 * job is not this runner's any more. Until the transaction ends, the job cannot change.
 */
export async function touchRunnerJob(
  tx: Tx,
  job: Pick<Job, 'id' | 'startedAt'>,
  now: Date,
  options: { readonly debugTrace: boolean } = { debugTrace: false },
): Promise<Status | undefined> {
  const { rows } = await sql<{ readonly status: Status }>`
    update jobs set contacted_at = ${now}, confirmed_at = coalesce(confirmed_at, ${now}),
      debug_trace = debug_trace or ${options.debugTrace}
    where ${inTheseHands(job)} returning status`.execute(tx);
  return rows[0]?.status;
}

/** Holds the job as it is until the transaction ends. False: it is not this runner's any more. */
export async function lockRunnerJob(tx: Tx, job: Pick<Job, 'id' | 'startedAt'>): Promise<boolean> {
  const { rows } = await sql`select 1 from jobs where ${inTheseHands(job)} for no key update`.execute(tx);
  return rows.length > 0;
}

/** Holds any job as it is until the transaction ends. Undefined: it is gone. */
export async function lockJob(tx: Tx, id: JobId): Promise<{ readonly status: Status } | undefined> {
  const { rows } = await sql<{ readonly status: Status }>`
    select status from jobs where id = ${id} for no key update`.execute(tx);
  return rows[0];
}

/** When the artifacts of these jobs expire; null = never. */
export async function updateArtifactsExpireAt(tx: Tx, ids: readonly JobId[], expireAt: Date | null): Promise<void> {
  await sql`
    update jobs set artifacts_expire_at = ${expireAt}::timestamptz
    where id = any(${[...ids]}::bigint[])`.execute(tx);
}

/** Log and artifacts were erased. */
export async function updateErasedAt(tx: Tx, id: JobId, now: Date): Promise<void> {
  await sql`
    update jobs set erased_at = ${now}, artifacts_expire_at = null, updated_at = ${now} where id = ${id}`.execute(tx);
}
