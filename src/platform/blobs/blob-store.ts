import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';

/** Bytes `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What was written. */
export interface StoredBlob {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: Buffer;
}

export interface PutOptions {
  /** One byte more and nothing is stored (`BlobTooLarge`). */
  readonly maxBytes?: number;
  /** Ends the writing early; nothing is stored. */
  readonly signal?: AbortSignal;
}

/**
 * Large immutable files (logs, artifacts) by a key of our own making. A blob is there whole or not at all; it is
 * written once and never changed. The same for a folder and, later, for S3.
 */
export interface BlobStore {
  /**
   * Writes a new blob. When it resolves, the bytes survive a crash. Throws `BlobTooLarge`, the source's own error, the
   * signal's reason, or `unavailable` (503) when there is no room left; then nothing is stored.
   */
  put(key: string, source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<StoredBlob>;
  /** The bytes, or a range of them. Throws `BlobMissing` when the blob is not there or ends before the range does. */
  open(key: string, range?: ByteRange): Promise<Readable>;
  /** A blob that is not there counts as deleted. */
  delete(key: string): Promise<void>;
  /** Removes what writers that were killed left behind before that moment. Answers how much. */
  removeUnfinished(before: Date): Promise<number>;
}

/** The source had more bytes than allowed. */
export class BlobTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`more than ${maxBytes} bytes`);
    this.name = 'BlobTooLarge';
  }
}

/** No such blob, or it is shorter than the range that was asked for. */
export class BlobMissing extends Error {
  constructor(key: string) {
    super(`blob ${key} is missing`);
    this.name = 'BlobMissing';
  }
}

/** A fresh key: `3f/` and 30 hexadecimal digits. 128 random bits, so it also cannot be guessed. */
export const newBlobKey = (): string => {
  const digits = randomBytes(16).toString('hex');
  return `${digits.slice(0, 2)}/${digits.slice(2)}`;
};

const KEY = /^[0-9a-f]{2}\/[0-9a-f]{30}$/;

/** Whether a text has the form of a key. Nothing else ever becomes a path. */
export const isBlobKey = (text: string): boolean => KEY.test(text);
