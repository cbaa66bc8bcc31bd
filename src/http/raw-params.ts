import type { Readable } from 'node:stream';

/**
 * A JSON number that JavaScript cannot hold without changing it (`12345678901234567890`, `1.0`).
 * It is what `JSON.rawJSON` returns, so `JSON.stringify` writes the digits as they were sent.
 */
export interface ExactNumber {
  readonly rawJSON: string;
  readonly [exactNumber]: true;
}
declare const exactNumber: unique symbol;

declare global {
  // Node has these two (ECMAScript's JSON.parse source text access); TypeScript's library does not know them yet.
  interface JSON {
    rawJSON(text: string): ExactNumber;
    isRawJSON(value: unknown): value is ExactNumber;
  }
}

/** A file that came in a multipart body of a route with `body: 'params'`; held in memory, bounded by the body limit. */
export interface UploadedFile {
  readonly kind: 'uploaded-file';
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** One file part of a multipart body of a route with `body: 'stream'`. Its stream must be read to its end or destroyed. */
export interface StreamedFile {
  readonly field: string;
  readonly filename: string;
  readonly contentType: string;
  readonly stream: Readable;
}

/** A parameter as it arrived: plain data, objects without a prototype. */
export type RawValue = string | number | boolean | null | ExactNumber | UploadedFile | RawParams | readonly RawValue[];

/** Parameters as they arrived. Never has a prototype, so `__proto__` and `constructor` are keys like any other. */
export interface RawParams {
  readonly [key: string]: RawValue;
}

const uploadedFiles = new WeakSet<object>();

/** Builds the value that stands for an uploaded file; only values from here count as files. */
export function uploadedFile(filename: string, contentType: string, bytes: Uint8Array): UploadedFile {
  const file: UploadedFile = { kind: 'uploaded-file', filename, contentType, bytes };
  uploadedFiles.add(file);
  return file;
}

/** True for a file part; a JSON body that merely looks like one is not. */
export const isUploadedFile = (value: RawValue | undefined): value is UploadedFile =>
  typeof value === 'object' && value !== null && uploadedFiles.has(value);

/** True for a number kept by its digits. */
export const isExactNumber = (value: unknown): value is ExactNumber => JSON.isRawJSON(value);

export const isRawArray = (value: RawValue | undefined): value is readonly RawValue[] => Array.isArray(value);

/** True for a hash of parameters (not an array, a file or a number). */
export const isRawParams = (value: RawValue | undefined): value is RawParams =>
  typeof value === 'object' && value !== null && !isRawArray(value) && !isUploadedFile(value) && !isExactNumber(value);

/** A list, or a hash with the keys 0, 1, 2 … that an indexed form makes. */
export function listOf(raw: RawValue): readonly RawValue[] | undefined {
  if (isRawArray(raw)) return raw;
  if (!isRawParams(raw)) return undefined;
  const keys = Object.keys(raw);
  return keys.length > 0 && keys.every((key) => /^\d+$/u.test(key)) ? Object.values(raw) : undefined;
}
