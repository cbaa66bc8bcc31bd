import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify from 'fastify';
import { causedBy } from '../platform/request-cause.ts';
import { createDispatcher, type Throttle } from './dispatcher.ts';
import { Exchange } from './exchange.ts';
import type { HttpLog } from './http-log.ts';
import { requestId } from './request-id.ts';
import type { Route } from './route.ts';
import type { ServerTimings } from './server-timings.ts';
import { TIMINGS } from './server-timings.ts';

export interface HttpServerOptions {
  /** Mounted under `/api/v4`. */
  readonly routes: readonly Route[];
  /** Mounted at the root: `/-/health`, git over HTTP (`/*project/info/refs`), the page (`/*path`). */
  readonly siteRoutes?: readonly Route[];
  readonly log: HttpLog;
  /** The address that users and runners see (`https://ci.example.org/gitlab`); its path is the relative root. Undefined: from each request. */
  readonly externalUrl?: string;
  /** Bytes. Bodies that are read into parameters, where the route does not say. Default 25 MiB. */
  readonly bodyLimit?: number;
  readonly sessionCookieName?: string;
  /** Addresses or ranges of proxies whose `X-Forwarded-*` headers are believed; true: any. Default: none. */
  readonly trustProxy?: boolean | readonly string[];
  readonly timings?: Partial<ServerTimings>;
  /** Asked before each route below `/api/v4`. */
  readonly throttle?: Throttle;
}

export interface HttpServer {
  /** Port 0: any free one. Answers the address that was taken, `http://127.0.0.1:43127`. */
  listen(address: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly url: string; readonly port: number }>;
  /**
   * Stops taking requests, ends held ones through their signal, waits for the rest; after `graceMs` milliseconds it cuts what is left.
   * Meanwhile new requests on open connections get 503.
   */
  close(graceMs: number): Promise<void>;
}

const DEFAULT_BODY_LIMIT = 25 * 1024 * 1024;
/** Room for several thousand characters of query beside the headers. */
const MAX_HEADER_BYTES = 64 * 1024;
const TCP_PROBE_MS = 30_000;

/** The HTTP server with all of GitLab's manners; the only place that knows the web framework. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { routes, siteRoutes = [], externalUrl, log, sessionCookieName = '_penstock_session' } = options;
  const timings = { ...TIMINGS, ...options.timings };
  const dispatcher = createDispatcher({
    routes,
    siteRoutes,
    externalUrl: externalUrl?.replace(/\/+$/u, ''),
    bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
    sessionCookieName,
    bodyIdleMs: timings.bodyIdleMs,
    throttle: options.throttle,
  });
  const app = createApp(options.trustProxy ?? false, timings);
  const open = new Set<Exchange>();
  let draining = false;
  const context = { dispatcher, log, isDraining: () => draining, lingerMs: timings.lingerMs };

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    const exchange = new Exchange(request.raw, reply.raw, context);
    open.add(exchange);
    const facts = {
      target: request.originalUrl,
      ip: request.ip,
      protocol: request.protocol,
      host: request.host,
      cookies: app.parseCookie(request.headers.cookie ?? ''),
      requestId: requestId([request.headers['x-request-id']].flat()[0]),
    };
    await causedBy([request.headers['x-gitlab-event-uuid']].flat()[0], () => exchange.run(facts));
    open.delete(exchange);
  };
  app.all('/', handle);
  app.setNotFoundHandler(handle);
  // The framework's own objections (to a content type it does not know, say) are none of ours: bodies are read here.
  app.setErrorHandler((_error, request, reply) => handle(request, reply));

  return {
    listen: (address) => listen(app, address),
    close: async (graceMs) => {
      draining = true;
      for (const exchange of open) exchange.drain();
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}

function createApp(trustProxy: boolean | readonly string[], timings: ServerTimings): FastifyInstance {
  const app = fastify({
    logger: false,
    trustProxy: typeof trustProxy === 'boolean' ? trustProxy : [...trustProxy],
    // One route takes everything: our own router knows slashes in the middle of a path, and encoded ones.
    rewriteUrl: () => '/',
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: timings.keepAliveMs,
    requestTimeout: 0,
    connectionTimeout: 0,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: timings.headersMs,
      connectionsCheckingInterval: timings.checkMs,
      keepAlive: true,
      keepAliveInitialDelay: TCP_PROBE_MS,
      noDelay: true,
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error.code, socket),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.register(cookie);
  return app;
}

/** Node could not make sense of the bytes, or they came too slowly: there is no request to answer, only a socket. */
function answerBrokenRequest(code: string | undefined, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const line = BROKEN[code ?? ''] ?? '400 Bad Request';
  const body = line.slice(4);
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: text/plain\r\nContent-Length: ${String(body.length)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const BROKEN: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ readonly url: string; readonly port: number }> {
  await app.listen({ host, port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port');
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${shown}:${String(address.port)}`, port: address.port };
}
