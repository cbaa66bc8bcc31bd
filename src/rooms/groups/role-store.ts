import { sql } from 'kysely';
import type { NamespaceId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { isRole, ROLES, type Role } from './role.ts';
import { isCurrent, selfAndAncestors } from './tree.ts';

/** The role that membership gives in a group: the highest of its own and those of the groups above. */
export const findGroupMemberRole = async (
  db: Db,
  userId: number,
  groupId: NamespaceId,
  now: Date,
): Promise<Role | undefined> => {
  const { rows } = await sql<{ readonly role: number | null }>`
    select max(access_level) as role from group_members
    where user_id = ${userId} and namespace_id in ${selfAndAncestors(groupId)} and ${isCurrent('group_members', now)}`.execute(
    db,
  );
  const role = rows[0]?.role;
  return isRole(role) ? role : undefined;
};

/** The effective role: an administrator is an owner everywhere. */
export const findGroupRole = async (
  db: Db,
  user: User | undefined,
  groupId: NamespaceId,
  now: Date,
): Promise<Role | undefined> => {
  if (user === undefined) return undefined;
  return user.admin ? ROLES.owner : findGroupMemberRole(db, user.id, groupId, now);
};
