import { type Selectable, sql } from 'kysely';
import type { ReleaseId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { WantedLink } from './link-policy.ts';
import type { LinkType, ReleaseLink, ReleaseLinkId } from './release.ts';

const toLink = (row: Selectable<DB['release_links']>): ReleaseLink => ({
  id: row.id as ReleaseLinkId,
  name: row.name,
  url: row.url,
  filepath: row.filepath,
  linkType: row.link_type as LinkType,
});

/** The links by release, newest first. */
export const findLinksOfReleases = async (
  db: Db | Tx,
  releaseIds: readonly number[],
): Promise<ReadonlyMap<number, readonly ReleaseLink[]>> => {
  const rows = await db
    .selectFrom('release_links')
    .selectAll()
    .where(sql<boolean>`release_id = any(${[...releaseIds]}::bigint[])`)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const byRelease = new Map<number, ReleaseLink[]>();
  for (const row of rows) {
    const links = byRelease.get(row.release_id) ?? [];
    byRelease.set(row.release_id, links);
    links.push(toLink(row));
  }
  return byRelease;
};

export const findLinks = async (db: Db | Tx, releaseId: ReleaseId): Promise<readonly ReleaseLink[]> =>
  (await findLinksOfReleases(db, [releaseId])).get(releaseId) ?? [];

/** Adds links in their order; answers their numbers. */
export const insertLinks = async (
  tx: Tx,
  releaseId: ReleaseId,
  links: readonly WantedLink[],
  now: Date,
): Promise<readonly ReleaseLinkId[]> => {
  if (links.length === 0) return [];
  // Arrays: a statement has 65535 parameters at most.
  const { rows } = await sql<{ readonly id: number }>`
    insert into release_links (release_id, name, url, filepath, link_type, created_at, updated_at)
    select ${releaseId}, name, url, filepath, link_type, ${now}, ${now} from unnest(
      ${links.map(({ name }) => name)}::text[], ${links.map(({ url }) => url)}::text[],
      ${links.map(({ filepath }) => filepath)}::text[], ${links.map(({ linkType }) => linkType)}::text[]
    ) with ordinality as link (name, url, filepath, link_type, place)
    order by place
    returning id`.execute(tx);
  return rows.map(({ id }) => id as ReleaseLinkId);
};

export const updateLink = async (tx: Tx, id: ReleaseLinkId, link: WantedLink, now: Date): Promise<void> => {
  await tx
    .updateTable('release_links')
    .set({ name: link.name, url: link.url, filepath: link.filepath, link_type: link.linkType, updated_at: now })
    .where('id', '=', id)
    .execute();
};

export const deleteLink = async (tx: Tx, id: ReleaseLinkId): Promise<void> => {
  await tx.deleteFrom('release_links').where('id', '=', id).execute();
};
