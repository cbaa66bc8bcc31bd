import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { badRequestText } from './bad-request-text.ts';
import { bareObject } from './bare-object.ts';
import { Halt } from './errors.ts';
import { jsonParams, MalformedJson, parseJsonBody } from './json-body.ts';
import { readMultipart } from './multipart.ts';
import { nestParams, parseUrlEncoded } from './rack-params.ts';
import type { RawParams, RawValue, UploadedFile } from './raw-params.ts';
import { uploadedFile } from './raw-params.ts';
import type { HttpMethod, RequestBody } from './request.ts';
import type { Route } from './route.ts';

/**
 * The parameters in a request's body. JSON (not on GET), forms and multipart are read; a body without a content type is JSON
 * when it looks like it, else a form; anything else (text/plain, XML …) is left alone and has no parameters.
 * Throws 400, 413, 408 as the readers do; broken JSON as the route wants it.
 */
export async function readBodyParams(
  raw: IncomingMessage,
  body: RequestBody,
  route: Route,
  limit: number,
): Promise<RawParams> {
  const kind = kindOf(body.contentType, route.method);
  if (kind === 'none' || !hasBody(raw)) return bareObject<RawValue>();
  const bytes = await body.bytes(limit);
  if (kind === 'multipart') return multipartParams(bytes, raw.headers['content-type'] ?? '', limit);
  if (kind === 'form' || (kind === 'unnamed' && !looksLikeJson(bytes))) return parseUrlEncoded(utf8(bytes));
  return bytes.length === 0 ? bareObject<RawValue>() : readJson(bytes, route);
}

type BodyKind = 'json' | 'form' | 'multipart' | 'unnamed' | 'none';

function kindOf(contentType: string | undefined, method: HttpMethod): BodyKind {
  if (contentType === 'application/x-www-form-urlencoded') return 'form';
  if (contentType === 'multipart/form-data') return 'multipart';
  if (method === 'GET') return 'none';
  if (contentType === undefined) return 'unnamed';
  return contentType === 'application/json' ? 'json' : 'none';
}

const hasBody = (raw: IncomingMessage): boolean =>
  raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;

function readJson(bytes: Uint8Array, route: Route): RawParams {
  try {
    return jsonParams(parseJsonBody(bytes));
  } catch (thrown) {
    if (thrown instanceof MalformedJson && route.malformedJson !== undefined) throw new Halt(route.malformedJson());
    throw thrown;
  }
}

/** The first byte that is not white space opens an object or a list. */
function looksLikeJson(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte !== 0x20 && (byte < 0x09 || byte > 0x0d));
  return first === 0x7b || first === 0x5b;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw badRequestText();
  }
}

async function multipartParams(bytes: Uint8Array, contentType: string, limit: number): Promise<RawParams> {
  const pairs: (readonly [string, string | UploadedFile])[] = [];
  for await (const part of readMultipart(Readable.from([bytes]), contentType, limit)) {
    if (part.kind === 'field') pairs.push([part.name, part.value]);
    else pairs.push([part.field, uploadedFile(part.filename, part.contentType, await buffer(part.stream))]);
  }
  return nestParams(pairs);
}
