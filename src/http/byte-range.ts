import type { ApiReply } from './reply.ts';
import { empty } from './reply.ts';
import type { ApiRequest } from './request.ts';

/** What a client asked for: everything, bytes `start` up to (not including) `end`, or something beyond the file. */
export type RangeWish =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'beyond' };

const WHOLE: RangeWish = { kind: 'whole' };
const ONE_RANGE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/u;

/**
 * The `Range` header of a request for a file of `size` bytes (RFC 9110). Several ranges, other units and nonsense count
 * as no header at all, as does `If-Range` with another tag than the file's.
 * @param tag the file's strong entity tag, `"…"`; undefined when it may change
 */
export function rangeOf(request: Pick<ApiRequest, 'headers'>, size: number, tag?: string): RangeWish {
  const ifRange = request.headers['if-range'];
  if (ifRange !== undefined && ifRange !== tag) return WHOLE;
  const match = ONE_RANGE.exec(request.headers['range']?.replaceAll(' ', '') ?? '');
  if (match === null) return WHOLE;
  const [, first, last, suffix] = match;
  const start = first === undefined ? Math.max(0, size - Number(suffix)) : Number(first);
  const end = first === undefined || last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== undefined && last !== '' && Number(last) < Number(first)) return WHOLE;
  return start >= end ? { kind: 'beyond' } : { kind: 'part', start, end };
}

/** 416 with the file's size. */
export const rangeBeyond = (size: number): ApiReply => empty(416, { 'Content-Range': `bytes */${String(size)}` });

/** Makes the answer of a whole file the answer of a part of it: 206 and the headers that say which. */
export const partial = (whole: ApiReply, start: number, end: number, size: number): ApiReply => ({
  ...whole,
  status: 206,
  headers: {
    ...whole.headers,
    'Content-Length': end - start,
    'Content-Range': `bytes ${String(start)}-${String(end - 1)}/${String(size)}`,
  },
});
