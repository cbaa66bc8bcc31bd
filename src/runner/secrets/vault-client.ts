import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** Longest wait for one answer (milliseconds), as Vault's own client has it. */
const TIMEOUT_MS = 60_000;
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_REDIRECTS = 3;
const LONGEST_REASON = 500;

/** Why Vault gave nothing. The text holds nothing secret but what Vault itself says. */
export class VaultError extends Error {
  /** Vault could not be reached, or could not answer: not the job's doing. */
  readonly isOutage: boolean;

  constructor(message: string, isOutage: boolean) {
    super(message);
    this.name = 'VaultError';
    this.isOutage = isOutage;
  }
}

export interface VaultServer {
  readonly url: string;
  /** Empty or absent: the root namespace. */
  readonly namespace?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The HTTP API of one Vault: a login, then reads. Proxies are taken from the environment. */
export class VaultClient {
  readonly #server: VaultServer;
  readonly #stop: AbortSignal;
  #token = '';

  /** @throws VaultError when the address is none. */
  constructor(server: VaultServer, stop: AbortSignal) {
    const protocol = URL.parse(server.url)?.protocol;
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new VaultError("the address of the Vault server (VAULT_SERVER_URL) isn't an http or https address", false);
    }
    this.#server = { ...server, url: server.url.replace(/\/+$/, '') };
    this.#stop = stop;
  }

  /** Logs in at `auth/<path>`; later calls carry the token. */
  async login(path: string, data: Readonly<Record<string, string>>): Promise<void> {
    const answer = await this.#call('POST', `auth/${path}/login`, data);
    const auth = answer?.['auth'];
    const token = isObject(auth) ? auth['client_token'] : undefined;
    if (typeof token !== 'string' || token === '') throw new VaultError('the login gave no token', false);
    this.#token = token;
  }

  /** The `data` of a secret; undefined when there is nothing at that path. */
  async read(path: string): Promise<Fields | undefined> {
    const answer = await this.#call('GET', path);
    const data = answer?.['data'];
    return isObject(data) ? data : undefined;
  }

  /** Undefined: 404. */
  async #call(method: 'GET' | 'POST', path: string, body?: Fields): Promise<Fields | undefined> {
    const { status, text } = await this.#send(method, new URL(`${this.#server.url}/v1/${encodePath(path)}`), body);
    if (status === 404) return undefined;
    const value = parse(text);
    if (status >= 200 && status < 300) return value;
    const isOutage = status === 429 || status >= 500;
    throw new VaultError(`${method} ${path}: Vault answered ${status}${reasonOf(value)}`, isOutage);
  }

  async #send(method: 'GET' | 'POST', url: URL, body: Fields | undefined, hop = 0): Promise<Answer> {
    this.#stop.throwIfAborted();
    const signal = AbortSignal.any([this.#stop, AbortSignal.timeout(TIMEOUT_MS)]);
    let answer: IncomingMessage;
    let text: string;
    try {
      answer = await this.#open(method, url, body, signal);
      text = await readAll(answer);
    } catch (error) {
      this.#stop.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      throw new VaultError(`Vault at ${url.origin} cannot be reached: ${reason}`, true);
    }
    const { location } = answer.headers;
    const status = answer.statusCode ?? 0;
    // A standby node sends clients to the active one.
    if (![301, 302, 307, 308].includes(status) || location === undefined) return { status, text };
    const next = URL.parse(location, url.href);
    if (next === null || hop >= MAX_REDIRECTS || (url.protocol === 'https:' && next.protocol !== 'https:')) {
      throw new VaultError(`Vault at ${url.origin} sends us on to where we do not go`, true);
    }
    return this.#send(method, next, body, hop + 1);
  }

  #open(method: string, url: URL, body: Fields | undefined, signal: AbortSignal): Promise<IncomingMessage> {
    const secure = url.protocol === 'https:';
    const { namespace = '' } = this.#server;
    const options = { keepAlive: false, proxyEnv: process.env };
    const request = (secure ? httpsRequest : httpRequest)(url, {
      method,
      signal,
      agent: secure ? new HttpsAgent(options) : new HttpAgent(options),
      headers: {
        'X-Vault-Request': 'true',
        ...(this.#token !== '' && { 'X-Vault-Token': this.#token }),
        ...(namespace !== '' && { 'X-Vault-Namespace': namespace }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
    });
    return new Promise((resolve, reject) => {
      request.on('response', resolve);
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Segments stay segments: what a variable brings in cannot climb out of its engine. */
const encodePath = (path: string): string => {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new VaultError(`the path "${path}" may not hold "." or ".."`, false);
  }
  return segments.map(encodeURIComponent).join('/');
};

const readAll = async (answer: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Error(`answer over ${MAX_BODY_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parse = (text: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Vault says why in `errors`. */
const reasonOf = (answer: Fields | undefined): string => {
  const errors = answer?.['errors'];
  const texts = Array.isArray(errors) ? errors.filter((error) => typeof error === 'string') : [];
  return texts.length === 0 ? '' : `: ${texts.join('; ').replaceAll(/\s+/g, ' ').slice(0, LONGEST_REASON)}`;
};
