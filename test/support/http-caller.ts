/** A JSON value that a test walks through without knowing its type. */
export type Path = readonly (string | number)[];

const step = (value: unknown, key: string | number): unknown => {
  if (Array.isArray(value)) return typeof key === 'number' ? value.at(key) : undefined;
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, String(key))?.value
    : undefined;
};

/** What a server answered. */
export class Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as bytes. */
  readonly bytes: Buffer;

  constructor(status: number, headers: Headers, bytes: Buffer) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** Parsed JSON; undefined for an empty body, the text where it is not JSON. */
  get body(): unknown {
    if (this.bytes.length === 0) return undefined;
    try {
      return JSON.parse(this.text);
    } catch {
      return this.text;
    }
  }

  /** Status and body at once: `expect(answer.outcome).toEqual([404, { message: '404 Not Found' }])`. */
  get outcome(): readonly [number, unknown] {
    return [this.status, this.body];
  }

  /** The same of a refused pipeline, without our own `reasons` and `refusal_id`. Throws when those are not there. */
  get refusal(): readonly [number, unknown] {
    const { reasons, refusal_id: id, ...gitlabs } = Object(this.body);
    if (!Array.isArray(reasons) || typeof id !== 'number') throw this.#missing('refusal', []);
    return [this.status, gitlabs];
  }

  /** What stands at this place of the body: `at('user', 'id')`. */
  at(...path: Path): unknown {
    return path.reduce(step, this.body);
  }

  /** The text at this place. Throws when there is none. */
  string(...path: Path): string {
    const value = this.at(...path);
    if (typeof value !== 'string') throw this.#missing('text', path);
    return value;
  }

  /** The number at this place. Throws when there is none. */
  number(...path: Path): number {
    const value = this.at(...path);
    if (typeof value !== 'number') throw this.#missing('number', path);
    return value;
  }

  /** The body's elements, each as an answer of its own to look into. Throws when the body is no list. */
  rows(): readonly Answer[] {
    const { body } = this;
    if (!Array.isArray(body)) throw this.#missing('list', []);
    return body.map((row) => new Answer(this.status, this.headers, Buffer.from(JSON.stringify(row))));
  }

  /** The value of one field of every element: `pluck('id')`. */
  pluck(...path: Path): readonly unknown[] {
    return this.rows().map((row) => row.at(...path));
  }

  /** This answer, if it has the status. Throws with the body otherwise. */
  must(status: number): this {
    if (this.status !== status) throw new Error(`${this.status} instead of ${status}: ${this.text.slice(0, 2000)}`);
    return this;
  }

  #missing(what: string, path: Path): Error {
    return new Error(`no ${what} at ${path.join('.')} of ${this.status} ${this.text.slice(0, 2000)}`);
  }
}

/** What a test sends. */
export interface Call {
  /** A personal token, sent as PRIVATE-TOKEN; or who has one. */
  readonly as?: string | { readonly token: string } | undefined;
  readonly query?: Readonly<Record<string, string>>;
  /** A body of one of these kinds: */
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly multipart?: FormData;
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export type Http = (method: string, path: string, call?: Call) => Promise<Answer>;

const bodyOf = (call: Call): RequestInit['body'] => {
  if (call.json !== undefined) return JSON.stringify(call.json);
  if (call.form !== undefined) return new URLSearchParams(call.form);
  return call.multipart ?? call.raw;
};

const tokenOf = (as: Call['as']): string | undefined => (typeof as === 'object' ? as.token : as);

const ofSite = (path: string): boolean => /^\/(?:-|\.well-known|oauth)\//.test(path) || path.includes('.git/');

/** Calls a server as curl does. A path such as `/-/…`, or one that names a `.git`, is the site's, any other is under `/api/v4`. */
export const httpCaller =
  (url: string): Http =>
  async (method, path, call = {}) => {
    const target = new URL(`${url}${ofSite(path) ? '' : '/api/v4'}${path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) target.searchParams.append(name, value);
    const token = tokenOf(call.as);
    const body = bodyOf(call);
    const response = await fetch(target, {
      method,
      headers: {
        ...(token !== undefined && { 'PRIVATE-TOKEN': token }),
        ...(call.json !== undefined && { 'Content-Type': 'application/json' }),
        ...call.headers,
      },
      ...(body !== undefined && { body }),
      ...(call.signal !== undefined && { signal: call.signal }),
      redirect: 'manual',
    });
    return new Answer(response.status, response.headers, Buffer.from(await response.arrayBuffer()));
  };
