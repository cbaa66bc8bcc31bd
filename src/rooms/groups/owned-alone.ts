import { sql } from 'kysely';
import type { NamespaceId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { type EndGroupDeps, endGroup } from './end-group.ts';
import { lockGroup } from './group-store.ts';
import { ROLES } from './role.ts';
import { isCurrent, selfAndAncestors } from './tree.ts';

/** The groups that would have no owner (not in a group above either) if this user went. Bots own nothing. */
export const findGroupsOwnedAlone = async (db: Db, userId: number, now: Date): Promise<readonly NamespaceId[]> => {
  const { rows } = await sql<{ readonly id: number }>`
    select namespaces.id from namespaces join group_members own on own.namespace_id = namespaces.id
    where own.user_id = ${userId} and own.access_level = ${ROLES.owner} and namespaces.deleted_at is null
      and not exists (
        select from group_members join users on users.id = group_members.user_id
        where group_members.namespace_id in ${selfAndAncestors(sql.ref('namespaces.id'))}
          and group_members.user_id <> ${userId} and group_members.access_level = ${ROLES.owner}
          and not users.bot and ${isCurrent('group_members', now)})
    order by namespaces.id`.execute(db);
  return rows.map((row) => row.id as NamespaceId);
};

/** Deletes those groups with everything below them. Part of a transaction of the caller. */
export const deleteGroupsOwnedAlone = async (deps: EndGroupDeps, tx: Tx, userId: number): Promise<void> => {
  for (const id of await findGroupsOwnedAlone(tx, userId, deps.clock.now())) {
    // Gone already with a group above that was deleted before it.
    const group = await lockGroup(tx, id);
    if (group !== undefined) await endGroup(deps, tx, group);
  }
};
