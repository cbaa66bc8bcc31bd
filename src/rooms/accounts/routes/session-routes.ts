import { type ApiRequest, json, noContent, type Route, route, string } from '../../../http/index.ts';
import { forbidden } from '../../../kit/errors.ts';
import { presentUserBasic } from '../present.ts';
import { signIn, signOut } from '../sign-in.ts';
import type { AccountRouteDeps } from './deps.ts';

/** The cookie that `http/` reads a session from. */
const SESSION_COOKIE = '_penstock_session';
/** Read by the page's own script, which sends it back as `X-CSRF-Token`; of no use without the session. */
const CSRF_COOKIE = '_penstock_csrf';

const cookieLine = (
  request: ApiRequest,
  name: string,
  value: string,
  options: { readonly maxAgeSeconds: number; readonly readable: boolean },
): string => {
  const { protocol, pathname } = new URL(request.baseUrl);
  return [
    `${name}=${value}`,
    `Path=${pathname === '' ? '/' : pathname}`,
    `Max-Age=${options.maxAgeSeconds}`,
    'SameSite=Lax',
    ...(options.readable ? [] : ['HttpOnly']),
    ...(protocol === 'https:' ? ['Secure'] : []),
  ].join('; ');
};

/** A page elsewhere may not sign a browser in as somebody of its choice. Clients that are no browsers send neither header. */
const refuseForeignSite = (request: ApiRequest): void => {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const isForeign = origin !== undefined && origin !== new URL(request.baseUrl).origin;
  if (site === 'cross-site' || isForeign) throw forbidden('Sign in from the page itself');
};

/** `POST /-/sign_in` and `/-/sign_out`, mounted at the root. JSON or form. */
export const sessionRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  route({
    method: 'POST',
    path: '/-/sign_in',
    summary: 'Open a session',
    params: {
      login: string({ required: true, allowBlank: false, description: 'Username or e-mail address' }),
      password: string({ required: true, allowBlank: false }),
    },
    guard: { label: 'anyone, by name and password', check: async (request) => refuseForeignSite(request) },
    handler: async ({ params, request }) => {
      const { login, password } = params;
      const session = await signIn(deps, { login, password, address: request.ip });
      const maxAgeSeconds = Math.floor((session.expiresAt.getTime() - deps.clock.now().getTime()) / 1000);
      const body = { user: presentUserBasic(session.user, request.baseUrl), csrf_token: session.csrfToken };
      return json(200, body, {
        'Cache-Control': 'no-store',
        'Set-Cookie': [
          cookieLine(request, SESSION_COOKIE, session.cookie, { maxAgeSeconds, readable: false }),
          cookieLine(request, CSRF_COOKIE, session.csrfToken, { maxAgeSeconds, readable: true }),
        ],
      });
    },
  }),
  route({
    method: 'POST',
    path: '/-/sign_out',
    summary: 'End the session',
    params: {},
    guard: deps.guards.signedIn({ scopes: 'any' }),
    handler: async ({ request }) => {
      const { sessionCookie } = request.credentials;
      if (sessionCookie !== undefined) await signOut(deps, sessionCookie);
      return noContent({
        'Set-Cookie': [
          cookieLine(request, SESSION_COOKIE, '', { maxAgeSeconds: 0, readable: false }),
          cookieLine(request, CSRF_COOKIE, '', { maxAgeSeconds: 0, readable: true }),
        ],
      });
    },
  }),
];
