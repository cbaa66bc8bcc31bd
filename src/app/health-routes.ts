import { sql } from 'kysely';
import type { Guard, Route } from '../http/index.ts';
import { json, route, text } from '../http/index.ts';
import type { Db } from '../platform/postgres/index.ts';

const EVERYBODY: Guard<undefined> = { label: 'everybody', check: async () => undefined };

/** GitLab's health checks, for load balancers and supervisors. No credential; nothing is told but whether it works. */
export const healthRoutes = (deps: { readonly db: Db }): readonly Route[] => [
  route({
    method: 'GET',
    path: '/-/health',
    summary: 'Whether the process answers',
    params: {},
    guard: EVERYBODY,
    handler: async () => text(200, 'GitLab OK'),
  }),
  route({
    method: 'GET',
    path: '/-/liveness',
    summary: 'Whether the process answers, as JSON',
    params: {},
    guard: EVERYBODY,
    handler: async () => json(200, { status: 'ok' }),
  }),
  route({
    method: 'GET',
    path: '/-/readiness',
    summary: 'Whether requests can be served (503 while the database is away)',
    params: {},
    guard: EVERYBODY,
    handler: async () => {
      try {
        await sql`select 1`.execute(deps.db);
        return json(200, { status: 'ok', master_check: [{ status: 'ok' }] });
      } catch {
        return json(503, { status: 'failed', master_check: [{ status: 'failed', message: 'the database is away' }] });
      }
    },
  }),
];
