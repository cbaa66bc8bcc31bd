import { randomUUID } from 'node:crypto';

const MAX_LENGTH = 255;

/** The client's `X-Request-Id` with everything but letters, digits, `_`, `-`, `@` and `.` taken out; a new one when nothing is left. */
export function requestId(sent: string | undefined): string {
  const clean = (sent ?? '').replace(/[^\w\-@.]/gu, '').slice(0, MAX_LENGTH);
  return clean === '' ? randomUUID() : clean;
}
