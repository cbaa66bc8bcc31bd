import { describe, expect, it } from 'vitest';
import { apiMarkdown } from './api-markdown.ts';
import { arrayOfHashes } from './nested-params.ts';
import { openApiDocument } from './openapi.ts';
import { pagingParams } from './paging.ts';
import { arrayOf, enumeration, integer, string } from './params.ts';
import { noContent } from './reply.ts';
import { route } from './route.ts';

const guard = { label: 'project: read, job token READ_JOBS', check: async () => undefined };
const handler = async () => noContent();

const list = route({
  method: 'GET',
  path: '/projects/:id/jobs',
  summary: 'Jobs',
  params: { scope: enumeration(['a', 'b'], { default: 'a' }), ids: arrayOf(integer()), ...pagingParams },
  guard,
  handler,
});
const make = route({
  method: 'POST',
  path: '/projects/:id/ref/*ref/jobs',
  summary: 'Makes | one',
  params: {
    id: string({ required: true }),
    name: string({ required: true, description: 'Its name' }),
    size: integer({ range: { min: 1, max: 5 } }),
    variables: arrayOfHashes({ key: string({ required: true }), value: string() }),
  },
  guard: { label: 'anyone', check: async () => undefined },
  handler,
});
const document = openApiDocument([list, make], { version: '1', serverUrl: 'https://ci.example.com/api/v4' });

describe('OpenAPI of routes', () => {
  it('puts the parameters of a GET in the query', () => {
    expect(document).toHaveProperty(
      ['paths', '/projects/{id}/jobs', 'get', 'parameters'],
      [
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'scope', in: 'query', schema: { type: 'string', enum: ['a', 'b'], default: 'a' } },
        { name: 'ids[]', in: 'query', schema: { type: 'array', items: { type: 'integer' } } },
        { name: 'page', in: 'query', description: 'Current page number', schema: { type: 'integer', default: 1 } },
        {
          name: 'per_page',
          in: 'query',
          description: 'Number of items per page',
          schema: { type: 'integer', default: 20 },
        },
      ],
    );
  });

  it('puts those of a POST in the body, the ones of its path apart', () => {
    const post = ['paths', '/projects/{id}/ref/{ref}/jobs', 'post'];
    expect(document).toHaveProperty(
      [...post, 'parameters'],
      [
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'ref', in: 'path', required: true, schema: { type: 'string' }, description: 'May hold slashes' },
      ],
    );
    expect(document).toHaveProperty([...post, 'requestBody', 'content', 'application/json', 'schema'], {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'Its name' },
        size: { type: 'integer', minimum: 1, maximum: 5 },
        variables: {
          type: 'array',
          items: {
            type: 'object',
            properties: { key: { type: 'string' }, value: { type: 'string' } },
            required: ['key'],
          },
        },
      },
      required: ['name'],
    });
  });

  it('offers the job token where the guard takes it', () => {
    expect(document).toHaveProperty(['paths', '/projects/{id}/jobs', 'get', 'security', 3], { jobToken: [] });
    expect(document).not.toHaveProperty(['paths', '/projects/{id}/ref/{ref}/jobs', 'post', 'security']);
  });
});

describe('the document of routes', () => {
  it('has a chapter a noun and a section a route, with the keys of hashes', () => {
    const text = apiMarkdown([make, list], '# API\n');
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '# API',
      '## projects: jobs',
      '### GET /projects/{id}/jobs',
      '## projects: ref',
      '### POST /projects/{id}/ref/{ref}/jobs',
    ]);
    expect(text).toContain('| `variables[][key]` | string | required |  |');
    expect(text).toContain('| `size` | integer | from 1; up to 5 |  |');
    expect(text).toContain('Makes \\| one');
  });
});
