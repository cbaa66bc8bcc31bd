import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

export interface SignedMessage {
  /** `webhook-id`. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * `webhook-signature` as Standard Webhooks has it: one signature for each key, separated by spaces, so that a receiver may
 * know the old key or the new one while they change. Pure.
 */
export const sign = (tokens: readonly string[], { id, timestamp, body }: SignedMessage): string =>
  tokens
    .map((token) => {
      const key = Buffer.from(token.startsWith(PREFIX) ? token.slice(PREFIX.length) : token, 'base64');
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    })
    .join(' ');
