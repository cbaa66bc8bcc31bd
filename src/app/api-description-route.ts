import { ok, openApiDocument, type Route, route } from '../http/index.ts';
import { GITLAB_VERSION } from '../kit/version.ts';

/** `GET /openapi.json`: the API described by its own table of routes, this one included. `routes` is asked at each call. */
export const apiDescriptionRoute = (routes: () => readonly Route[]): Route =>
  route({
    method: 'GET',
    path: '/openapi.json',
    summary: 'The API as an OpenAPI 3.1 document',
    params: {},
    guard: { label: 'everybody', check: async () => undefined },
    handler: async ({ request }) =>
      ok(openApiDocument(routes(), { version: GITLAB_VERSION, serverUrl: `${request.baseUrl}/api/v4` })),
  });
