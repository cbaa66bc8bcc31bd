/** A client of the REST API for tests: every answer with its status, body and headers, nothing thrown. */
export interface RestAnswer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

export class RestClient {
  readonly #api: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(api: string, token?: string) {
    this.#api = api;
    this.#headers = token === undefined ? {} : { 'private-token': token };
  }

  get<T = unknown>(path: string): Promise<RestAnswer<T>> {
    return this.#call<T>('GET', path);
  }

  post<T = unknown>(path: string, body?: unknown): Promise<RestAnswer<T>> {
    return this.#call<T>('POST', path, body);
  }

  put<T = unknown>(path: string, body?: unknown): Promise<RestAnswer<T>> {
    return this.#call<T>('PUT', path, body);
  }

  delete<T = unknown>(path: string): Promise<RestAnswer<T>> {
    return this.#call<T>('DELETE', path);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<RestAnswer<T>> {
    const isForm = body instanceof FormData || body instanceof URLSearchParams;
    const response = await fetch(`${this.#api}${path}`, {
      method,
      headers: {
        ...this.#headers,
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('application/json') === true;
    return { status: response.status, body: (isJson ? JSON.parse(text) : text) as T, headers: response.headers };
  }
}
