import { crc32, inflateRawSync } from 'node:zlib';

/** Not gzip, broken, or larger than allowed when unpacked. */
export class BadGzip extends Error {
  readonly tooLarge: boolean;

  constructor(reason: string, tooLarge = false) {
    super(reason);
    this.name = 'BadGzip';
    this.tooLarge = tooLarge;
  }
}

const HEADER = 10;
const TRAILER = 8;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const;

/**
 * The files of a gzip report, one a member: the runner writes each file as a member of its own, and unpacking the whole
 * would run them together. `maxBytes`: of all of them unpacked. Throws `BadGzip`.
 */
export function gzipMembers(bytes: Buffer, maxBytes: number): readonly Buffer[] {
  const members: Buffer[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length; ) {
    const start = dataStart(bytes, at);
    const { content, packed } = inflate(bytes.subarray(start), maxBytes - total);
    const end = start + packed + TRAILER;
    if (end > bytes.length) throw new BadGzip('it is cut off');
    if (bytes.readUInt32LE(start + packed) !== crc32(content)) throw new BadGzip('its checksum is wrong');
    members.push(content);
    total += content.length;
    at = end;
  }
  return members;
}

function dataStart(bytes: Buffer, at: number): number {
  if (bytes.length - at < HEADER || bytes.readUInt16BE(at) !== 0x1f8b || bytes[at + 2] !== 8) {
    throw new BadGzip('it is not gzip');
  }
  const flags = bytes[at + 3] ?? 0;
  let next = at + HEADER;
  if ((flags & FLAG.extra) !== 0) next += 2 + (next + 2 <= bytes.length ? bytes.readUInt16LE(next) : 0);
  if ((flags & FLAG.name) !== 0) next = afterZero(bytes, next);
  if ((flags & FLAG.comment) !== 0) next = afterZero(bytes, next);
  if ((flags & FLAG.headerCrc) !== 0) next += 2;
  return next;
}

function afterZero(bytes: Buffer, from: number): number {
  const zero = bytes.indexOf(0, from);
  if (zero < 0) throw new BadGzip('it is cut off');
  return zero + 1;
}

interface Inflated {
  readonly content: Buffer;
  /** Bytes of input that were used. */
  readonly packed: number;
}

function inflate(bytes: Buffer, maxBytes: number): Inflated {
  try {
    // Node's types do not know what `info` adds.
    const result: unknown = inflateRawSync(bytes, { info: true, maxOutputLength: maxBytes + 1 });
    if (!isInfo(result)) throw new Error('zlib gave no information');
    if (result.buffer.length > maxBytes) throw new BadGzip('it is too large', true);
    return { content: result.buffer, packed: result.engine.bytesWritten };
  } catch (error) {
    if (error instanceof BadGzip) throw error;
    if (error instanceof RangeError) throw new BadGzip('it is too large', true);
    throw new BadGzip(error instanceof Error ? error.message : 'it is broken');
  }
}

const isInfo = (
  value: unknown,
): value is { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } } =>
  typeof value === 'object' &&
  value !== null &&
  'buffer' in value &&
  Buffer.isBuffer(value.buffer) &&
  'engine' in value;
