import type { JsonSchema } from './param-schema.ts';
import { objectSchema, paramSchema } from './param-schema.ts';
import type { ParamSpec } from './param-spec.ts';
import type { Route } from './route.ts';

export interface OpenApiOptions {
  /** The version that the server says it is. */
  readonly version: string;
  /** Where the paths start: `https://host/root/api/v4`. */
  readonly serverUrl: string;
}

const JOB_TOKEN = /job(?:'s own)? token|token of a running job/u;
const BODY_TYPES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'];
const REFUSALS = ['400', '401', '403', '404', '409', '429'];

/** The OpenAPI 3.1 document of these routes: everything that their table knows, and nothing else. */
export const openApiDocument = (routes: readonly Route[], options: OpenApiOptions): JsonSchema => ({
  openapi: '3.1.0',
  info: {
    title: 'Penstock REST API',
    version: options.version,
    description:
      "GitLab's REST API v4 as far as Penstock has it. Parameters come in the query, as a form or as JSON; for one name the path wins over the body over the query. Undeclared parameters are ignored. A project's `id` is its number or its full path with `/` as `%2F`. Times are ISO 8601.",
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: options.serverUrl }],
  security: [{ privateToken: [] }, { bearer: [] }, { session: [] }, {}],
  paths: pathsOf(routes),
  components,
});

function pathsOf(routes: readonly Route[]): JsonSchema {
  const byPath = Map.groupBy(routes, (route) => templateOf(route.path));
  return Object.fromEntries(
    [...byPath]
      .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
      .map(([path, all]) => [
        path,
        Object.fromEntries(all.map((route) => [route.method.toLowerCase(), operationOf(route)])),
      ]),
  );
}

/** `/projects/:id/ref/*ref` as `/projects/{id}/ref/{ref}`. */
export const templateOf = (path: string): string => path.replace(/[:*](\w+)/gu, '{$1}');

function operationOf(route: Route): JsonSchema {
  const inPath = [...route.path.matchAll(/([:*])(\w+)/gu)].map(([, kind = '', name = '']) => ({ kind, name }));
  const names = new Set(inPath.map(({ name }) => name));
  const others = Object.entries(route.params).filter(([name]) => !names.has(name));
  const inBody = others.length > 0 && !inQuery(route);
  return {
    operationId: `${route.method.toLowerCase()}${operationName(route.path)}`,
    summary: route.summary,
    'x-guard': route.guardLabel,
    ...(JOB_TOKEN.test(route.guardLabel) ? { security: jobSecurity } : {}),
    parameters: [
      ...inPath.map(({ kind, name }) => pathParameter(name, kind === '*', route.params[name])),
      ...(inBody ? [] : others.map(([name, spec]) => queryParameter(name, spec))),
    ],
    ...(inBody ? { requestBody: bodyOf(others) } : {}),
    ...(route.body === 'stream' ? { requestBody: streamBody } : {}),
    responses: {
      '2XX': { description: 'Done' },
      ...Object.fromEntries(REFUSALS.map((status) => [status, { $ref: `#/components/responses/${status}` }])),
    },
  };
}

const inQuery = (route: Route): boolean =>
  route.method === 'GET' || route.method === 'DELETE' || route.body === 'stream';

const operationName = (path: string): string =>
  path
    .split(/[^A-Za-z0-9]+/u)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

function pathParameter(name: string, takesSlashes: boolean, spec: ParamSpec<unknown> | undefined): JsonSchema {
  const description = spec?.description ?? (takesSlashes ? 'May hold slashes' : undefined);
  return {
    name,
    in: 'path',
    required: true,
    schema: spec === undefined ? { type: 'string' } : withoutDescription(paramSchema(spec)),
    ...(description === undefined ? {} : { description }),
  };
}

function queryParameter(name: string, spec: ParamSpec<unknown>): JsonSchema {
  const isList = spec.type === 'array';
  return {
    name: isList ? `${name}[]` : name,
    in: 'query',
    ...(spec.required ? { required: true } : {}),
    ...(spec.type === 'hash' ? { style: 'deepObject' } : {}),
    ...(spec.description === undefined ? {} : { description: spec.description }),
    schema: withoutDescription(paramSchema(spec)),
  };
}

function withoutDescription(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'description'));
}

function bodyOf(params: readonly (readonly [string, ParamSpec<unknown>])[]): JsonSchema {
  const schema = objectSchema(Object.fromEntries(params));
  return {
    ...('required' in schema ? { required: true } : {}),
    content: Object.fromEntries(BODY_TYPES.map((type) => [type, { schema }])),
  };
}

const streamBody = { content: { '*/*': { schema: {} } } };

const jobSecurity = [{ privateToken: [] }, { bearer: [] }, { session: [] }, { jobToken: [] }, {}];

const refusal = (description: string, schema: string): JsonSchema => ({
  description,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
});

const components = {
  securitySchemes: {
    privateToken: { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN', description: 'An access token' },
    bearer: { type: 'http', scheme: 'bearer', description: "An access token, or a job's where the route takes one" },
    jobToken: { type: 'apiKey', in: 'header', name: 'JOB-TOKEN', description: 'CI_JOB_TOKEN of a running job' },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: '_penstock_session',
      description: 'A signed-in browser; anything but GET needs X-CSRF-Token too',
    },
  },
  schemas: {
    Error: {
      type: 'object',
      description: 'Parameters that do not hold, unknown routes, tokens that are dead or too narrow',
      properties: {
        error: { type: 'string' },
        error_description: { type: 'string' },
        scope: { type: 'string' },
      },
      required: ['error'],
    },
    Message: {
      type: 'object',
      description: 'Every other refusal: a sentence, or sentences by attribute',
      properties: { message: { type: ['string', 'object', 'array'], items: {} } },
      required: ['message'],
    },
    ErrorOrMessage: {
      anyOf: [{ $ref: '#/components/schemas/Error' }, { $ref: '#/components/schemas/Message' }],
    },
  },
  responses: {
    '400': refusal('Parameters that do not hold', 'ErrorOrMessage'),
    '401': refusal('No credential, or a dead one', 'ErrorOrMessage'),
    '403': refusal('The right is missing, or the scope of the token', 'ErrorOrMessage'),
    '404': refusal('Not there, or not to be seen by the caller', 'ErrorOrMessage'),
    '409': refusal('At odds with what is there', 'ErrorOrMessage'),
    '429': {
      description: 'Too many requests; Retry-After says when to come back',
      headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } },
      content: {
        'text/plain': { schema: { type: 'string' } },
        'application/json': { schema: { $ref: '#/components/schemas/Message' } },
      },
    },
  },
};
