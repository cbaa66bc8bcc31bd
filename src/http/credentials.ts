import type { RawParams, RawValue } from './raw-params.ts';

/** What a request offers as proof of who sends it: taken apart, not verified. */
export interface Credentials {
  /** `Authorization: Bearer …`: a personal, OAuth or job token. */
  readonly bearer?: string;
  /** `access_token` parameter (OAuth). */
  readonly accessToken?: string;
  /** `private_token` parameter, else the `PRIVATE-TOKEN` header. */
  readonly privateToken?: string;
  /** `JOB-TOKEN` header, else `job_token` parameter, else `token` parameter. */
  readonly jobToken?: string;
  /** `Deploy-Token` header. */
  readonly deployToken?: string;
  /** `RUNNER-TOKEN` header (the runner sends it beside the body's `token`). */
  readonly runnerToken?: string;
  /** `Authorization: Basic …`, UTF-8. */
  readonly basic?: { readonly username: string; readonly password: string };
  /** The session cookie's value. */
  readonly sessionCookie?: string;
  /** `X-CSRF-Token` header: a session needs it on everything but GET. */
  readonly csrfToken?: string;
  /** `sudo` parameter, else `Sudo` header: a user's id or name. */
  readonly sudo?: string;
}

/**
 * Collects the credentials of a request. Blank values count as absent. Nothing is decided here: the guard knows which of them its route
 * accepts and in which order (bearer, parameter, header, job token, session).
 * @param headers lower-case names
 * @param cookies decoded cookie values by name
 */
export function extractCredentials(
  headers: Readonly<Record<string, string>>,
  params: RawParams,
  cookies: Readonly<Record<string, string | undefined>>,
  sessionCookieName: string,
): Credentials {
  const header = (name: string): string | undefined => nonBlank(headers[name]);
  const param = (name: string): string | undefined => nonBlank(params[name]);
  const authorization = headers['authorization'] ?? '';
  return withoutAbsent({
    bearer: nonBlank(/^bearer +(.*)$/isu.exec(authorization)?.[1]),
    accessToken: param('access_token'),
    privateToken: param('private_token') ?? header('private-token'),
    jobToken: header('job-token') ?? param('job_token') ?? param('token'),
    deployToken: header('deploy-token'),
    runnerToken: header('runner-token'),
    basic: basicOf(authorization),
    sessionCookie: nonBlank(cookies[sessionCookieName]),
    csrfToken: header('x-csrf-token'),
    sudo: param('sudo') ?? header('sudo'),
  });
}

function nonBlank(value: RawValue | undefined): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

function basicOf(authorization: string): Credentials['basic'] | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/isu.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0 || decoded.includes('\0')) return undefined;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

type Found = { readonly [K in keyof Credentials]-?: Credentials[K] | undefined };

const withoutAbsent = (found: Found): Credentials =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
