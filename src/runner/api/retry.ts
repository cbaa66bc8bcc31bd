import type { IncomingHttpHeaders } from 'node:http';
import { RUNNER_HEADERS } from '../../wire/runner-protocol.ts';
import { delay } from '../delay.ts';
import type { HttpReply } from './http-client.ts';

const ATTEMPTS = 5;
const LONGEST_WAIT_MS = 60_000;

/** Statuses that gitlab-runner sends again by itself; 501 and 505 to 511 are answers, not accidents. */
export const isRetriable = (status: number): boolean =>
  status === 408 || status === 429 || (status >= 500 && status <= 504 && status !== 501) || status >= 512;

/** Milliseconds that the server asks for: the reset time (RFC 1123 date) wins over Retry-After (whole seconds). */
export const askedWait = (headers: IncomingHttpHeaders, nowMs: number): number | undefined => {
  const reset = headers[RUNNER_HEADERS.rateLimitReset.toLowerCase()];
  const resetAt = typeof reset === 'string' ? Date.parse(reset) : Number.NaN;
  if (!Number.isNaN(resetAt)) return Math.min(LONGEST_WAIT_MS, Math.max(0, resetAt - nowMs));
  const after = headers['retry-after'];
  if (after !== undefined && /^\d+$/.test(after)) return Math.min(LONGEST_WAIT_MS, Number(after) * 1000);
  return undefined;
};

/**
 * Repeats a call that ended in a retriable status, five attempts in all; the wait is what the server asks, else
 * 100 ms doubling with jitter. Connection errors pass through: what to do then depends on the call.
 */
export const withRetries = async (send: () => Promise<HttpReply>, signal?: AbortSignal): Promise<HttpReply> => {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await send();
    if (!isRetriable(reply.status) || attempt >= ATTEMPTS) return reply;
    const ownWait = 100 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
    await delay(askedWait(reply.headers, Date.now()) ?? ownWait, signal);
    signal?.throwIfAborted();
  }
};
