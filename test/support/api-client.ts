export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON, or undefined. */
  readonly body: unknown;
}

/** Calls `/api/v4` of a server as a user; a body that is an object goes as JSON, one that is a text as a form. */
export const apiClient =
  (url: string, token?: string) =>
  async (
    method: string,
    path: string,
    body?: object | string,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> => {
    const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json';
    const answer = await fetch(`${url}/api/v4${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { 'PRIVATE-TOKEN': token }),
        ...(body === undefined ? {} : { 'Content-Type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    return { status: answer.status, headers: answer.headers, text, body: parsed };
  };
