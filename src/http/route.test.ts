import { describe, expect, expectTypeOf, it } from 'vitest';
import { anyone } from '../../test/support/serve-routes.ts';
import { enumeration, integer, string } from './params.ts';
import { noContent, ok } from './reply.ts';
import type { Guard, RouteDefinition } from './route.ts';
import { route, routeTable } from './route.ts';

interface Project {
  readonly name: string;
}

const project: Guard<Project> = { label: 'project: read', check: async () => ({ name: 'p' }) };

describe('a route', () => {
  it('hands its handler the guard’s subject and the declared types', () => {
    const made = route({
      method: 'GET',
      path: '/projects/:id/jobs',
      summary: 'Jobs of a project',
      params: { id: string({ required: true }), page: integer({ default: 1 }), sort: enumeration(['asc', 'desc']) },
      guard: project,
      handler: async ({ subject, params }) => {
        expectTypeOf(subject).toEqualTypeOf<Project>();
        expectTypeOf(params).toEqualTypeOf<{
          readonly id: string;
          readonly page: number;
          readonly sort: 'asc' | 'desc' | undefined;
        }>();
        return ok(params);
      },
    });
    expect(made).toMatchObject({ guardLabel: 'project: read', body: 'params', rules: [], bodyLimit: undefined });
  });

  it('cannot exist without a guard', () => {
    type Definition = RouteDefinition<Record<never, never>, undefined>;
    expectTypeOf<Omit<Definition, 'guard'>>().not.toMatchTypeOf<Definition>();
    expectTypeOf<Definition>().toHaveProperty('guard');
  });
});

describe('the table of routes', () => {
  const of = (method: 'GET' | 'POST' | 'DELETE', path: string, guard: Guard<unknown>) =>
    route({ method, path, summary: '', params: {}, guard, handler: async () => noContent() });

  it('has a line for each route, sorted, with its guard', () => {
    const routes = [
      of('POST', '/projects/:id/run', project),
      of('GET', '/version', anyone),
      of('GET', '/projects/:id/run', anyone),
    ];
    expect(routeTable(routes)).toBe(
      [
        'GET    /projects/:id/run  anyone',
        'POST   /projects/:id/run  project: read',
        'GET    /version           anyone',
        '',
      ].join('\n'),
    );
    expect(routeTable([])).toBe('');
  });
});
