import type { Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import yauzl from 'yauzl';
import type { BlobStore } from '../../../platform/blobs/index.ts';

/** Bytes read ahead: the central directory is read in small steps. */
const WINDOW = 256 * 1024;

/** A blob for the zip library. Keeps one window of it in memory. */
export class BlobReader extends yauzl.RandomAccessReader {
  readonly #blobs: BlobStore;
  readonly #key: string;
  readonly #size: number;
  #window: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };

  constructor(blobs: BlobStore, key: string, size: number) {
    super();
    this.#blobs = blobs;
    this.#key = key;
    this.#size = size;
  }

  override read(
    into: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null, bytesRead?: number) => void,
  ): void {
    callbackify(async () => (await this.#bytes(position, length)).copy(into, offset))(done);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const through = new PassThrough();
    this.#blobs.open(this.#key, { start, end }).then(
      (stream) => stream.on('error', (error) => through.destroy(error)).pipe(through),
      (error: unknown) => through.destroy(error instanceof Error ? error : undefined),
    );
    return through;
  }

  async #bytes(position: number, length: number): Promise<Buffer> {
    const { start, bytes } = this.#window;
    const at = position - start;
    if (at >= 0 && at + length <= bytes.length) return bytes.subarray(at, at + length);
    if (position + length > this.#size) throw new Error('the archive ends too early');
    const end = Math.min(this.#size, position + Math.max(length, WINDOW));
    this.#window = {
      start: position,
      bytes: await buffer(await this.#blobs.open(this.#key, { start: position, end })),
    };
    return this.#window.bytes.subarray(0, length);
  }
}
