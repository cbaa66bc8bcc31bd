import { bareObject } from './bare-object.ts';
import { readBodyParams } from './body-params.ts';
import { corsHeaders, preflight } from './cors.ts';
import { extractCredentials } from './credentials.ts';
import { errorReply, replyTo, routeNotFound } from './errors.ts';
import type { Incoming, Target } from './incoming.ts';
import { belowRoot, headersOf, parseTarget } from './incoming.ts';
import { parseUrlEncoded } from './rack-params.ts';
import type { RawParams, RawValue } from './raw-params.ts';
import type { ApiReply, ReplyHeaders } from './reply.ts';
import type { ApiRequest } from './request.ts';
import { requestBody } from './request-body.ts';
import type { Route } from './route.ts';
import type { RouteMatch, Router } from './router.ts';
import { createRouter } from './router.ts';

export interface DispatcherOptions {
  /** Mounted under `/api/v4`. */
  readonly routes: readonly Route[];
  /** Mounted at the root: `/-/health`, git over HTTP, the page. Never below `/api`. */
  readonly siteRoutes: readonly Route[];
  /** `https://host/root` without a trailing slash; undefined: scheme and host of each request, no root. */
  readonly externalUrl: string | undefined;
  /** Bytes of a body that is read into parameters, where the route does not say. */
  readonly bodyLimit: number;
  readonly sessionCookieName: string;
  /** Milliseconds that a body which is read into memory may pause. */
  readonly bodyIdleMs: number;
  readonly throttle: Throttle | undefined;
}

/** Looks at every request below `/api/v4` before its route does. Answers headers for its reply; throws to refuse it. */
export type Throttle = (request: ApiRequest) => Promise<ReplyHeaders>;

/** Where a request goes. `reply` is for what needs no route. */
export type Dispatch =
  | { readonly kind: 'reply'; readonly reply: ApiReply }
  | { readonly kind: 'route'; readonly path: string; readonly match: RouteMatch; readonly target: Target };

/** Turns requests into answers. Everything here throws refusals (`Halt`, `PenstockError`), which the server maps. */
export interface Dispatcher {
  readonly dispatch: (incoming: Incoming) => Dispatch;
  readonly answer: (incoming: Incoming, found: Extract<Dispatch, { kind: 'route' }>) => Promise<ApiReply>;
  /** CORS headers for a path below `/api`. */
  readonly originHeaders: (incoming: Incoming) => ReplyHeaders;
}

const API = '/api/v4';

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const api = createRouter(options.routes);
  const site = createRouter(options.siteRoutes);
  const root = options.externalUrl === undefined ? '' : new URL(options.externalUrl).pathname.replace(/\/$/u, '');
  const baseUrlOf = (incoming: Incoming): string => options.externalUrl ?? `${incoming.protocol}://${incoming.host}`;
  return {
    dispatch: (incoming) => dispatch(api, site, root, incoming),
    answer: async (incoming, found) => {
      const request = await readRequest(options, incoming, found, baseUrlOf(incoming));
      const { route } = found.match;
      if (options.throttle === undefined || !found.path.startsWith(`${API}/`)) return route.answer(request);
      return answerThrottled(options.throttle, route, request);
    },
    originHeaders: (incoming) => {
      const origin = incoming.raw.headers['origin'];
      const isApi = belowRoot(incoming.target, root)?.startsWith('/api/') ?? false;
      return isApi ? corsHeaders(origin, originOf(baseUrlOf(incoming))) : {};
    },
  };
}

async function answerThrottled(throttle: Throttle, route: Route, request: ApiRequest): Promise<ApiReply> {
  const headers = await throttle(request);
  try {
    const reply = await route.answer(request);
    return { ...reply, headers: { ...headers, ...reply.headers } };
  } catch (thrown) {
    const refusal = replyTo(thrown);
    if (refusal === undefined) throw thrown;
    return { ...refusal, headers: { ...headers, ...refusal.headers } };
  }
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : '');

function dispatch(api: Router, site: Router, root: string, incoming: Incoming): Dispatch {
  const target = parseTarget(incoming.target);
  const path = belowRoot(target.path, root);
  if (path === undefined) return { kind: 'reply', reply: routeNotFound() };
  if (path.startsWith('/api/')) {
    const early = preflight(incoming.method, headersOf(incoming.raw)) ?? oldVersion(path);
    if (early !== undefined) return { kind: 'reply', reply: early };
  }
  const isApi = path === API || path.startsWith(`${API}/`);
  const match = isApi ? api.find(incoming.method, path.slice(API.length) || '/') : site.find(incoming.method, path);
  return match === undefined ? { kind: 'reply', reply: routeNotFound() } : { kind: 'route', path, match, target };
}

const oldVersion = (path: string): ApiReply | undefined =>
  /^\/api\/v3(?:\/|$)/u.test(path) ? errorReply(410, 'API V3 is no longer supported. Use API V4 instead.') : undefined;

async function readRequest(
  options: DispatcherOptions,
  incoming: Incoming,
  { match, path, target }: Extract<Dispatch, { kind: 'route' }>,
  baseUrl: string,
): Promise<ApiRequest> {
  const { route, pathParams } = match;
  const { raw, ip, requestId, signal, clientGone } = incoming;
  const query = parseUrlEncoded(target.query);
  const limit = route.bodyLimit ?? options.bodyLimit;
  const body = requestBody(raw, route.body === 'params' ? limit : route.bodyLimit, options.bodyIdleMs);
  const bodyParams = route.body === 'params' ? await readBodyParams(raw, body, route, limit) : bareObject<RawValue>();
  const rawParams = merge(query, bodyParams, pathParams);
  const headers = headersOf(raw);
  return {
    method: route.method,
    path,
    url: `${baseUrl}${path}`,
    baseUrl,
    headers,
    query,
    rawParams,
    pathParams,
    body,
    credentials: extractCredentials(headers, rawParams, incoming.cookies, options.sessionCookieName),
    ip,
    requestId,
    signal,
    clientGone,
  };
}

/** Later ones win. */
function merge(...sources: readonly RawParams[]): RawParams {
  const merged = bareObject<RawValue>();
  for (const source of sources) for (const [key, value] of Object.entries(source)) merged[key] = value;
  return merged;
}
