import { sql } from 'kysely';
import type { ProjectId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { groupsOfMember, isCurrent, isRole, ROLES, type Role, selfAndAncestors } from '../groups/index.ts';

/** What somebody is in a project by membership, whoever they are. */
export interface Memberships {
  /** As a member of the project itself. */
  readonly project: Role | undefined;
  /** As a member of the group that it is in, or of a group above. */
  readonly group: Role | undefined;
}

/** The higher of both. */
export const strongest = ({ project, group }: Memberships): Role | undefined =>
  group === undefined || (project !== undefined && project > group) ? project : group;

const asRole = (level: number | null): Role | undefined => (isRole(level) ? level : undefined);

/** Of many projects at once. Absent: no member. */
export const findMemberships = async (
  db: Db,
  userId: number,
  projectIds: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, Memberships>> => {
  if (projectIds.length === 0) return new Map();
  const { rows } = await sql<{ readonly id: number; readonly own: number | null; readonly inherited: number | null }>`
    select projects.id,
      (select access_level from project_members where project_id = projects.id and user_id = ${userId}
        and ${isCurrent('project_members', now)}) as own,
      (select max(access_level) from group_members where user_id = ${userId} and ${isCurrent('group_members', now)}
        and namespace_id in ${selfAndAncestors(sql.ref('projects.namespace_id'))}) as inherited
    from projects where projects.id = any(${[...projectIds]}::bigint[])`.execute(db);
  return new Map(
    rows
      .filter((row) => row.own !== null || row.inherited !== null)
      .map((row) => [row.id, { project: asRole(row.own), group: asRole(row.inherited) }]),
  );
};

/** The role that membership gives, whoever the user is. */
const findMemberRole = async (db: Db, userId: number, projectId: ProjectId, now: Date): Promise<Role | undefined> => {
  const memberships = (await findMemberships(db, userId, [projectId], now)).get(projectId);
  return memberships && strongest(memberships);
};

/**
 * The effective role: the highest of the memberships in the project and in the groups above it; an administrator is an owner
 * everywhere. (A job actor's user is never an administrator.)
 */
export const findRole = async (
  db: Db,
  user: User | undefined,
  projectId: ProjectId,
  now: Date,
): Promise<Role | undefined> => {
  if (user === undefined) return undefined;
  return user.admin ? ROLES.owner : findMemberRole(db, user.id, projectId, now);
};

/** A condition on `projects`: the user has at least this role, by the project or by a group above it. */
export const isMember = (userId: number, least: Role, now: Date) =>
  sql<boolean>`(exists (
      select from project_members where project_members.project_id = projects.id
        and project_members.user_id = ${userId} and project_members.access_level >= ${least}
        and ${isCurrent('project_members', now)})
    or projects.namespace_id in ${groupsOfMember(userId, least, now)})`;
