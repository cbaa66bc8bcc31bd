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

/** The lowest number that is still kept; null: nothing is. */
export const findOldestSequence = async (db: Db): Promise<number | null> => {
  const row = await db.selectFrom('events').select('sequence').orderBy('sequence').limit(1).executeTakeFirst();
  return row?.sequence ?? null;
};
