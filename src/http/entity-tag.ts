import { createHash } from 'node:crypto';

/** A weak entity tag of a body: equal bytes, equal tag. */
export const weakTag = (body: Uint8Array): string =>
  `W/"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;

/** Whether `If-None-Match` names this tag (weak comparison), or is `*`. */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = (text: string): string => text.trim().replace(/^W\//u, '');
  return ifNoneMatch.split(',').some((one) => one.trim() === '*' || opaque(one) === opaque(tag));
}
