import { createHash, randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { PenstockError } from '../../kit/errors.ts';
import type { BlobStore, ByteRange, PutOptions, StoredBlob } from './blob-store.ts';
import { BlobMissing, BlobTooLarge, isBlobKey } from './blob-store.ts';

/** Beside the blobs, so that a rename never crosses file systems. */
const UNFINISHED = 'unfinished';
const NO_ROOM: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Blobs as files in one folder: temporary file, fsync, rename, fsync of the folder. Any number of servers may share it.
 * Files are readable by the server's user only.
 */
export class FileBlobStore implements BlobStore {
  readonly #folder: string;

  /** @param folder absolute path; made when it is needed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(key: string, source: AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<StoredBlob> {
    const path = this.#pathOf(key);
    const unfinished = join(this.#folder, UNFINISHED, randomUUID());
    try {
      await mkdir(dirname(unfinished), { recursive: true, mode: 0o700 });
      const written = await writeFile(unfinished, source, options);
      const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(unfinished, path);
      await syncFolder(dirname(path));
      if (made !== undefined) await syncFolder(this.#folder);
      return { key, ...written };
    } catch (error) {
      await rm(unfinished, { force: true });
      if (NO_ROOM.includes(codeOf(error))) throw noRoom();
      throw error;
    }
  }

  async open(key: string, range?: ByteRange): Promise<Readable> {
    const handle = await this.#openFile(key);
    try {
      const { size } = await handle.stat();
      const { start, end } = range ?? { start: 0, end: size };
      if (end > size) throw new BlobMissing(key);
      if (start < end) return handle.createReadStream({ start, end: end - 1, highWaterMark: READ_BYTES });
      await handle.close();
      return Readable.from([]);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  async removeUnfinished(before: Date): Promise<number> {
    const folder = join(this.#folder, UNFINISHED);
    let removed = 0;
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined || found.mtime > before) continue;
      await rm(path, { force: true });
      removed += 1;
    }
    return removed;
  }

  async #openFile(key: string): Promise<FileHandle> {
    try {
      return await open(this.#pathOf(key), 'r');
    } catch (error) {
      throw codeOf(error) === 'ENOENT' ? new BlobMissing(key) : error;
    }
  }

  #pathOf(key: string): string {
    if (!isBlobKey(key)) throw new BlobMissing(JSON.stringify(key.slice(0, 40)));
    return join(this.#folder, key);
  }
}

const READ_BYTES = 256 * 1024;

async function writeFile(
  path: string,
  source: AsyncIterable<Uint8Array>,
  { maxBytes = Infinity, signal }: PutOptions,
): Promise<Omit<StoredBlob, 'key'>> {
  const handle = await open(path, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of abortable(source, signal)) {
      size += chunk.byteLength;
      if (size > maxBytes) throw new BlobTooLarge(maxBytes);
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    await handle.sync();
    return { size, sha256: hash.digest() };
  } finally {
    await handle.close();
  }
}

/** The source until the signal fires: a source that has fallen silent would hold the file open for ever. */
async function* abortable(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (signal === undefined) {
    yield* source;
    return;
  }
  const iterator = source[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited: a silent source never answers.
    iterator.return?.().catch(() => undefined);
  }
}

/** Makes the rename itself survive a power cut. Some systems cannot open folders; there it is theirs to do. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return;
  try {
    await handle.sync();
  } catch {
    // EINVAL on file systems without it.
  } finally {
    await handle.close();
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** GitLab's uploader retries a 503; anything else would fail the job at once. */
const noRoom = (): PenstockError =>
  new PenstockError('unavailable', '503 Service Unavailable - There is no room left to store files', {
    'Retry-After': '60',
  });
