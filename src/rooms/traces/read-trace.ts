import { Readable } from 'node:stream';
import type { JobId } from '../../kit/ids.ts';
import type { BlobStore, ByteRange } from '../../platform/blobs/index.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { findChunks, findTrace } from './store.ts';

export interface ReadTraceDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
}

/** Bytes of chunks fetched at a time. */
const WINDOW = 1024 * 1024;

/** Bytes of the log that are there now; 0 for a job without one. */
export const findTraceSize = async (db: Db, jobId: JobId): Promise<number> => (await findTrace(db, jobId))?.size ?? 0;

/**
 * The bytes `start` up to `end` of a job's log (`end` at most its present size). It may be archived meanwhile: the stream
 * goes on in the blob, without a hole. It fails when the log is erased meanwhile.
 */
export const readTrace = (deps: ReadTraceDeps, jobId: JobId, range: ByteRange): Readable =>
  Readable.from(pieces(deps, jobId, range), { objectMode: false });

/** The same without a stream around it. */
export async function* pieces(deps: ReadTraceDeps, jobId: JobId, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  let at = start;
  while (at < end) {
    const before = at;
    const chunks = await findChunks(deps.db, jobId, at, Math.min(WINDOW, end - at));
    for (const chunk of chunks) {
      const from = at - chunk.start;
      if (from < 0 || from >= chunk.data.byteLength) break;
      const piece = chunk.data.subarray(from, from + end - at);
      at += piece.byteLength;
      yield piece;
    }
    if (at > before) continue;
    const trace = await findTrace(deps.db, jobId);
    // Chunks go and the blob comes in one transaction: no chunk and no blob means that the log is gone.
    if (trace === undefined || trace.blobKey === null) throw new Error(`the log of job ${jobId} is gone`);
    for await (const piece of await deps.blobs.open(trace.blobKey, { start: at, end })) {
      if (!Buffer.isBuffer(piece)) continue;
      at += piece.byteLength;
      yield piece;
    }
  }
}
