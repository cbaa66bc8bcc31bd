import type { ProjectId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';

/** SQL that reads the numbered events. */

export interface FeedQuery {
  /** Events with higher numbers. */
  readonly after: number;
  readonly limit: number;
  /** Undefined: of everything. */
  readonly projectId?: ProjectId;
}

/** In the order of their numbers. */
export const listEvents = (db: Db, { after, limit, projectId }: FeedQuery) =>
  db
    .selectFrom('events')
    .select([
      'sequence',
      'id',
      'event_name',
      'trigger',
      'subject',
      'project_id',
      'group_id',
      'fact',
      'payload',
      'occurred_at',
    ])
    .where('sequence', '>', after)
    .$if(projectId !== undefined, (query) => query.where('project_id', '=', projectId ?? 0))
    .orderBy('sequence')
    .limit(limit)
    .execute();

export type FeedRow = Awaited<ReturnType<typeof listEvents>>[number];

/** What is kept of all events. */
export interface KeptEvents {
  /** The lowest number; null: nothing is kept. */
  readonly oldest: number | null;
  /** The highest number that is not kept any more; 0: everything is kept. */
  readonly purgedTo: number;
}

export const findKeptEvents = async (db: Db): Promise<KeptEvents> => {
  const first = db.selectFrom('events').select('sequence').orderBy('sequence').limit(1);
  const row = await db
    .selectFrom('event_counter')
    .select(['last_sequence', first.as('oldest')])
    .executeTakeFirstOrThrow();
  return { oldest: row.oldest, purgedTo: row.oldest === null ? row.last_sequence : row.oldest - 1 };
};
