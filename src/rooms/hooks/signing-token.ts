import { randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const KEY_BYTES = 32;

/** A key of Standard Webhooks: `whsec_` and 32 random bytes in base64. */
export const newSigningToken = (): string => `${PREFIX}${randomBytes(KEY_BYTES).toString('base64')}`;

/** Whether a text is `whsec_` and exactly 32 bytes in base64, with padding. */
export const isSigningToken = (token: string): boolean => {
  if (!token.startsWith(PREFIX)) return false;
  const encoded = token.slice(PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  return key.byteLength === KEY_BYTES && key.toString('base64') === encoded;
};
