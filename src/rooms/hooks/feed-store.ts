import { sql } from 'kysely';
import type { ProjectId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';

/** SQL that reads the numbered events. */

export interface FeedQuery {
  /** Events with higher numbers. */
  readonly after: number;
  /** At most. */
  readonly limit: number;
  /** Undefined: of everything. */
  readonly projectId?: ProjectId;
}

/** Bytes of payloads after which no further event is added to an answer. */
const MOST_BYTES = 16 * 1024 * 1024;

const ofProject = (projectId: ProjectId | undefined) =>
  projectId === undefined ? sql`true` : sql`events.project_id = ${projectId}`;

/** The numbers of those that go into one answer, read one by one: payloads may be of megabytes. */
const sequencesOfPage = ({ after, limit, projectId }: FeedQuery) => sql<number>`(
  with recursive page (sequence, bytes, count) as (
    select ${after}::bigint, 0::bigint, 0
    union all
    select next.sequence, page.bytes + next.bytes, page.count + 1
    from page cross join lateral (
      select events.sequence, coalesce(octet_length(events.payload::text), 0) as bytes from events
      where events.sequence > page.sequence and ${ofProject(projectId)} order by events.sequence limit 1
    ) as next
    where page.bytes < ${MOST_BYTES} and page.count < ${limit}
  ) select page.sequence from page where page.count > 0)`;

/** In the order of their numbers: as many as are wanted, or fewer of large payloads. */
export const listEvents = (db: Db, query: FeedQuery) =>
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
    .where('sequence', 'in', sequencesOfPage(query))
    .orderBy('sequence')
    .execute();

/** Whether there are any with higher numbers. */
export const hasEventsAfter = async (db: Db, { after, projectId }: Omit<FeedQuery, 'limit'>): Promise<boolean> => {
  const { rows } = await sql<{ readonly found: boolean }>`
    select exists (select from events where sequence > ${after} and ${ofProject(projectId)}) as found`.execute(db);
  return rows[0]?.found === true;
};

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
