import { VERSION } from '../../kit/version.ts';
import { readHeaders, readUrl } from './check-request.ts';
import { type Answer, type ExchangeRules, exchange, type Hop, type OutboundMethod } from './exchange.ts';
import { Failure, type OutboundResult, Refusal } from './outcome.ts';

export interface OutboundRequest {
  readonly method: OutboundMethod;
  /** http or https, without user and password: credentials go into a header. */
  readonly url: string;
  /** `host`, `content-length` and the like are ours. `user-agent` and `accept-encoding` have defaults. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Gives the request up. */
  readonly signal?: AbortSignal;
}

/** What a request may do. */
export interface OutboundPolicy extends ExchangeRules {
  /** Hops that are followed, 0 to 5; with 0 a redirect is an answer like others. */
  readonly redirects: number;
  /**
   * A 301 or 302 asks for the same method and body again, as 307 and 308 do, and not for a GET: somebody who must be told
   * something is not told by a GET. Also lets the same host ask for TLS (`http:` to `https:`) without losing either.
   */
  readonly keepMethod?: boolean;
  /**
   * Names (lower case) of headers without secrets, that another origin may hear as well, and with them the body; from
   * `https:` to `http:` no redirect is followed then, not even for a GET. Undefined: a body goes to its own origin only.
   */
  readonly elsewhere?: ReadonlySet<string>;
}

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What another origin may hear; any other header may be a credential. */
const CARRIED: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent']);
/** They belong to the first address, not to where it leads. */
const CONDITIONAL = ['if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since'];

/**
 * A request to an address that a user has chosen. It goes to public addresses only, unless the policy allows more: the
 * name is resolved once, every address is checked, and the connection is made to one of those and no other (a name that
 * changes its address in between gains nothing). Each redirect is checked the same way. An error of DNS, a doubtful
 * URL or header is a refusal: nothing passes because a check could not be made. Proxies of the environment are not used.
 *
 * It stands on `node:net`, `node:tls` and `node:http` and not on `fetch` or undici: the socket is opened here, after the
 * check, so there is no pool, dispatcher or second look at the name to be trusted, and no dependency.
 *
 * Never throws for what the other side or the user does.
 */
export const guardedFetch = async (request: OutboundRequest, policy: OutboundPolicy): Promise<OutboundResult> => {
  const controller = new AbortController();
  const giveUp = (): void => controller.abort(new Failure('aborted', 'The request was given up'));
  const timer = setTimeout(
    () => controller.abort(new Failure('timeout', 'The request took too long')),
    policy.limits.totalMs,
  );
  if (request.signal?.aborted === true) giveUp();
  request.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return await follow(request, policy, controller.signal);
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', reason: error.message };
    if (!(error instanceof Failure)) throw error;
    return { kind: 'failed', failure: error.failure, reason: error.message, status: error.status };
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', giveUp);
  }
};

const follow = async (
  request: OutboundRequest,
  policy: OutboundPolicy,
  signal: AbortSignal,
): Promise<OutboundResult> => {
  const redirects = Math.min(policy.redirects, MAX_REDIRECTS);
  const leadsOn = ({ status, headers }: Answer): string | undefined =>
    redirects > 0 && REDIRECTS.has(status) ? headers['location'] : undefined;
  let hop = firstHop(request);
  for (let left = redirects; ; left -= 1) {
    const answer = await exchange(hop, policy, (head) => leadsOn(head) === undefined, signal);
    const location = leadsOn(answer);
    const { status, headers, body } = answer;
    if (location === undefined) {
      return { kind: 'response', url: hop.url.href, status, headers, body: body ?? Buffer.alloc(0) };
    }
    if (left === 0) throw new Failure('redirect', `More than ${redirects} redirects`, status);
    hop = nextHop(hop, status, readUrl(location, hop.url), policy);
  }
};

const firstHop = ({ method, url, headers = {}, body }: OutboundRequest): Hop => ({
  method,
  url: readUrl(url),
  headers: new Map([
    ['accept', '*/*'],
    ['accept-encoding', 'gzip, deflate, br'],
    ['user-agent', `Penstock/${VERSION}`],
    ...readHeaders(headers),
  ]),
  body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body,
});

/** 303 asks for a GET, and so do 301 and 302 after a POST, as browsers read them; `keepMethod`: only 303 does. */
const nextHop = (hop: Hop, status: number, url: URL, { keepMethod, elsewhere }: OutboundPolicy): Hop => {
  const keepsMethod = keepMethod === true;
  const becomesGet =
    (status === 303 && hop.method !== 'HEAD') || (status <= 302 && hop.method === 'POST' && !keepsMethod);
  const isElsewhere = url.origin !== hop.url.origin && !(keepsMethod && isUpgrade(hop.url, url));
  if (elsewhere !== undefined && isDowngrade(hop.url, url)) {
    throw new Failure('redirect', `${hop.url.host} redirects away from TLS`, status);
  }
  if (elsewhere === undefined && isElsewhere && !becomesGet && hop.body !== undefined) {
    throw new Failure('redirect', `${hop.url.host} redirects the body of a ${hop.method} to another origin`, status);
  }
  const isCarried = (name: string): boolean => CARRIED.has(name) || elsewhere?.has(name) === true;
  const headers = new Map(isElsewhere ? [...hop.headers].filter(([name]) => isCarried(name)) : hop.headers);
  for (const name of CONDITIONAL) headers.delete(name);
  if (!becomesGet) return { ...hop, url, headers };
  const withoutContent = new Map([...headers].filter(([name]) => !name.startsWith('content-')));
  return { method: 'GET', url, headers: withoutContent, body: undefined };
};

const isDowngrade = (from: URL, to: URL): boolean => from.protocol === 'https:' && to.protocol === 'http:';

/** The same host over TLS, each on its usual port. */
const isUpgrade = (from: URL, to: URL): boolean =>
  from.protocol === 'http:' && to.protocol === 'https:' && from.hostname === to.hostname && from.port + to.port === '';
