import type { ProjectId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { ProtectedBranch, ProtectedRefs, ProtectedTag, RefAccessLevel } from './protected-refs.ts';

const REF_ACCESS_LEVELS = [0, 30, 40, 60] as const satisfies readonly RefAccessLevel[];

/** A level that is not known lets nobody in. */
const toLevel = (value: number): RefAccessLevel => REF_ACCESS_LEVELS.find((level) => level === value) ?? 0;

const BRANCH_COLUMNS = ['id', 'name', 'push_access_level', 'merge_access_level', 'allow_force_push'] as const;

const toBranch = (row: {
  readonly id: number;
  readonly name: string;
  readonly push_access_level: number;
  readonly merge_access_level: number;
  readonly allow_force_push: boolean;
}): ProtectedBranch => ({
  id: row.id,
  name: row.name,
  pushAccessLevel: toLevel(row.push_access_level),
  mergeAccessLevel: toLevel(row.merge_access_level),
  allowForcePush: row.allow_force_push,
});

export const listProtectedBranches = async (db: Db, projectId: ProjectId): Promise<readonly ProtectedBranch[]> => {
  const rows = await db
    .selectFrom('protected_branches')
    .select(BRANCH_COLUMNS)
    .where('project_id', '=', projectId)
    .orderBy('id')
    .execute();
  return rows.map(toBranch);
};

/** Every protection rule of a project: what the pure questions of `protected-refs` take. */
export const findProtectedRefs = async (db: Db, projectId: ProjectId): Promise<ProtectedRefs> => {
  const [branches, tags] = await Promise.all([
    listProtectedBranches(db, projectId),
    db
      .selectFrom('protected_tags')
      .select(['id', 'name', 'create_access_level'])
      .where('project_id', '=', projectId)
      .orderBy('id')
      .execute(),
  ]);
  return {
    branches,
    tags: tags.map((row) => ({ id: row.id, name: row.name, createAccessLevel: toLevel(row.create_access_level) })),
  };
};

/** By its exact name, patterns included. */
export const findProtectedBranch = async (
  db: Db,
  projectId: ProjectId,
  name: string,
): Promise<ProtectedBranch | undefined> => {
  const row = await db
    .selectFrom('protected_branches')
    .select(BRANCH_COLUMNS)
    .where('project_id', '=', projectId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row === undefined ? undefined : toBranch(row);
};

/** Undefined when a rule of that name exists. */
export const insertProtectedBranch = async (
  tx: Tx,
  projectId: ProjectId,
  branch: Omit<ProtectedBranch, 'id'>,
  now: Date,
): Promise<ProtectedBranch | undefined> => {
  const row = await tx
    .insertInto('protected_branches')
    .values({
      project_id: projectId,
      name: branch.name,
      push_access_level: branch.pushAccessLevel,
      merge_access_level: branch.mergeAccessLevel,
      allow_force_push: branch.allowForcePush,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(BRANCH_COLUMNS)
    .executeTakeFirst();
  return row === undefined ? undefined : toBranch(row);
};

export const updateProtectedBranch = async (
  tx: Tx,
  id: number,
  changes: Partial<Pick<ProtectedBranch, 'pushAccessLevel' | 'mergeAccessLevel' | 'allowForcePush'>>,
): Promise<void> => {
  const values = {
    ...(changes.pushAccessLevel === undefined ? {} : { push_access_level: changes.pushAccessLevel }),
    ...(changes.mergeAccessLevel === undefined ? {} : { merge_access_level: changes.mergeAccessLevel }),
    ...(changes.allowForcePush === undefined ? {} : { allow_force_push: changes.allowForcePush }),
  };
  if (Object.keys(values).length === 0) return;
  await tx.updateTable('protected_branches').set(values).where('id', '=', id).execute();
};

/** False when there is none of that name. */
export const deleteProtectedBranch = async (db: Db, projectId: ProjectId, name: string): Promise<boolean> => {
  const result = await db
    .deleteFrom('protected_branches')
    .where('project_id', '=', projectId)
    .where('name', '=', name)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
};

const TAG_COLUMNS = ['id', 'name', 'create_access_level'] as const;

const toTag = (row: {
  readonly id: number;
  readonly name: string;
  readonly create_access_level: number;
}): ProtectedTag => ({ id: row.id, name: row.name, createAccessLevel: toLevel(row.create_access_level) });

export const listProtectedTags = async (db: Db, projectId: ProjectId): Promise<readonly ProtectedTag[]> => {
  const rows = await db
    .selectFrom('protected_tags')
    .select(TAG_COLUMNS)
    .where('project_id', '=', projectId)
    .orderBy('id')
    .execute();
  return rows.map(toTag);
};

/** By its exact name, patterns included. */
export const findProtectedTag = async (
  db: Db,
  projectId: ProjectId,
  name: string,
): Promise<ProtectedTag | undefined> => {
  const row = await db
    .selectFrom('protected_tags')
    .select(TAG_COLUMNS)
    .where('project_id', '=', projectId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row === undefined ? undefined : toTag(row);
};

/** Undefined when a rule of that name exists. */
export const insertProtectedTag = async (
  tx: Tx,
  projectId: ProjectId,
  tag: Omit<ProtectedTag, 'id'>,
  now: Date,
): Promise<ProtectedTag | undefined> => {
  const row = await tx
    .insertInto('protected_tags')
    .values({
      project_id: projectId,
      name: tag.name,
      create_access_level: tag.createAccessLevel,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(TAG_COLUMNS)
    .executeTakeFirst();
  return row === undefined ? undefined : toTag(row);
};

/** False when there is none of that name. */
export const deleteProtectedTag = async (db: Db, projectId: ProjectId, name: string): Promise<boolean> => {
  const result = await db
    .deleteFrom('protected_tags')
    .where('project_id', '=', projectId)
    .where('name', '=', name)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
};
