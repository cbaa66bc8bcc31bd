import { sql } from 'kysely';
import type { Clock } from '../../kit/clock.ts';
import type { Db, Tx } from '../postgres/index.ts';
import type { BlobStore } from './blob-store.ts';
import { newBlobKey } from './blob-store.ts';

/**
 * The ledger of blobs that no row points to (`orphaned_blobs`), so that neither a crash in the middle of an upload nor
 * one between a deleted row and its file leaves a file that nobody knows of.
 */

export interface BlobDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly blobs: BlobStore;
}

/** A key whose blob will be removed unless a row is made for it in time. */
export interface ReservedBlob {
  readonly key: string;
  readonly removeAt: Date;
}

/** Milliseconds that a writer has from the reservation to its row; the official runner gives up an upload after 1 h. */
const ABANDONED_AFTER = 6 * 3600_000;
/** Milliseconds before a removal that failed is tried again. */
const RETRY_AFTER = 10 * 60_000;
/** Milliseconds after which a half-written file has no writer any more. */
const UNFINISHED_AFTER = 24 * 3600_000;
const BATCH = 200;

/** Before writing a blob. */
export async function reserveBlob({ db, clock }: Pick<BlobDeps, 'db' | 'clock'>): Promise<ReservedBlob> {
  const reserved = { key: newBlobKey(), removeAt: new Date(clock.now().getTime() + ABANDONED_AFTER) };
  await db.insertInto('orphaned_blobs').values({ blob_key: reserved.key, remove_at: reserved.removeAt }).execute();
  return reserved;
}

/** In the transaction that makes the row which points to the blob. Throws when the writer took too long. */
export async function claimBlob(tx: Tx, reserved: ReservedBlob): Promise<void> {
  const { numDeletedRows } = await tx
    .deleteFrom('orphaned_blobs')
    .where('blob_key', '=', reserved.key)
    .where('remove_at', '=', reserved.removeAt)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new Error(`blob ${reserved.key} was given up before its row was made`);
}

/** Due since ever: the next sweep takes it. */
const AT_ONCE = new Date(0);

/** In the transaction that deletes the rows which pointed to these blobs. Their files go after the commit. */
export async function orphanBlobs(tx: Tx, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    insert into orphaned_blobs (blob_key, remove_at)
    select key, ${AT_ONCE}::timestamptz from unnest(${[...keys]}::text[]) as key
    on conflict (blob_key) do update set remove_at = excluded.remove_at`.execute(tx);
}

/**
 * Removes orphans at once, after the commit that made them so. What fails here is left to the sweeper, so this never
 * throws.
 */
export async function removeOrphans(
  { db, blobs }: Pick<BlobDeps, 'db' | 'blobs'>,
  keys: readonly string[],
): Promise<void> {
  const results = await Promise.allSettled(keys.map((key) => blobs.delete(key)));
  const gone = keys.filter((_key, index) => results[index]?.status === 'fulfilled');
  await forget(db, gone).catch(() => undefined);
}

/**
 * Removes what crashes left behind. Any number of servers may do it at the same time: each takes orphans by moving their
 * time ahead, which also tells a late writer that its blob is gone. Answers how many were removed.
 */
export async function sweepBlobs(deps: BlobDeps): Promise<number> {
  const now = deps.clock.now();
  let removed = 0;
  for (;;) {
    const keys = await takeDue(deps.db, now);
    const gone: string[] = [];
    for (const key of keys) {
      await deps.blobs.delete(key);
      gone.push(key);
    }
    await forget(deps.db, gone);
    removed += gone.length;
    if (keys.length < BATCH) break;
  }
  return removed + (await deps.blobs.removeUnfinished(new Date(now.getTime() - UNFINISHED_AFTER)));
}

async function takeDue(db: Db, now: Date): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly blob_key: string }>`
    update orphaned_blobs set remove_at = ${new Date(now.getTime() + RETRY_AFTER)}
    where blob_key in (
      select blob_key from orphaned_blobs where remove_at <= ${now}
      order by remove_at limit ${BATCH} for update skip locked
    )
    returning blob_key`.execute(db);
  return rows.map((row) => row.blob_key);
}

async function forget(db: Db, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await sql`delete from orphaned_blobs where blob_key = any(${[...keys]}::text[])`.execute(db);
}
