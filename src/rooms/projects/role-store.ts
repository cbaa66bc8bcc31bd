import { sql } from 'kysely';
import type { ProjectId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { isRole, ROLES, type Role } from './role.ts';

/** A member whose `expires_at` (a day, UTC) is in the future, or who has none. */
export const isCurrentMember = (now: Date) =>
  sql<boolean>`(project_members.expires_at is null or project_members.expires_at > (${now}::timestamptz at time zone 'UTC')::date)`;

/** The role that membership gives, whoever the user is. */
export const findMemberRole = async (
  db: Db,
  userId: number,
  projectId: ProjectId,
  now: Date,
): Promise<Role | undefined> => {
  const row = await db
    .selectFrom('project_members')
    .select('access_level')
    .where('project_id', '=', projectId)
    .where('user_id', '=', userId)
    .where(isCurrentMember(now))
    .executeTakeFirst();
  return isRole(row?.access_level) ? row.access_level : undefined;
};

/** The effective role: an administrator is an owner everywhere. (A job actor's user is never an administrator.) */
export const findRole = async (
  db: Db,
  user: User | undefined,
  projectId: ProjectId,
  now: Date,
): Promise<Role | undefined> => {
  if (user === undefined) return undefined;
  return user.admin ? ROLES.owner : findMemberRole(db, user.id, projectId, now);
};

/** The same for many projects at once. Absent: no member. */
export const findMemberRoles = async (
  db: Db,
  userId: number,
  projectIds: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, Role>> => {
  if (projectIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('project_members')
    .select(['project_id', 'access_level'])
    .where('user_id', '=', userId)
    .where('project_id', 'in', projectIds)
    .where(isCurrentMember(now))
    .execute();
  return new Map(rows.flatMap((row) => (isRole(row.access_level) ? [[row.project_id, row.access_level]] : [])));
};
