import { integer, ok, type Route, route } from '../../../http/index.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import { type FeedQuery, findKeptEvents, hasEventsAfter, listEvents } from '../feed-store.ts';
import { presentEvent } from '../present-event.ts';
import type { HookHomeGuards } from './hook-home.ts';

const params = {
  after: integer({ default: 0, range: { min: 0 }, description: 'The highest number that is known already' }),
  limit: integer({
    default: 100,
    range: { min: 1, max: 1000 },
    description: 'Events in the answer at most; fewer where their payloads are large',
  }),
};

const answer = async (db: Db, query: FeedQuery) => {
  const rows = await listEvents(db, query);
  const after = rows.at(-1)?.sequence ?? query.after;
  const hasMore = rows.length > 0 && (await hasEventsAfter(db, { ...query, after }));
  // After the events: what is purged between the two is said to be missed, and is not.
  const { oldest, purgedTo } = await findKeptEvents(db);
  return ok({
    events: rows.map((row) => presentEvent(row, { ofProject: query.projectId !== undefined })),
    after,
    has_more: hasMore,
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
