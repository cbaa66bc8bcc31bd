import { sql } from 'kysely';
import type { Db } from '../../platform/postgres/index.ts';
import { NAMESPACE_COLUMNS, type Namespace, toNamespace, type User } from '../accounts/index.ts';
import { ROLES } from './role.ts';
import { groupsOfMember, isCurrent, selfAndDescendants } from './tree.ts';

export interface NamespaceFilter {
  /** Part of the name or path (with `wholePath`: of the full path). */
  readonly search?: string | undefined;
  readonly wholePath?: boolean | undefined;
  readonly ownedOnly?: boolean | undefined;
  readonly topLevelOnly?: boolean | undefined;
}

/** A user's own namespace and the groups they are in; for administrators all. */
const selectFiltered = (db: Db, user: User, filter: NamespaceFilter, now: Date) => {
  let query = db.selectFrom('namespaces').where('namespaces.deleted_at', 'is', null);
  if (!user.admin) {
    const groups = groupsOfMember(user.id, filter.ownedOnly === true ? ROLES.owner : ROLES.guest, now);
    query = query.where((where) =>
      where.or([where('namespaces.owner_id', '=', user.id), sql<boolean>`namespaces.id in ${groups}`]),
    );
  }
  if (filter.topLevelOnly === true) query = query.where('namespaces.parent_id', 'is', null);
  if (filter.search === undefined || filter.search === '') return query;
  const part = `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const path = filter.wholePath === true ? sql`lower(namespaces.full_path)` : sql`lower(namespaces.path)`;
  return query.where((where) =>
    where.or([where(path, 'like', part), where(sql`lower(namespaces.name)`, 'like', part)]),
  );
};

export const listNamespaces = async (
  db: Db,
  user: User,
  filter: NamespaceFilter,
  page: { readonly limit: number; readonly offset: number },
  now: Date,
): Promise<readonly Namespace[]> => {
  const rows = await selectFiltered(db, user, filter, now)
    .select(NAMESPACE_COLUMNS)
    .orderBy('namespaces.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toNamespace);
};

export const countNamespaces = async (db: Db, user: User, filter: NamespaceFilter, now: Date): Promise<number> => {
  const row = await selectFiltered(db, user, filter, now)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};

/** People who are members of a group or of a group below it, each counted once. */
export const countMembersBelow = async (db: Db, groupId: number, now: Date): Promise<number> => {
  const { rows } = await sql<{ readonly total: number }>`
    select count(distinct user_id) as total from group_members
    where namespace_id in ${selfAndDescendants(sql`${groupId}`)} and ${isCurrent('group_members', now)}`.execute(db);
  return rows[0]?.total ?? 0;
};
