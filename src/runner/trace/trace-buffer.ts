import { crc32 } from 'node:zlib';

/** gitlab-runner's default `output_limit`: 4096 KiB. */
export const DEFAULT_OUTPUT_LIMIT = 4096 * 1024;

/**
 * The log as it is sent: every byte since the start (for a rewind), its count and its CRC-32. Cut at the limit with
 * gitlab-runner's message; what comes later is dropped, the last line of the job included.
 */
export class TraceBuffer {
  readonly #limit: number;
  #bytes = Buffer.alloc(16 * 1024);
  #size = 0;
  #crc = 0;
  #isFull = false;
  #wake: () => void = () => {};

  constructor(limit: number = DEFAULT_OUTPUT_LIMIT) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** True once the limit was reached: whoever writes may stop filtering. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** `crc32:` and eight hex digits over all bytes so far. */
  get checksum(): string {
    return `crc32:${this.#crc.toString(16).padStart(8, '0')}`;
  }

  /** Calls back whenever bytes were added. */
  onAppend(wake: () => void): void {
    this.#wake = wake;
  }

  append(bytes: Buffer): void {
    if (this.#isFull || bytes.length === 0) return;
    if (this.#size + bytes.length > this.#limit) {
      this.#isFull = true;
      this.#store(bytes.subarray(0, characterBoundary(bytes, this.#limit - this.#size)));
      this.#store(
        Buffer.from(
          `\n\u001b[33;1mJob's log exceeded limit of ${this.#limit} bytes.\n` +
            'Job execution will continue but no more output will be collected.\u001b[0;m\n',
        ),
      );
    } else {
      this.#store(bytes);
    }
    this.#wake();
  }

  slice(from: number, length: number): Buffer {
    return this.#bytes.subarray(from, Math.min(this.#size, from + length));
  }

  #store(bytes: Buffer): void {
    const needed = this.#size + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.#size);
    this.#size = needed;
    this.#crc = crc32(bytes, this.#crc);
  }
}

/** The last place at or before `end` where a UTF-8 character begins. */
const characterBoundary = (bytes: Buffer, end: number): number => {
  let index = Math.min(end, bytes.length);
  while (index > 0 && ((bytes[index] ?? 0) & 0xc0) === 0x80) index -= 1;
  return index;
};
