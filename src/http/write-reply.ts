import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { matchesTag, weakTag } from './entity-tag.ts';
import type { ApiReply, ReplyHeaders } from './reply.ts';

/** An answer ready for the wire: nothing in it can fail any more but the stream. */
export interface RenderedReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: Uint8Array | Readable | undefined;
}

const FRESHNESS = 'max-age=0, private, must-revalidate';

/**
 * Serialises an answer. A 200 to GET or HEAD whose body is in memory gets a weak `ETag`, or becomes 304 when the client has it.
 * @throws when the value is no JSON (a BigInt, a circle)
 */
export function renderReply(
  reply: ApiReply,
  method: string | undefined,
  ifNoneMatch: string | undefined,
): RenderedReply {
  if (reply.body.kind === 'stream') return { status: reply.status, headers: reply.headers, body: reply.body.stream };
  const body = bodyBytes(reply);
  if (body === undefined) return { status: reply.status, headers: lengthOf(reply.status, 0, reply.headers), body };
  const headers = lengthOf(reply.status, body.length, reply.headers);
  const isGet = method === 'GET' || method === 'HEAD';
  if (!isGet || reply.status !== 200) return { status: reply.status, headers, body };
  const tag = typeof headers['ETag'] === 'string' ? headers['ETag'] : weakTag(body);
  const tagged = { 'Cache-Control': FRESHNESS, ...headers, ETag: tag };
  if (!matchesTag(ifNoneMatch, tag)) return { status: 200, headers: tagged, body };
  return { status: 304, headers: withoutContent(tagged), body: undefined };
}

function bodyBytes(reply: ApiReply): Uint8Array | undefined {
  switch (reply.body.kind) {
    case 'json':
      return Buffer.from(JSON.stringify(reply.body.value ?? null));
    case 'text':
      return Buffer.from(reply.body.text);
    case 'bytes':
      return reply.body.bytes;
    case 'none':
    case 'stream':
      return undefined;
  }
}

const lengthOf = (status: number, length: number, headers: ReplyHeaders): ReplyHeaders =>
  status === 204 || status === 304 ? headers : { ...headers, 'Content-Length': length };

const withoutContent = (headers: ReplyHeaders): ReplyHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/^content-(?:type|length)$/iu.test(name)));

/** Sends an answer; for HEAD only its headers. Rejects when a stream broke: then the connection is cut. */
export async function writeReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: RenderedReply,
  common: ReplyHeaders,
): Promise<void> {
  const { body } = reply;
  response.writeHead(reply.status, headerObject({ ...common, ...reply.headers }));
  const isStream = body !== undefined && !(body instanceof Uint8Array);
  if (request.method === 'HEAD') {
    if (isStream) body.destroy();
    response.end();
  } else if (isStream) {
    response.flushHeaders();
    await pipeline(body, response);
  } else {
    response.end(body);
  }
}

const headerObject = (headers: ReplyHeaders): Record<string, string | number | string[]> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' || typeof value === 'number' ? value : [...value],
    ]),
  );
