import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { BlobMissing, BlobTooLarge, FileBlobStore, newBlobKey } from './index.ts';

let folder: string;
let store: FileBlobStore;

beforeEach(() => {
  folder = temporaryFolder();
  store = new FileBlobStore(join(folder, 'blobs'));
});

async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

const read = async (key: string, start?: number, end?: number): Promise<string> =>
  (await buffer(await store.open(key, start === undefined ? undefined : { start, end: end ?? start }))).toString();

const unfinished = (): readonly string[] => readdirSync(join(folder, 'blobs/unfinished'));

describe('FileBlobStore', () => {
  it('gives back what was put, whole or in part, with its size and hash', async () => {
    const key = newBlobKey();
    const stored = await store.put(key, pieces('hello ', '', 'world'));
    expect(stored).toEqual({ key, size: 11, sha256: createHash('sha256').update('hello world').digest() });
    expect([await read(key), await read(key, 6, 11), await read(key, 3, 3)]).toEqual(['hello world', 'world', '']);
    expect(unfinished()).toEqual([]);
  });

  it('keeps files from everybody else on the machine', async () => {
    const key = newBlobKey();
    await store.put(key, pieces('x'));
    expect(statSync(join(folder, 'blobs', key)).mode & 0o077).toBe(0);
  });

  it('puts an empty blob', async () => {
    const key = newBlobKey();
    expect(await store.put(key, pieces())).toMatchObject({ size: 0 });
    expect(await read(key)).toBe('');
  });

  it('stores nothing of a source that is too large, breaks, or falls silent until the signal', async () => {
    const keys = [newBlobKey(), newBlobKey(), newBlobKey()] as const;
    await expect(store.put(keys[0], pieces('1234', '5'), { maxBytes: 4 })).rejects.toThrow(BlobTooLarge);
    const breaking = async function* () {
      yield Buffer.from('half');
      throw new Error('broken off');
    };
    await expect(store.put(keys[1], breaking())).rejects.toThrow('broken off');
    const silent = async function* () {
      yield Buffer.from('half');
      await new Promise(() => undefined);
    };
    const control = new AbortController();
    const putting = store.put(keys[2], silent(), { signal: control.signal });
    control.abort(new Error('gone'));
    await expect(putting).rejects.toThrow('gone');
    for (const key of keys) await expect(store.open(key)).rejects.toThrow(BlobMissing);
    expect(unfinished()).toEqual([]);
  });

  it('puts exactly the most that it may', async () => {
    expect(await store.put(newBlobKey(), pieces('1234'), { maxBytes: 4 })).toMatchObject({ size: 4 });
  });

  it('says that a blob is missing, deleted, or shorter than asked', async () => {
    const key = newBlobKey();
    await expect(store.open(key)).rejects.toThrow(BlobMissing);
    await store.put(key, pieces('abc'));
    await expect(store.open(key, { start: 1, end: 4 })).rejects.toThrow(BlobMissing);
    await store.delete(key);
    await store.delete(key);
    await expect(store.open(key)).rejects.toThrow(BlobMissing);
  });

  it.each(['../secret', '/etc/passwd', 'ab/../../secret', '', 'AB/0', `ab/${'0'.repeat(30)}\n`, 'ab/0\0'])(
    'touches nothing outside of its folder: %j',
    async (key) => {
      writeFileSync(join(folder, 'secret'), 'secret');
      await expect(store.open(key)).rejects.toThrow(BlobMissing);
      await expect(store.put(key, pieces('x'))).rejects.toThrow(BlobMissing);
      await expect(store.delete(key)).rejects.toThrow(BlobMissing);
      expect(statSync(join(folder, 'secret')).size).toBe(6);
    },
  );

  it('clears away what killed writers left, and nothing that is being written', async () => {
    expect(await store.removeUnfinished(new Date())).toBe(0);
    mkdirSync(join(folder, 'blobs/unfinished'), { recursive: true });
    for (const name of ['old', 'new']) writeFileSync(join(folder, 'blobs/unfinished', name), 'half');
    const old = new Date(Date.now() - 60_000);
    utimesSync(join(folder, 'blobs/unfinished/old'), old, old);
    expect(await store.removeUnfinished(new Date(Date.now() - 30_000))).toBe(1);
    expect(unfinished()).toEqual(['new']);
  });
});
