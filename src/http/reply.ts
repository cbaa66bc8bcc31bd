import type { Readable } from 'node:stream';

export type ReplyHeaders = Readonly<Record<string, string | number | readonly string[]>>;

export type ReplyBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly stream: Readable };

/** A complete answer. Made by the helpers of this file; `http/server` adds the headers that every answer has. */
export interface ApiReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: ReplyBody;
}

/** JSON with `Content-Type: application/json`, on which the runner insists. */
export const json = (status: number, value: unknown, headers: ReplyHeaders = {}): ApiReply => ({
  status,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: { kind: 'json', value },
});

/** 200 with JSON. */
export const ok = (value: unknown, headers: ReplyHeaders = {}): ApiReply => json(200, value, headers);

/** 201 with JSON. */
export const created = (value: unknown, headers: ReplyHeaders = {}): ApiReply => json(201, value, headers);

/** 202 with JSON. */
export const accepted = (value: unknown, headers: ReplyHeaders = {}): ApiReply => json(202, value, headers);

/** 204, no body, no content type. */
export const noContent = (headers: ReplyHeaders = {}): ApiReply => ({ status: 204, headers, body: { kind: 'none' } });

/** A status with headers and no body. */
export const empty = (status: number, headers: ReplyHeaders = {}): ApiReply => ({
  status,
  headers,
  body: { kind: 'none' },
});

/** `text/plain` in UTF-8 unless the headers say otherwise. */
export const text = (status: number, body: string, headers: ReplyHeaders = {}): ApiReply => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
  body: { kind: 'text', text: body },
});

/** Bytes in memory; the headers name the content type. */
export const bytes = (status: number, body: Uint8Array, headers: ReplyHeaders): ApiReply => ({
  status,
  headers,
  body: { kind: 'bytes', bytes: body },
});

/**
 * A stream, sent as it comes. Set `Content-Length` (bytes) when it is known. A stream that fails after the headers
 * cuts the connection, so that the client sees a broken answer and not a short one. Destroyed when the client leaves or the request is HEAD.
 */
export const stream = (status: number, body: Readable, headers: ReplyHeaders): ApiReply => ({
  status,
  headers,
  body: { kind: 'stream', stream: body },
});

/** Offers a stream as a file to save: `Content-Disposition: attachment`, the name safe in both encodings of RFC 6266. */
export function download(
  body: Readable,
  file: { readonly name: string; readonly contentType: string; readonly size?: number },
  headers: ReplyHeaders = {},
): ApiReply {
  return stream(200, body, {
    'Content-Type': file.contentType,
    'Content-Disposition': contentDisposition(file.name),
    ...(file.size === undefined ? {} : { 'Content-Length': file.size }),
    ...headers,
  });
}

function contentDisposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/gu, '?');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** 302 by default. Never for POST, PUT, PATCH or DELETE under `/api/v4`: clients would repeat them as GET. */
export const redirect = (location: string, status: 301 | 302 | 303 | 307 | 308 = 302): ApiReply =>
  text(status, `This resource has been moved ${status === 301 ? 'permanently' : 'temporarily'} to ${location}`, {
    Location: location,
  });
