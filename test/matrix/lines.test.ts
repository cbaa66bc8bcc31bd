import { describe, expect, it } from 'vitest';
import { noContent, route } from '../../src/http/index.ts';
import { linesOf } from './walk.ts';

const made = (method: 'GET' | 'POST', path: string) =>
  route({
    method,
    path,
    summary: 'Made',
    params: {},
    guard: { label: 'anyone', check: async () => undefined },
    handler: async () => noContent(),
  });

describe('the lines of the matrix', () => {
  const routes = { api: [made('GET', '/a'), made('POST', '/a'), made('POST', '/b')], site: [] };

  it('name a route that writes and has no recipe, and a recipe whose route is gone', () => {
    const { missing, unknown } = linesOf(routes, { 'POST /a': {}, 'PUT /gone': {} });
    expect({ missing, unknown }).toEqual({ missing: ['POST /b'], unknown: ['PUT /gone'] });
  });

  it('are several where a route has several recipes', () => {
    const { lines } = linesOf(routes, { 'POST /a': [{}, { note: 'again' }], 'POST /b': {} });
    expect(lines.map(({ name }) => name)).toEqual(['GET    /a', 'POST   /a', 'POST   /a (again)', 'POST   /b']);
  });
});
