import { createHash } from 'node:crypto';
import type { FetchAnswer } from '../../ci-lang/index.ts';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 2 * 1024 * 1024;

/** A text as it came, with the digest that `integrity` is compared to. */
export const asAnswer = (bytes: Uint8Array): FetchAnswer => ({
  kind: 'text',
  text: new TextDecoder().decode(bytes),
  sha256: createHash('sha256').update(bytes).digest('base64'),
});

/** Fetches an address that the user of the command line has allowed to be fetched. */
export const fetchText = async (url: string): Promise<FetchAnswer> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) return { kind: 'failed', attempts: 1, reason: { kind: 'status', status: response.status } };
    const bytes = await readAtMost(response.body ?? new ReadableStream(), MOST_BYTES);
    return bytes === undefined ? { kind: 'failed', attempts: 1, reason: { kind: 'http' } } : asAnswer(bytes);
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    return { kind: 'failed', attempts: 1, reason: { kind: isLate ? 'timeout' : 'socket' } };
  }
};

const readAtMost = async (body: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
