import { PenstockError } from '../kit/errors.ts';
import type { ApiRequest } from './request.ts';

/**
 * For DELETE: 412 `412 Precondition Failed` when the client's `If-Unmodified-Since` is older than the last change.
 * A header that is no date is ignored, as GitLab does.
 */
export function requireUnmodifiedSince(request: Pick<ApiRequest, 'headers'>, updatedAt: Date): void {
  const since = Date.parse(request.headers['if-unmodified-since'] ?? '');
  if (updatedAt.getTime() > since) throw new PenstockError('precondition_failed', '412 Precondition Failed');
}
