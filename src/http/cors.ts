import type { ApiReply } from './reply.ts';
import { empty } from './reply.ts';

const EXPOSED = [
  'Link',
  'X-Total',
  'X-Total-Pages',
  'X-Per-Page',
  'X-Page',
  'X-Next-Page',
  'X-Prev-Page',
  'X-Next-Cursor',
  'X-Prev-Cursor',
  'X-Gitlab-Blob-Id',
  'X-Gitlab-Commit-Id',
  'X-Gitlab-Content-Sha256',
  'X-Gitlab-Encoding',
  'X-Gitlab-File-Name',
  'X-Gitlab-File-Path',
  'X-Gitlab-Last-Commit-Id',
  'X-Gitlab-Ref',
  'X-Gitlab-Size',
  'X-Gitlab-Execute-Filemode',
  'X-Request-Id',
  'ETag',
].join(', ');

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const MAX_AGE_SECONDS = '7200';

/**
 * GitLab's CORS rule for `/api`: any origin may, without credentials; the instance's own origin with them.
 * No headers for a request without `Origin`.
 */
export function corsHeaders(origin: string | undefined, ownOrigin: string): Readonly<Record<string, string>> {
  if (origin === undefined) return {};
  const own = origin === ownOrigin;
  return {
    'Access-Control-Allow-Origin': own ? origin : '*',
    ...(own ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Expose-Headers': EXPOSED,
    'Access-Control-Max-Age': MAX_AGE_SECONDS,
  };
}

/** The answer to a preflight request; undefined when the request is none. `corsHeaders` come on top. */
export function preflight(method: string | undefined, headers: Readonly<Record<string, string>>): ApiReply | undefined {
  if (method !== 'OPTIONS' || headers['origin'] === undefined) return undefined;
  if (headers['access-control-request-method'] === undefined) return undefined;
  const asked = headers['access-control-request-headers'];
  return empty(200, asked === undefined ? {} : { 'Access-Control-Allow-Headers': asked });
}
