import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { JobId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import { COMPLETED } from '../../wire/statuses.ts';
import type { Trace, TraceChunk } from './trace.ts';

/** SQL of `job_traces` and `trace_chunks`. */

type TraceRow = Selectable<DB['job_traces']>;

const toTrace = (row: TraceRow): Trace => ({
  jobId: row.job_id as JobId,
  size: row.size,
  blobKey: row.blob_key,
  checksum: row.checksum,
  reportedSize: row.reported_size,
});

export async function findTrace(db: Db | Tx, jobId: JobId): Promise<Trace | undefined> {
  const row = await db.selectFrom('job_traces').selectAll().where('job_id', '=', jobId).executeTakeFirst();
  return row === undefined ? undefined : toTrace(row);
}

/** Archived logs of these jobs with their sizes in bytes. */
export async function findArchivedSizes(db: Db, ids: readonly JobId[]): Promise<ReadonlyMap<JobId, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('job_traces')
    .select(['job_id', 'size'])
    .where('job_id', 'in', [...ids])
    .where('blob_key', 'is not', null)
    .execute();
  return new Map(rows.map((row) => [row.job_id as JobId, row.size]));
}

export interface TraceState {
  /** Bytes. */
  readonly size: number;
  readonly watchedAt: Date | null;
}

/**
 * Makes room for `length` bytes at `start`, only if the log ends exactly there (compare-and-set on its size). Undefined:
 * it does not, and nothing was written.
 */
export async function growTrace(
  tx: Tx,
  jobId: JobId,
  start: number,
  length: number,
  now: Date,
): Promise<TraceState | undefined> {
  const { rows } = await sql<{ readonly size: number; readonly watched_at: Date | null }>`
    insert into job_traces (job_id, size, updated_at)
    select ${jobId}::bigint, ${length}::bigint, ${now}::timestamptz
    where ${start}::bigint = 0 or exists (select 1 from job_traces where job_id = ${jobId})
    on conflict (job_id) do update set size = job_traces.size + ${length}::bigint, updated_at = excluded.updated_at
      where job_traces.size = ${start}::bigint and job_traces.blob_key is null
    returning size, watched_at`.execute(tx);
  const row = rows[0];
  return row === undefined ? undefined : { size: row.size, watchedAt: row.watched_at };
}

export async function findTraceState(tx: Tx, jobId: JobId): Promise<TraceState> {
  const row = await tx
    .selectFrom('job_traces')
    .select(['size', 'watched_at'])
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  return { size: row?.size ?? 0, watchedAt: row?.watched_at ?? null };
}

export async function insertChunk(tx: Tx, jobId: JobId, start: number, data: Uint8Array): Promise<void> {
  await tx
    .insertInto('trace_chunks')
    .values({ job_id: jobId, start_offset: start, data: Buffer.from(data) })
    .execute();
}

/** The chunk that holds the byte at `from` and those that begin within the next `window` bytes, in order. */
export async function findChunks(db: Db, jobId: JobId, from: number, window: number): Promise<readonly TraceChunk[]> {
  const { rows } = await sql<{ readonly start_offset: number; readonly data: Buffer }>`
    select start_offset, data from trace_chunks
    where job_id = ${jobId} and start_offset < ${from + window} and start_offset >= coalesce(
      (select max(start_offset) from trace_chunks where job_id = ${jobId} and start_offset <= ${from}), ${from})
    order by start_offset`.execute(db);
  return rows.map((row) => ({ start: row.start_offset, data: row.data }));
}

export interface ReportedLog {
  /** `crc32:` and 8 hex digits over all bytes. */
  readonly checksum: string | null;
  /** Bytes. */
  readonly size: number | null;
  readonly now: Date;
}

/** What the runner says of the whole log in a PUT. It is compared when the log is archived. */
export async function recordChecksum(db: Db | Tx, jobId: JobId, reported: ReportedLog): Promise<void> {
  const { checksum, size, now } = reported;
  if (checksum === null && size === null) return;
  await sql`
    insert into job_traces (job_id, checksum, reported_size, updated_at)
    values (${jobId}, ${checksum?.slice(0, 80) ?? null}, ${size}, ${now})
    on conflict (job_id) do update set checksum = excluded.checksum, reported_size = excluded.reported_size,
      updated_at = excluded.updated_at`.execute(db);
}

/** Somebody is reading the log of a running job. Written at most once in the time between `before` and `now`. */
export async function recordWatcher(db: Db, jobId: JobId, now: Date, before: Date): Promise<void> {
  await sql`
    insert into job_traces (job_id, watched_at, updated_at) values (${jobId}, ${now}, ${now})
    on conflict (job_id) do update set watched_at = excluded.watched_at
      where job_traces.watched_at is null or job_traces.watched_at < ${before}`.execute(db);
}

/** Logs in chunks whose jobs have ended: nothing is added to them any more. */
export async function findArchivable(db: Db, limit: number): Promise<readonly JobId[]> {
  const { rows } = await sql<{ readonly job_id: number }>`
    select job_traces.job_id from job_traces join jobs on jobs.id = job_traces.job_id
    where job_traces.blob_key is null and job_traces.size > 0
      and jobs.status = any(${[...COMPLETED]}::text[])
    order by job_traces.job_id limit ${limit}`.execute(db);
  return rows.map((row) => row.job_id as JobId);
}

/** Puts the blob in the chunks' place. False: somebody else did, or the log was erased. */
export async function replaceChunks(tx: Tx, trace: Trace, blobKey: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('job_traces')
    .set({ blob_key: blobKey })
    .where('job_id', '=', trace.jobId)
    .where('blob_key', 'is', null)
    .where('size', '=', trace.size)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await tx.deleteFrom('trace_chunks').where('job_id', '=', trace.jobId).execute();
  return true;
}

/** Deletes a log. Answers its blob, if it had one, for removal after the commit. */
export async function deleteTrace(tx: Tx, jobId: JobId): Promise<readonly string[]> {
  await tx.deleteFrom('trace_chunks').where('job_id', '=', jobId).execute();
  const row = await tx.deleteFrom('job_traces').where('job_id', '=', jobId).returning('blob_key').executeTakeFirst();
  const key = row?.blob_key ?? null;
  return key === null ? [] : [key];
}
