import { sql } from 'kysely';
import type { NamespaceId, UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { User } from './user.ts';

/** Where projects live: a user's own namespace, or a group (the room above). */
export interface Namespace {
  readonly id: NamespaceId;
  readonly kind: 'user' | 'group';
  readonly path: string;
  readonly name: string;
  /** Paths of all ancestors and this one, joined by `/`. */
  readonly fullPath: string;
  /** Names of all ancestors and this one, joined by ` / `. */
  readonly fullName: string;
  readonly visibility: 'private' | 'internal' | 'public';
  readonly parentId: NamespaceId | null;
  /** The user of a user namespace. */
  readonly ownerId: UserId | null;
}

export const NAMESPACE_COLUMNS = [
  'namespaces.id as namespace_id',
  'namespaces.kind as namespace_kind',
  'namespaces.path as namespace_path',
  'namespaces.name as namespace_name',
  'namespaces.full_path as namespace_full_path',
  'namespaces.full_name as namespace_full_name',
  'namespaces.visibility as namespace_visibility',
  'namespaces.parent_id as namespace_parent_id',
  'namespaces.owner_id as namespace_owner_id',
] as const;

export interface NamespaceRow {
  readonly namespace_id: number;
  readonly namespace_kind: string;
  readonly namespace_path: string;
  readonly namespace_name: string;
  readonly namespace_full_path: string;
  readonly namespace_full_name: string | null;
  readonly namespace_visibility: string;
  readonly namespace_parent_id: number | null;
  readonly namespace_owner_id: number | null;
}

export const toNamespace = (row: NamespaceRow): Namespace => ({
  id: row.namespace_id as NamespaceId,
  kind: row.namespace_kind === 'group' ? 'group' : 'user',
  path: row.namespace_path,
  name: row.namespace_name,
  fullPath: row.namespace_full_path,
  fullName: row.namespace_full_name ?? row.namespace_name,
  visibility:
    row.namespace_visibility === 'public' || row.namespace_visibility === 'internal'
      ? row.namespace_visibility
      : 'private',
  parentId: row.namespace_parent_id as NamespaceId | null,
  ownerId: row.namespace_owner_id as UserId | null,
});

/** Undefined also for a group that was deleted. */
export const findNamespaceById = async (db: Db, id: number): Promise<Namespace | undefined> => {
  const row = await db
    .selectFrom('namespaces')
    .select(NAMESPACE_COLUMNS)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row === undefined ? undefined : toNamespace(row);
};

export const findNamespaceByPath = async (db: Db, fullPath: string): Promise<Namespace | undefined> => {
  const row = await db
    .selectFrom('namespaces')
    .select(NAMESPACE_COLUMNS)
    .where(sql`lower(full_path)`, '=', fullPath.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? undefined : toNamespace(row);
};

export const findNamespaceOfUser = async (db: Db, userId: UserId): Promise<Namespace | undefined> => {
  const row = await db
    .selectFrom('namespaces')
    .select(NAMESPACE_COLUMNS)
    .where('owner_id', '=', userId)
    .executeTakeFirst();
  return row === undefined ? undefined : toNamespace(row);
};

/** The user's own namespace, under the username. Undefined when a group has that path. */
export const insertUserNamespace = async (tx: Tx, user: User, now: Date): Promise<Namespace | undefined> => {
  const row = await tx
    .insertInto('namespaces')
    .values({
      kind: 'user',
      path: user.username,
      name: user.name,
      full_path: user.username,
      owner_id: user.id,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(NAMESPACE_COLUMNS)
    .executeTakeFirst();
  return row === undefined ? undefined : toNamespace(row);
};

/**
 * Holds the namespace until the transaction ends: names are given out in it by one at a time. As it is now; undefined
 * when it was deleted in the meantime.
 */
export const lockNamespace = async (tx: Tx, id: NamespaceId): Promise<Namespace | undefined> => {
  const row = await tx
    .selectFrom('namespaces')
    .select(NAMESPACE_COLUMNS)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : toNamespace(row);
};
