import { randomUUID } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RUNNER_HEADERS } from '../../wire/runner-protocol.ts';

/** Longest time without an answer's head: any long poll must end well before it (gitlab-runner: 10 minutes). */
const RESPONSE_TIMEOUT_MS = 600_000;
/** A job may carry a 25 MB webhook body as a file variable; JSON escapes can multiply it. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;
const MAX_REDIRECTS = 3;

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `<url>/api/v4/`, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A function makes the body anew for each attempt and is sent chunked. */
  readonly body?: Buffer | (() => Readable);
  readonly signal?: AbortSignal | undefined;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** No answer came: refused, reset, timed out. `cause` holds the network error. */
export class UnreachableError extends Error {
  /** Nobody listens there: a server that restarts. Else a connection broke, which may be the request's own fault. */
  readonly isRefused: boolean;

  constructor(cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause);
    super(`no answer from the server: ${text}`, { cause });
    this.name = 'UnreachableError';
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    this.isRefused = code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH';
  }
}

/**
 * GitLab's rule for the base: trailing slashes off, one trailing `/ci` off, `/api/v4/` on.
 * @throws Error when it is not an http or https URL.
 */
export const apiBase = (url: string): string => {
  const trimmed = url.replace(/\/+$/, '').replace(/\/ci$/, '');
  const { protocol } = new URL(trimmed);
  if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`the server's URL must be http or https: ${url}`);
  return `${trimmed}/api/v4/`;
};

/** HTTP to one server over kept-alive connections, with proxies from the environment. Knows nothing of jobs. */
export class HttpClient {
  readonly #url: () => string;
  readonly #userAgent: string;
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  /** @param url asked before each call: a server may come back at another address. */
  constructor(url: () => string, userAgent: string) {
    this.#url = url;
    this.#userAgent = userAgent;
    // As Go does, never ask a proxy for this very machine.
    const direct = isLoopback(new URL(apiBase(url())).hostname);
    const options = { keepAlive: true, maxFreeSockets: 8, ...(direct ? {} : { proxyEnv: process.env }) };
    this.#http = new HttpAgent(options);
    this.#https = new HttpsAgent(options);
  }

  /** Sends once and reads the whole answer. @throws UnreachableError, or the signal's reason. */
  async send(call: HttpCall): Promise<HttpReply> {
    const answer = await this.open(call);
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of answer) {
        const bytes: Buffer = Buffer.from(chunk);
        size += bytes.length;
        if (size > MAX_BODY_BYTES) throw new Error(`answer over ${MAX_BODY_BYTES} bytes`);
        chunks.push(bytes);
      }
    } catch (error) {
      answer.destroy();
      throw this.#failure(error, call.signal);
    }
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) };
  }

  /** Sends once and returns the answer with its body unread; the caller must consume or destroy it. */
  async open(call: HttpCall): Promise<IncomingMessage> {
    let url = new URL(call.path, apiBase(this.#url()));
    let headers = call.headers ?? {};
    for (let hop = 0; ; hop += 1) {
      const answer = await this.#once(url, call, headers);
      const location = answer.headers.location;
      if (location === undefined || hop >= MAX_REDIRECTS || !isFollowed(answer.statusCode, call.method)) return answer;
      answer.resume();
      const next = new URL(location, url);
      // Tokens are for the server that was configured, not for whoever it names.
      if (next.origin !== url.origin) headers = withoutTokens(headers);
      url = next;
    }
  }

  /** Closes idle connections, so that the process can end. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #once(url: URL, call: HttpCall, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    call.signal?.throwIfAborted();
    const secure = url.protocol === 'https:';
    const { body } = call;
    const request = (secure ? httpsRequest : httpRequest)(url, {
      method: call.method,
      agent: secure ? this.#https : this.#http,
      timeout: RESPONSE_TIMEOUT_MS,
      headers: {
        'User-Agent': this.#userAgent,
        [RUNNER_HEADERS.requestId]: randomUUID().replaceAll('-', ''),
        ...(Buffer.isBuffer(body) ? { 'Content-Length': String(body.length) } : {}),
        ...headers,
      },
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => reject(this.#failure(error, call.signal));
      request.on('response', resolve);
      request.on('timeout', () => request.destroy(new Error('timed out')));
      if (typeof body === 'function') {
        // An early refusal (413) breaks the connection under the upload: give its answer a moment to win.
        request.on('error', (error) => setTimeout(fail, 50, error));
        pipeline(body(), request).catch((error: unknown) => setTimeout(fail, 50, error));
      } else {
        request.on('error', fail);
        request.end(body);
      }
    });
  }

  #failure(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true) return signal.reason;
    return error instanceof UnreachableError ? error : new UnreachableError(error);
  }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);

const isFollowed = (status: number | undefined, method: HttpCall['method']): boolean =>
  status === 307 || status === 308 || (method === 'GET' && (status === 301 || status === 302 || status === 303));

const withoutTokens = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/token/i.test(name)));
