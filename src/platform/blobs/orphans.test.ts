import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../../../test/support/database.ts';
import { testDatabase } from '../../../test/support/database.ts';
import { MovableClock } from '../../../test/support/movable-clock.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import type { BlobDeps, ReservedBlob } from './index.ts';
import { BlobMissing, claimBlob, FileBlobStore, orphanBlobs, removeOrphans, reserveBlob, sweepBlobs } from './index.ts';

let database: TestDatabase;
let clock: MovableClock;
let deps: BlobDeps;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.deleteFrom('orphaned_blobs').execute();
  clock = new MovableClock();
  deps = { db: database.db, clock, blobs: new FileBlobStore(join(temporaryFolder(), 'blobs')) };
});

const write = async (): Promise<ReservedBlob> => {
  const reserved = await reserveBlob(deps);
  await deps.blobs.put(
    reserved.key,
    (async function* () {
      yield Buffer.from('x');
    })(),
  );
  return reserved;
};
const claim = (reserved: ReservedBlob) => deps.db.transaction().execute((tx) => claimBlob(tx, reserved));
const orphan = (keys: readonly string[]) => deps.db.transaction().execute((tx) => orphanBlobs(tx, keys));
const isThere = (key: string): Promise<boolean> =>
  deps.blobs.open(key).then(
    (stream) => stream.destroy() !== undefined,
    (error: unknown) => !(error instanceof BlobMissing),
  );

describe('the ledger of blobs without a row', () => {
  it('keeps a blob that was claimed, and one that is being written', async () => {
    const claimed = await write();
    await claim(claimed);
    const writing = await write();
    clock.advance(3600);
    expect(await sweepBlobs(deps)).toBe(0);
    expect([await isThere(claimed.key), await isThere(writing.key)]).toEqual([true, true]);
  });

  it('removes a blob whose writer died, and refuses a writer that comes back after that', async () => {
    const abandoned = await write();
    clock.advance(7 * 3600);
    expect(await sweepBlobs(deps)).toBe(1);
    expect(await isThere(abandoned.key)).toBe(false);
    await expect(claim(abandoned)).rejects.toThrow('given up');
  });

  it('removes blobs of deleted rows at once, or later where that failed', async () => {
    const [first, second] = [await write(), await write()];
    await Promise.all([claim(first), claim(second)]);
    await orphan([first.key, second.key]);
    const failing = { ...deps, blobs: { ...deps.blobs, delete: () => Promise.reject(new Error('disk')) } };
    await removeOrphans(failing, [first.key]);
    await removeOrphans(deps, [second.key]);
    expect([await isThere(first.key), await isThere(second.key)]).toEqual([true, false]);
    expect(await sweepBlobs(deps)).toBe(1);
    expect(await isThere(first.key)).toBe(false);
    expect(await deps.db.selectFrom('orphaned_blobs').selectAll().execute()).toEqual([]);
  });

  it('is swept by several servers at once', async () => {
    const blobs = await Promise.all(Array.from({ length: 30 }, write));
    clock.advance(7 * 3600);
    const swept = await Promise.all([1, 2, 3].map(() => sweepBlobs(deps)));
    expect(swept.reduce((sum, count) => sum + count)).toBe(blobs.length);
  });
});
