import { isCiSource } from '../../engine/index.ts';
import type { BlobDeps } from '../../platform/blobs/index.ts';
import { orphanBlobs, removeOrphans } from '../../platform/blobs/index.ts';
import { PIPELINE_SOURCES } from '../../wire/statuses.ts';
import { unlockOutdated } from './lock-store.ts';
import { deleteExpired } from './store.ts';

/** Rows deleted in one transaction. */
const BATCH = 200;

/** Sources of pipelines that stand for the state of their ref. */
export const CI_SOURCES = PIPELINE_SOURCES.filter(isCiSource);

/**
 * Removes what has expired and is not kept as the latest of its ref: rows in one transaction with a note of their files,
 * the files after it. Any number of servers may do it at any time. Answers how many files went.
 */
export async function expireArtifacts(deps: BlobDeps): Promise<number> {
  await unlockOutdated(deps.db, CI_SOURCES);
  let removed = 0;
  for (;;) {
    const lost = await deps.db.transaction().execute(async (tx) => {
      const keys = await deleteExpired(tx, deps.clock.now(), BATCH);
      await orphanBlobs(tx, keys);
      return keys;
    });
    if (lost.length === 0) return removed;
    await removeOrphans(deps, lost);
    removed += lost.length;
  }
}
