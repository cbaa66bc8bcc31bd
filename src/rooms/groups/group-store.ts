import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { NamespaceId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import {
  type Group,
  moreOpenThan,
  PROJECT_CREATION_LEVELS,
  type ProjectCreationLevel,
  SUBGROUP_CREATION_LEVELS,
  type SubgroupCreationLevel,
  VISIBILITIES,
  type Visibility,
} from './group.ts';

const COLUMNS = [
  'namespaces.id',
  'namespaces.path',
  'namespaces.name',
  'namespaces.full_path',
  'namespaces.full_name',
  'namespaces.parent_id',
  'namespaces.description',
  'namespaces.visibility',
  'namespaces.project_creation_level',
  'namespaces.subgroup_creation_level',
  'namespaces.request_access_enabled',
  'namespaces.created_at',
] as const;

type GroupRow = Omit<Selectable<DB['namespaces']>, 'kind' | 'owner_id' | 'updated_at' | 'deleted_at'>;

const oneOf = <T extends string>(values: readonly T[], text: string, otherwise: T): T =>
  values.find((value) => value === text) ?? otherwise;

const toGroup = (row: GroupRow): Group => ({
  id: row.id as NamespaceId,
  path: row.path,
  name: row.name,
  fullPath: row.full_path,
  fullName: row.full_name ?? row.name,
  parentId: row.parent_id as NamespaceId | null,
  description: row.description,
  visibility: oneOf(VISIBILITIES, row.visibility, 'private'),
  projectCreationLevel: oneOf(PROJECT_CREATION_LEVELS, row.project_creation_level, 'noone'),
  subgroupCreationLevel: oneOf(SUBGROUP_CREATION_LEVELS, row.subgroup_creation_level, 'owner'),
  requestAccessEnabled: row.request_access_enabled,
  createdAt: row.created_at,
});

/** Every group that is not deleted. All reading of groups starts here. */
export const selectGroups = (db: Db) =>
  db.selectFrom('namespaces').where('namespaces.kind', '=', 'group').where('namespaces.deleted_at', 'is', null);

/** The groups that a query of `selectGroups` finds, with all that a `Group` has. */
export const readGroups = async (query: ReturnType<typeof selectGroups>): Promise<readonly Group[]> =>
  (await query.select(COLUMNS).execute()).map(toGroup);

export const findGroupById = async (db: Db, id: number): Promise<Group | undefined> =>
  (await readGroups(selectGroups(db).where('namespaces.id', '=', id)))[0];

/** A number, or the full path; upper and lower case are one. Old paths of groups are not followed, as in GitLab. */
export const findGroup = async (db: Db, idOrPath: string): Promise<Group | undefined> => {
  if (/^\d{1,15}$/.test(idOrPath)) return findGroupById(db, Number(idOrPath));
  if (idOrPath.includes('\0')) return undefined;
  const path = sql`lower(namespaces.full_path)`;
  return (await readGroups(selectGroups(db).where(path, '=', idOrPath.toLowerCase())))[0];
};

/** The group until the transaction ends, as it is now; undefined when it was deleted. */
export const lockGroup = async (tx: Tx, id: NamespaceId): Promise<Group | undefined> =>
  (await readGroups(selectGroups(tx).where('namespaces.id', '=', id).forNoKeyUpdate()))[0];

export interface NewGroup
  extends Pick<
    Group,
    | 'path'
    | 'name'
    | 'description'
    | 'visibility'
    | 'projectCreationLevel'
    | 'subgroupCreationLevel'
    | 'requestAccessEnabled'
  > {
  readonly parent: Pick<Group, 'id' | 'fullPath' | 'fullName'> | undefined;
}

/** Undefined when another namespace has the path. */
export const insertGroup = async (tx: Tx, group: NewGroup, now: Date): Promise<Group | undefined> => {
  const { parent } = group;
  const row = await tx
    .insertInto('namespaces')
    .values({
      kind: 'group',
      path: group.path,
      name: group.name,
      full_path: parent === undefined ? group.path : `${parent.fullPath}/${group.path}`,
      full_name: parent === undefined ? null : `${parent.fullName} / ${group.name}`,
      parent_id: parent?.id ?? null,
      description: group.description,
      visibility: group.visibility,
      project_creation_level: group.projectCreationLevel,
      subgroup_creation_level: group.subgroupCreationLevel,
      request_access_enabled: group.requestAccessEnabled,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  return row === undefined ? undefined : toGroup(row);
};

/** What may be changed of a group; every name is listed, so nothing else ever is. */
export interface GroupChanges {
  readonly name?: string;
  readonly path?: string;
  readonly description?: string;
  readonly visibility?: Visibility;
  readonly projectCreationLevel?: ProjectCreationLevel;
  readonly subgroupCreationLevel?: SubgroupCreationLevel;
  readonly requestAccessEnabled?: boolean;
}

export const updateGroup = async (tx: Tx, id: NamespaceId, changes: GroupChanges, now: Date): Promise<void> => {
  const { name, path, description, visibility, projectCreationLevel, subgroupCreationLevel } = changes;
  const { requestAccessEnabled } = changes;
  await tx
    .updateTable('namespaces')
    .set({
      ...(name !== undefined && { name }),
      ...(path !== undefined && { path }),
      ...(description !== undefined && { description }),
      ...(visibility !== undefined && { visibility }),
      ...(projectCreationLevel !== undefined && { project_creation_level: projectCreationLevel }),
      ...(subgroupCreationLevel !== undefined && { subgroup_creation_level: subgroupCreationLevel }),
      ...(requestAccessEnabled !== undefined && { request_access_enabled: requestAccessEnabled }),
      updated_at: now,
    })
    .where('id', '=', id)
    .execute();
};

/** Puts a group below another one, or at the top. Full paths and names are `renewFullPaths`'s. */
export const moveGroup = async (tx: Tx, id: NamespaceId, parentId: NamespaceId | null, now: Date): Promise<void> => {
  await tx.updateTable('namespaces').set({ parent_id: parentId, updated_at: now }).where('id', '=', id).execute();
};

/** Closes those of these groups that are more open than that down to it. */
export const limitVisibility = async (
  tx: Tx,
  ids: readonly number[],
  visibility: Visibility,
  now: Date,
): Promise<void> => {
  await tx
    .updateTable('namespaces')
    .set({ visibility, updated_at: now })
    .where('id', 'in', ids)
    .where('visibility', 'in', moreOpenThan(visibility))
    .execute();
};

/** Makes full paths and names of a group and of all groups below it follow from paths and names again. Their ids. */
export const renewFullPaths = async (tx: Tx, id: NamespaceId, now: Date): Promise<readonly number[]> => {
  const { rows } = await sql<{ readonly id: number }>`
    with recursive tree (id, full_path, full_name) as (
      select self.id, concat_ws('/', parent.full_path, self.path),
        concat_ws(' / ', coalesce(parent.full_name, parent.name), self.name)
      from namespaces self left join namespaces parent on parent.id = self.parent_id where self.id = ${id}
      union all
      select child.id, tree.full_path || '/' || child.path, tree.full_name || ' / ' || child.name
      from namespaces child join tree on child.parent_id = tree.id
    )
    update namespaces set full_path = tree.full_path, updated_at = ${now},
      full_name = case when namespaces.parent_id is not null then tree.full_name end
    from tree where tree.id = namespaces.id
    returning namespaces.id`.execute(tx);
  return rows.map((row) => row.id);
};

/** Hides a group and all groups below it, and frees its path. Their ids. */
export const markGroupsDeleted = async (tx: Tx, group: Group, now: Date): Promise<readonly number[]> => {
  const suffix = `~deleted-${group.id}`;
  await tx
    .updateTable('namespaces')
    .set({ path: `${group.path}${suffix}`, name: `${group.name}${suffix}` })
    .where('id', '=', group.id)
    .execute();
  const ids = await renewFullPaths(tx, group.id, now);
  await tx.updateTable('namespaces').set({ deleted_at: now }).where('id', 'in', ids).execute();
  return ids;
};

/**
 * Takes the rows of deleted groups away whose projects are gone, from the bottom up. Answers how many; what stood above
 * them goes the next time.
 */
export const removeDeletedGroups = async (db: Db): Promise<number> => {
  const result = await sql`
    delete from namespaces where deleted_at is not null
      and not exists (select from projects where projects.namespace_id = namespaces.id)
      and not exists (select from namespaces child where child.parent_id = namespaces.id)`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
};

/** The most open of the groups directly below; undefined when there is none. */
export const findMostOpenSubgroup = async (db: Db, id: NamespaceId): Promise<Visibility | undefined> => {
  const groups = await readGroups(selectGroups(db).where('namespaces.parent_id', '=', id));
  return VISIBILITIES.toReversed().find((visibility) => groups.some((group) => group.visibility === visibility));
};

/** Whether another namespace directly below the parent has this name (only subgroups' names are unique). */
export const isNameTaken = async (
  db: Db,
  parentId: NamespaceId,
  name: string,
  except: NamespaceId | undefined,
): Promise<boolean> => {
  const found = await readGroups(
    selectGroups(db).where('namespaces.parent_id', '=', parentId).where('namespaces.name', '=', name),
  );
  return found.some((group) => group.id !== except);
};

/** Whether any namespace other than this one has the full path. */
export const isPathTaken = async (db: Db, fullPath: string, except: NamespaceId | undefined): Promise<boolean> => {
  const rows = await db
    .selectFrom('namespaces')
    .select('id')
    .where(sql`lower(full_path)`, '=', fullPath.toLowerCase())
    .execute();
  return rows.some((row) => row.id !== except);
};

/** A condition on `namespaces.id`. */
export const idIn = (ids: RawBuilder<unknown>) => sql<boolean>`namespaces.id in ${ids}`;
