import { integer, ok, type Route, route } from '../../../http/index.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import { type FeedQuery, findKeptEvents, listEvents } from '../feed-store.ts';
import { presentEvent } from '../present-event.ts';
import type { HookHomeGuards } from './hook-home.ts';

const params = {
  after: integer({ default: 0, range: { min: 0 }, description: 'The highest number that is known already' }),
  limit: integer({ default: 100, range: { min: 1, max: 1000 }, description: 'Events in the answer at most' }),
};

const answer = async (db: Db, query: FeedQuery) => {
  const rows = await listEvents(db, { ...query, limit: query.limit + 1 });
  const shown = rows.slice(0, query.limit);
  // After the events: what is purged between the two is said to be missed, and is not.
  const { oldest, purgedTo } = await findKeptEvents(db);
  return ok({
    events: shown.map((row) => presentEvent(row, { ofProject: query.projectId !== undefined })),
    after: shown.at(-1)?.sequence ?? query.after,
    has_more: rows.length > shown.length,
    oldest,
    missed: query.after < purgedTo,
  });
};

/** Penstock's own: the numbered events, for a receiver to see whether it has missed any. */
export const feedRoutes = (deps: { readonly db: Db } & HookHomeGuards): readonly Route[] => [
  route({
    method: 'GET',
    path: '/penstock/events',
    summary: 'Events of the instance after a number',
    params,
    guard: deps.accounts.admin(),
    handler: ({ params: query }) => answer(deps.db, query),
  }),
  route({
    method: 'GET',
    path: '/projects/:id/penstock/events',
    summary: 'Events of a project after a number',
    params,
    guard: deps.project('admin_hook', { authenticateFirst: true }),
    handler: ({ params: query, subject }) => answer(deps.db, { ...query, projectId: subject.project.id }),
  }),
];
