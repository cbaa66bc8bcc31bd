import type { Readable } from 'node:stream';
import type { Credentials } from './credentials.ts';
import type { RawParams, StreamedFile } from './raw-params.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request's body as it comes from the wire, for routes with `body: 'stream'`. It can be read once. */
export interface RequestBody {
  /** The media type in lower case without parameters (`multipart/form-data`); undefined when none was sent. */
  readonly contentType: string | undefined;
  /** `Content-Length` in bytes; undefined when chunked. */
  readonly length: number | undefined;
  /** The bytes. Broken off (error) when the client leaves or the route's `bodyLimit` is passed. */
  stream(): Readable;
  /** All bytes in memory. Throws 413 past `limit` bytes. */
  bytes(limit: number): Promise<Uint8Array>;
  /** The file parts of a multipart body, one after the other; fields seen so far are in `fields`. Throws 400 when the body is not multipart. */
  files(): AsyncIterable<StreamedFile>;
  /** The text fields of the multipart body that came before the current file (all, once `files()` has ended), Rack nested. */
  fields(): RawParams;
}

/** What a guard and a handler see of a request. Knows no web framework. */
export interface ApiRequest {
  /** The method of the route: a HEAD request is handled as GET. */
  readonly method: HttpMethod;
  /** Decoded only where it is matched: the path as sent, without the relative root and without the query. */
  readonly path: string;
  /** `https://host/root/api/v4/…` without the query: what `Link` headers and `web_url` start from. */
  readonly url: string;
  /** `https://host/root`, no trailing slash: the configured external address, else from the `Host` header. */
  readonly baseUrl: string;
  /** Lower-case names. Several lines of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The query, Rack nested. */
  readonly query: RawParams;
  /** Path, body and query merged; for the same key path wins over body over query. Without bodies on `body: 'stream'` routes. */
  readonly rawParams: RawParams;
  /** The path's own parameters, percent-decoded. */
  readonly pathParams: Readonly<Record<string, string>>;
  readonly body: RequestBody;
  /** What was sent as proof of identity, unverified. */
  readonly credentials: Credentials;
  /** Address of the client (of the nearest untrusted hop when proxies are trusted). */
  readonly ip: string;
  readonly requestId: string;
  /**
   * Fires when nobody waits for the answer any more or the server wants it soon: `signal.reason` is a
   * `RequestEnded` whose `why` is `client-gone` or `draining`. A long poll ends on either.
   */
  readonly signal: AbortSignal;
  /** Fires only when the client has disconnected before the answer was complete. */
  readonly clientGone: AbortSignal;
}

/** The reason of `ApiRequest.signal`. */
export class RequestEnded extends Error {
  readonly why: 'client-gone' | 'draining';

  constructor(why: 'client-gone' | 'draining') {
    super(why === 'client-gone' ? 'the client has disconnected' : 'the server is shutting down');
    this.name = 'RequestEnded';
    this.why = why;
  }
}
