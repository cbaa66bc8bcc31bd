import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a token: what is stored and looked up in its place. Tokens are random, so no salt is needed. */
export const digestOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

/** Whether two digests are the same, in a time that does not tell where they differ. */
export const sameDigest = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteLength === b.byteLength && timingSafeEqual(a, b);
