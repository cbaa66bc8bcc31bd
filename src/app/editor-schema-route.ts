import { jsonSchema, KEYWORD_TABLE } from '../ci-lang/keyword-table/index.ts';
import { type Route, route, text } from '../http/index.ts';

/** Seconds. It changes with the version of the server only, and the tag tells when it has. */
const FRESH_FOR = 3600;

let written: string | undefined;

/** `GET /-/schemas/gitlab-ci.json`: the JSON Schema of `.gitlab-ci.yml`, for editors, which cannot sign in. */
export const editorSchemaRoute = (): Route =>
  route({
    method: 'GET',
    path: '/-/schemas/gitlab-ci.json',
    summary: 'A JSON Schema of .gitlab-ci.yml, for editors',
    params: {},
    guard: { label: 'everybody', check: async () => undefined },
    handler: async () => {
      written ??= JSON.stringify(jsonSchema(KEYWORD_TABLE));
      return text(200, written, {
        'Content-Type': 'application/schema+json',
        'Cache-Control': `public, max-age=${FRESH_FOR}`,
      });
    },
  });
