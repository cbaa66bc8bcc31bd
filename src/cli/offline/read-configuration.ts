import { closeSync, openSync, readSync } from 'node:fs';
import { ConfigError } from '../../app/config-error.ts';
import { systemReason } from '../system-reason.ts';

const MEBIBYTE = 1024 * 1024;
const MOST_MEBIBYTES = 16;
const CHUNK_BYTES = 64 * 1024;

/** Gathers a configuration that may come from a device or a pipe without an end. */
class Gathered {
  readonly #name: string;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(chunk: Uint8Array): void {
    this.#size += chunk.length;
    if (this.#size > MOST_MEBIBYTES * MEBIBYTE) {
      throw new ConfigError(`${this.#name} has more than ${MOST_MEBIBYTES} MiB, which is no configuration`);
    }
    this.#chunks.push(chunk);
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

const cannotBeRead = (name: string, error: unknown): Error => {
  if (error instanceof ConfigError) return error;
  return new ConfigError(`${name} cannot be read: ${systemReason(error) ?? String(error)}`);
};

/** `name`: what messages call it. Throws ConfigError for what cannot be read or has more than 16 MiB. */
export const readConfigurationFile = (path: string, name: string): string => {
  const gathered = new Gathered(name);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const size = readSync(file, chunk);
      if (size === 0) return gathered.text();
      gathered.add(chunk.subarray(0, size));
    }
  } catch (error) {
    throw cannotBeRead(name, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
};

/** The same for the input of the process. */
export const readConfigurationInput = async (input: AsyncIterable<string | Uint8Array>): Promise<string> => {
  const name = 'standard input';
  const gathered = new Gathered(name);
  try {
    for await (const chunk of input) gathered.add(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    return gathered.text();
  } catch (error) {
    throw cannotBeRead(name, error);
  }
};
