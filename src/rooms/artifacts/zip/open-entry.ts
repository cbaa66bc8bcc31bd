import type { Readable, TransformCallback } from 'node:stream';
import { pipeline, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createInflateRaw, createZstdDecompress } from 'node:zlib';
import type { BlobStore } from '../../../platform/blobs/index.ts';
import type { ZipEntry } from './entry.ts';
import { isFolder } from './entry.ts';

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;

const DECODERS: Readonly<Record<number, () => Transform>> = {
  8: createInflateRaw,
  93: createZstdDecompress,
};

/** The entry cannot be unpacked: encrypted, packed in an unknown way, or its data is not where the list says. */
export class NotReadable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotReadable';
  }
}

/**
 * The bytes of one file of an archive, unpacked as they are read; never more than the list says, so a bomb gives no more
 * than it declared. The stream fails when they are fewer or broken. Throws `NotReadable`.
 */
export async function openEntry(blobs: BlobStore, blobKey: string, entry: ZipEntry): Promise<Readable> {
  if (isFolder(entry)) throw new NotReadable('a folder');
  if (entry.encrypted) throw new NotReadable('encrypted');
  const makeDecoder = DECODERS[entry.method];
  if (makeDecoder === undefined && entry.method !== STORED) throw new NotReadable(`packing method ${entry.method}`);
  const start = await findData(blobs, blobKey, entry);
  const packed = await open(blobs, blobKey, start, entry.compressedSize);
  const exact = new ExactBytes(entry.size);
  return makeDecoder === undefined ? pipeline(packed, exact, ignore) : pipeline(packed, makeDecoder(), exact, ignore);
}

/** Where the data of an entry begins: after its local header, whose length only the header itself knows. */
async function findData(blobs: BlobStore, blobKey: string, entry: ZipEntry): Promise<number> {
  const header = await buffer(await open(blobs, blobKey, entry.offset, LOCAL_HEADER_BYTES));
  if (header.readUInt32LE(0) !== LOCAL_HEADER) throw new NotReadable('no local header');
  return entry.offset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function open(blobs: BlobStore, blobKey: string, start: number, length: number): Promise<Readable> {
  try {
    return await blobs.open(blobKey, { start, end: start + length });
  } catch (error) {
    throw new NotReadable(error instanceof Error ? error.message : 'not there');
  }
}

/** What fails shows in the last stream, which is the one that is read. */
const ignore = (): void => undefined;

class ExactBytes extends Transform {
  readonly #expected: number;
  #seen = 0;

  constructor(expected: number) {
    super();
    this.#expected = expected;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#seen += chunk.length;
    if (this.#seen > this.#expected) done(new Error('a file of the archive is longer than the archive says'));
    else done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.#seen < this.#expected ? new Error('a file of the archive is shorter than the archive says') : null);
  }
}
