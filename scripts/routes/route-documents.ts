import { resolve } from 'node:path';
import type { AppRoutes } from '../../src/app/routes.ts';
import { apiMarkdown, routeTable } from '../../src/http/index.ts';

const root = resolve(import.meta.dirname, '../..');

const SNAPSHOT_HEAD = `Every route: method, path, guard. A change of authority is a line in a diff.
Written by \`npm run routes:snapshot\`, not by hand.
`;

const DOCUMENT_HEAD = `# API

Every route under \`/api/v4\`, written by \`npm run routes:snapshot\` from the table of routes, not by hand.
The same as OpenAPI 3.1: \`GET /api/v4/openapi.json\`.

- Parameters come in the query, as a form (\`application/x-www-form-urlencoded\`, \`multipart/form-data\`) or as JSON.
  For one name the path wins over the body over the query. What is not declared is ignored.
- \`id\` of a project is its number or its full path with \`/\` as \`%2F\`. A path may end with a slash or \`.json\`.
- Credentials: \`PRIVATE-TOKEN: …\` or \`Authorization: Bearer …\` with an access token, \`JOB-TOKEN: …\` with a job's
  token where the guard says so, or a session cookie with \`X-CSRF-Token\` on everything but GET.
- Refusals: \`{"error": "…"}\` for parameters that do not hold (400), unknown routes (404) and dead or narrow tokens
  (401, 403); \`{"message": "…"}\` for all others. A project that the caller may not see is 404.
- Lists are paged with \`page\` and \`per_page\` (at most 100) and say more in \`Link\` and \`X-Total\`; some also by
  \`pagination=keyset\`.
`;

/** The files that follow from the table of routes, by their absolute path. */
export const routeDocuments = (routes: AppRoutes): ReadonlyMap<string, string> =>
  new Map([
    [
      resolve(root, 'src/app/routes.snapshot.txt'),
      `${SNAPSHOT_HEAD}\nUnder /api/v4\n\n${routeTable(routes.api)}\nAt the root\n\n${routeTable(routes.site)}`,
    ],
    [resolve(root, 'docs/api.md'), apiMarkdown(routes.api, DOCUMENT_HEAD)],
  ]);
