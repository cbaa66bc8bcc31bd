import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../src/http/index.ts';
import { allRoutes } from './all-routes.ts';
import { openApiProblems } from './openapi-problems.ts';
import { routeDocuments } from './route-documents.ts';

const routes = allRoutes();

describe('what follows from the table of routes', () => {
  const documents = [...routeDocuments(routes)].map(([path, text]) => ({ path, text, name: basename(path) }));

  it.each(documents)('$name is up to date (else: npm run routes:snapshot)', ({ path, text }) => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe('the OpenAPI document', () => {
  const document = openApiDocument(routes.api, { version: '1', serverUrl: 'https://ci.example.com/api/v4' });

  it('keeps the rules of OpenAPI 3.1', () => {
    expect(openApiProblems(document)).toEqual([]);
  });

  it('has an operation for every route', () => {
    const operations = JSON.stringify(document).match(/"operationId":/gu);
    expect(operations).toHaveLength(routes.api.length);
  });

  it('is judged by a check that finds faults', () => {
    const broken = {
      openapi: '3.0.0',
      paths: {
        '/a/{id}': {
          get: {
            operationId: 'a',
            summary: 'A',
            parameters: [{ name: 'x', in: 'query', schema: { type: 'array' } }],
            responses: { '404': { $ref: '#/components/responses/404' } },
          },
        },
      },
    };
    expect(openApiProblems(broken)).toEqual([
      'openapi is not 3.1.0',
      'get /a/{id}: path parameters differ from the template',
      'nothing at #/components/responses/404',
      'an array of nothing',
    ]);
  });
});
