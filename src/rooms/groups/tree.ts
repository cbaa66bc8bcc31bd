import { type RawBuilder, sql } from 'kysely';

/*
 * The tree of namespaces in SQL. Every rule of inheritance goes up (whose members are also members here?) or down (where
 * is a member of this group a member too?); these are the only two walks.
 */

/** The ids of a namespace and all its ancestors, for `in (…)`. Takes a value or a column of the outer query. */
export const selfAndAncestors = (id: number | RawBuilder<unknown>) => sql`(
  with recursive chain (id, parent_id) as (
    select start.id, start.parent_id from namespaces start where start.id = ${id}
    union all
    select parent.id, parent.parent_id from namespaces parent join chain on parent.id = chain.parent_id
  ) select chain.id from chain)`;

/** The same of several namespaces at once, from a query of their ids. */
export const allSelfAndAncestors = (ids: RawBuilder<unknown>) => sql`(
  with recursive chain (id, parent_id) as (
    select start.id, start.parent_id from namespaces start where start.id in (${ids})
    union
    select parent.id, parent.parent_id from namespaces parent join chain on parent.id = chain.parent_id
  ) select chain.id from chain)`;

/** The ids of namespaces and of everything below them, for `in (…)`; `ids` is a query or a list of ids. */
export const selfAndDescendants = (ids: RawBuilder<unknown>) => sql`(
  with recursive tree (id) as (
    select start.id from namespaces start where start.id in (${ids})
    union
    select child.id from namespaces child join tree on child.parent_id = tree.id
  ) select tree.id from tree)`;

/** The groups in which a user is a current member of at least this role themselves. */
const ownGroups = (userId: number, least: number, now: Date) => sql`
  select group_members.namespace_id from group_members
  where group_members.user_id = ${userId} and group_members.access_level >= ${least} and ${isCurrent('group_members', now)}`;

/** The groups in which a user has at least this role, by their own membership or that of an ancestor; for `in (…)`. */
export const groupsOfMember = (userId: number, least: number, now: Date) =>
  selfAndDescendants(ownGroups(userId, least, now));

/** The groups in which a user is a member themselves and all their ancestors, which they may see on the way; for `in (…)`. */
export const groupsAboveMember = (userId: number, now: Date) => allSelfAndAncestors(ownGroups(userId, 0, now));

/** A membership whose `expires_at` (a day, UTC) is in the future, or that has none. */
export const isCurrent = (table: 'group_members' | 'project_members' | 'members', now: Date) => {
  const column = sql.ref(`${table}.expires_at`);
  return sql<boolean>`(${column} is null or ${column} > (${now}::timestamptz at time zone 'UTC')::date)`;
};
