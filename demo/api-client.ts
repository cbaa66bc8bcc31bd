/** As much of GitLab's API as the demo needs, with nothing but `fetch`. */
export class ApiClient {
  readonly #base: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#base = `${url}/api/v4`;
    this.#token = token;
  }

  get<T>(path: string): Promise<T> {
    return this.#json<T>(path, {});
  }

  post<T>(path: string, body: Readonly<Record<string, unknown>>): Promise<T> {
    return this.#json<T>(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async text(path: string): Promise<string> {
    return (await this.#call(path, {})).text();
  }

  async #json<T>(path: string, init: RequestInit): Promise<T> {
    return (await (await this.#call(path, init)).json()) as T;
  }

  async #call(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(`${this.#base}${path}`, {
      ...init,
      headers: { ...init.headers, 'private-token': this.#token },
    });
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}
