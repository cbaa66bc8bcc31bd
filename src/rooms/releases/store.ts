import { type Selectable, sql } from 'kysely';
import type { ProjectId, ReleaseId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import { findUsersByIds, type User } from '../accounts/index.ts';
import { findLinksOfReleases } from './link-store.ts';
import type { Release } from './release.ts';

type ReleaseRow = Selectable<DB['releases']>;

/** With authors and links: three statements, however many releases. In the order given. */
const complete = async (db: Db | Tx, rows: readonly ReleaseRow[]): Promise<readonly Release[]> => {
  if (rows.length === 0) return [];
  const links = await findLinksOfReleases(
    db,
    rows.map((row) => row.id),
  );
  const authorIds = [...new Set(rows.flatMap((row) => (row.author_id === null ? [] : [row.author_id])))];
  const users = authorIds.length === 0 ? [] : await findUsersByIds(db, authorIds);
  const authors = new Map<number, User>(users.map((user) => [user.id, user]));
  return rows.map((row) => ({
    id: row.id as ReleaseId,
    projectId: row.project_id as ProjectId,
    tag: row.tag,
    name: row.name,
    description: row.description,
    sha: row.sha,
    author: row.author_id === null ? null : (authors.get(row.author_id) ?? null),
    releasedAt: row.released_at,
    createdAt: row.created_at,
    links: links.get(row.id) ?? [],
  }));
};

/** The release of that number, of whatever project. */
export const findReleaseById = async (db: Db | Tx, id: ReleaseId): Promise<Release | undefined> => {
  const rows = await db.selectFrom('releases').selectAll().where('id', '=', id).execute();
  return (await complete(db, rows))[0];
};

export const findReleaseOfTag = async (
  db: Db | Tx,
  projectId: ProjectId,
  tag: string,
): Promise<Release | undefined> => {
  const rows = await db
    .selectFrom('releases')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('tag', '=', tag)
    .execute();
  return (await complete(db, rows))[0];
};

export interface ReleaseText {
  readonly name: string;
  readonly description: string | null;
}

/** Name and description by tag, of those tags that have a release. */
export const findReleaseTexts = async (
  db: Db | Tx,
  projectId: ProjectId,
  tags: readonly string[],
): Promise<ReadonlyMap<string, ReleaseText>> => {
  if (tags.length === 0) return new Map();
  const rows = await db
    .selectFrom('releases')
    .select(['tag', 'name', 'description'])
    .where('project_id', '=', projectId)
    .where(sql<boolean>`tag = any(${[...tags]}::text[])`)
    .execute();
  return new Map(rows.map(({ tag, name, description }) => [tag, { name, description }]));
};

export const findReleaseText = async (db: Db, projectId: ProjectId, tag: string): Promise<ReleaseText | undefined> =>
  (await findReleaseTexts(db, projectId, [tag])).get(tag);

export const RELEASE_ORDERS = ['released_at', 'created_at'] as const;

export interface ReleaseFilter {
  readonly projectIds: readonly ProjectId[];
  readonly updatedAfter?: Date | undefined;
  readonly updatedBefore?: Date | undefined;
}

export interface ReleasePage {
  readonly limit: number;
  readonly offset: number;
  readonly orderBy: (typeof RELEASE_ORDERS)[number];
  readonly sort: 'asc' | 'desc';
}

const selectFiltered = (db: Db, filter: ReleaseFilter) => {
  let query = db.selectFrom('releases').where(sql<boolean>`project_id = any(${[...filter.projectIds]}::bigint[])`);
  if (filter.updatedAfter !== undefined) query = query.where('updated_at', '>=', filter.updatedAfter);
  if (filter.updatedBefore !== undefined) query = query.where('updated_at', '<=', filter.updatedBefore);
  return query;
};

export const listReleases = async (
  db: Db,
  filter: ReleaseFilter,
  page: ReleasePage,
): Promise<{ readonly releases: readonly Release[]; readonly total: number }> => {
  const counted = await selectFiltered(db, filter)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await selectFiltered(db, filter)
    .selectAll()
    .orderBy(page.orderBy, page.sort)
    .orderBy('id', page.sort)
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { releases: await complete(db, rows), total: counted.total };
};

/** The tag of the release with the latest date, upcoming ones included. */
export const findLatestTag = async (db: Db, projectId: ProjectId): Promise<string | undefined> => {
  const row = await db
    .selectFrom('releases')
    .select('tag')
    .where('project_id', '=', projectId)
    .orderBy('released_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.tag;
};

export interface NewRelease extends ReleaseText {
  readonly projectId: ProjectId;
  readonly tag: string;
  readonly sha: string;
  readonly authorId: UserId;
  readonly releasedAt: Date;
}

/** Undefined: the tag has a release. */
export const insertRelease = async (tx: Tx, release: NewRelease, now: Date): Promise<ReleaseId | undefined> => {
  const row = await tx
    .insertInto('releases')
    .values({
      project_id: release.projectId,
      tag: release.tag,
      name: release.name,
      description: release.description,
      sha: release.sha,
      author_id: release.authorId,
      released_at: release.releasedAt,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(['project_id', 'tag']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row === undefined ? undefined : (row.id as ReleaseId);
};

export interface ReleaseChange {
  readonly name?: string;
  readonly description?: string | null;
  readonly releasedAt?: Date;
}

/** False: it is gone. */
export const updateRelease = async (tx: Tx, id: ReleaseId, change: ReleaseChange, now: Date): Promise<boolean> => {
  const { name, description, releasedAt } = change;
  const row = await tx
    .updateTable('releases')
    .set({
      updated_at: now,
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(releasedAt !== undefined && { released_at: releasedAt }),
    })
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

/** Its row is nobody else's until the transaction ends. False: it is gone. */
export const lockRelease = async (tx: Tx, id: ReleaseId): Promise<boolean> => {
  const row = await tx.selectFrom('releases').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
  return row !== undefined;
};

export const deleteRelease = async (tx: Tx, id: ReleaseId): Promise<void> => {
  await tx.deleteFrom('releases').where('id', '=', id).execute();
};
