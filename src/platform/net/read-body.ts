import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Failure } from './outcome.ts';

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The whole body, decompressed; never more than `maxBytes` of it in memory. Throws `Failure` and what the stream throws. */
export const readBody = async (response: IncomingMessage, host: string, maxBytes: number): Promise<Buffer> => {
  const status = response.statusCode ?? 0;
  const tooLarge = (): Failure =>
    new Failure('too-large', `The answer of ${host} is longer than ${maxBytes} bytes`, status);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  };
  const decoder = decoderOf(response, host, status);
  if (decoder === undefined) await pipeline(response, collect);
  else await pipeline(response, decoder, collect);
  return Buffer.concat(chunks);
};

const decoderOf = (response: IncomingMessage, host: string, status: number): Transform | undefined => {
  // Answers without a body may still name an encoding.
  if (status === 204 || status === 304) return undefined;
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return undefined;
  const create = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  // Several encodings one inside the other are a bomb's way.
  if (create === undefined) throw new Failure('protocol', `${host} answered in an encoding that is not known`, status);
  return create();
};
