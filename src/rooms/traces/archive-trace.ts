import { crc32 } from 'node:zlib';
import type { JobId } from '../../kit/ids.ts';
import type { BlobDeps } from '../../platform/blobs/index.ts';
import { claimBlob, removeOrphans, reserveBlob } from '../../platform/blobs/index.ts';
import type { Logger } from '../../platform/log.ts';
import { pieces } from './read-trace.ts';
import { findArchivable, findTrace, replaceChunks } from './store.ts';
import type { Trace } from './trace.ts';

export interface ArchiveDeps extends BlobDeps {
  readonly log: Pick<Logger, 'warn'>;
}

const BATCH = 100;

/**
 * Moves the logs of ended jobs from their chunks into blobs. Safe at any time and on any number of servers: the chunks go
 * in the transaction in which the blob takes their place, and only one blob does; a kill in between leaves the chunks as
 * they were, and a blob for the sweeper. Answers how many were moved.
 */
export async function archiveTraces(deps: ArchiveDeps): Promise<number> {
  const ids = await findArchivable(deps.db, BATCH);
  let archived = 0;
  for (const id of ids) if (await archiveTrace(deps, id)) archived += 1;
  return archived;
}

/** False: there was nothing to do, or somebody else did it. */
async function archiveTrace(deps: ArchiveDeps, id: JobId): Promise<boolean> {
  const trace = await findTrace(deps.db, id);
  if (trace === undefined || trace.blobKey !== null || trace.size === 0) return false;
  const reserved = await reserveBlob(deps);
  const sum = new Checksum();
  let moved = false;
  try {
    await deps.blobs.put(reserved.key, sum.of(pieces(deps, id, { start: 0, end: trace.size })));
    moved = await deps.db.transaction().execute(async (tx) => {
      if (!(await replaceChunks(tx, trace, reserved.key))) return false;
      await claimBlob(tx, reserved);
      return true;
    });
  } finally {
    if (!moved) await removeOrphans(deps, [reserved.key]);
  }
  if (moved) compare(deps, trace, sum.text);
  return moved;
}

/** The runner's own count of what it sent. A difference is for the operator: GitLab too only notes it. */
function compare(deps: ArchiveDeps, trace: Trace, checksum: string): void {
  const { jobId, size, reportedSize } = trace;
  const sameSize = reportedSize === null || reportedSize === size;
  if (sameSize && (trace.checksum === null || trace.checksum === checksum)) return;
  deps.log.warn(
    { job_id: jobId, size, reported_size: reportedSize, checksum, reported_checksum: trace.checksum },
    'a log differs from what its runner sent',
  );
}

/** CRC-32 of what flows through, in the runner's form. */
class Checksum {
  #value = 0;

  async *of(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      this.#value = crc32(piece, this.#value);
      yield piece;
    }
  }

  get text(): string {
    return `crc32:${this.#value.toString(16).padStart(8, '0')}`;
  }
}
