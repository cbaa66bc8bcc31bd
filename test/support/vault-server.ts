import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';

type Fields = Readonly<Record<string, unknown>>;

export interface VaultRole {
  readonly boundAudiences: readonly string[];
  readonly boundClaims: Readonly<Record<string, unknown>>;
}

export interface VaultSettings {
  /** Issuer of the tokens, as Vault's `oidc_discovery_url`: keys are fetched from there. */
  readonly issuer: string;
  readonly roles: Readonly<Record<string, VaultRole>>;
  /** Where the JWT method is mounted. */
  readonly authPath?: string;
  /** Vault Enterprise's header must say this. */
  readonly namespace?: string;
  /** The role of a login that names none. */
  readonly defaultRole?: string;
  /** Mount → path → fields. */
  readonly kv1?: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
  readonly kv2?: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
}

export interface VaultCall {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The part of HashiCorp Vault's HTTP API that jobs use, with its checks: JWT login against the issuer's published keys with
 * bound audiences and claims, tokens, namespaces, KV version 1 and 2.
 */
export class VaultServer {
  readonly calls: VaultCall[] = [];
  /** Claims of every accepted login. */
  readonly logins: JWTPayload[] = [];
  /** Answer the next calls with this status. */
  broken: { status: number; times: number } = { status: 503, times: 0 };
  readonly #settings: VaultSettings;
  readonly #tokens = new Set<string>();
  readonly #server: Server;
  #port = 0;

  constructor(settings: VaultSettings) {
    this.#settings = settings;
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const answer = await this.#answer(request).catch((error: unknown) => ({
      status: error instanceof Refusal ? error.status : 500,
      body: { errors: [error instanceof Error ? error.message : String(error)] },
    }));
    this.calls.push({ method, path: url, status: answer.status });
    response.writeHead(answer.status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }

  async #answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: Fields }> {
    const { method = '', url = '', headers } = request;
    if (this.broken.times > 0) {
      this.broken.times -= 1;
      throw new Refusal(this.broken.status, 'Vault is sealed');
    }
    const { authPath = 'jwt', namespace = '' } = this.#settings;
    if ((headers['x-vault-namespace'] ?? '') !== namespace) throw new Refusal(403, 'permission denied');
    const path = decodeURIComponent(url.replace(/^\/v1\//, ''));
    if (path === `auth/${authPath}/login`) {
      if (method !== 'POST' && method !== 'PUT') throw new Refusal(405, 'unsupported operation');
      return { status: 200, body: await this.#logIn(JSON.parse(await text(request))) };
    }
    if (!this.#tokens.has(String(headers['x-vault-token']))) throw new Refusal(403, 'permission denied');
    if (method !== 'GET') throw new Refusal(405, 'unsupported operation');
    const data = this.#find(path);
    if (data === undefined) throw new Refusal(404, '');
    return { status: 200, body: { request_id: randomUUID(), lease_duration: 0, data } };
  }

  async #logIn(body: Fields): Promise<Fields> {
    const { issuer, roles, defaultRole = '' } = this.#settings;
    const name = typeof body['role'] === 'string' ? body['role'] : defaultRole;
    const role = roles[name];
    if (role === undefined) throw new Refusal(400, `role "${name}" could not be found`);
    const discovery: unknown = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
    if (typeof discovery !== 'object' || discovery === null || !('jwks_uri' in discovery) || !('issuer' in discovery)) {
      throw new Refusal(500, 'error checking oidc discovery URL');
    }
    if (discovery.issuer !== issuer) throw new Refusal(500, 'oidc: issuer did not match');
    const keys = createRemoteJWKSet(new URL(String(discovery.jwks_uri)));
    const verified = await jwtVerify(String(body['jwt']), keys, {
      issuer,
      audience: [...role.boundAudiences],
      algorithms: ['RS256'],
    }).catch((error: unknown) => {
      throw new Refusal(400, `error validating token: ${String(error)}`);
    });
    for (const [name, wanted] of Object.entries(role.boundClaims)) {
      if (verified.payload[name] !== wanted) {
        throw new Refusal(
          400,
          `error validating claims: claim "${name}" does not match any associated bound claim values`,
        );
      }
    }
    this.logins.push(verified.payload);
    const token = `hvs.${randomUUID()}`;
    this.#tokens.add(token);
    return { auth: { client_token: token, lease_duration: 60, renewable: false } };
  }

  #find(path: string): Fields | undefined {
    for (const [mount, secrets] of Object.entries(this.#settings.kv1 ?? {})) {
      if (path.startsWith(`${mount}/`)) return secrets[path.slice(mount.length + 1)];
    }
    for (const [mount, secrets] of Object.entries(this.#settings.kv2 ?? {})) {
      if (!path.startsWith(`${mount}/data/`)) continue;
      const data = secrets[path.slice(mount.length + '/data/'.length)];
      return data && { data, metadata: { version: 1, destroyed: false } };
    }
    return undefined;
  }
}
