import { sql } from 'kysely';
import type { ProjectId, UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { toUser, USER_COLUMNS, type User } from '../accounts/index.ts';
import { isRole, ROLES, type Role } from './role.ts';
import { isCurrentMember } from './role-store.ts';

/** Somebody who belongs to a project. */
export interface Member {
  readonly user: User;
  readonly accessLevel: Role;
  /** `YYYY-MM-DD`: no member any more from the start of this day (UTC). Null = for ever. */
  readonly expiresAt: string | null;
  readonly createdById: UserId | null;
  readonly createdAt: Date;
}

export interface MemberFilter {
  /** Part of the name or username. */
  readonly query?: string | undefined;
  readonly userIds?: readonly number[] | undefined;
}

const selectMembers = (db: Db, projectId: ProjectId, filter: MemberFilter, now: Date) => {
  let query = db
    .selectFrom('project_members')
    .innerJoin('users', 'users.id', 'project_members.user_id')
    .where('project_members.project_id', '=', projectId)
    .where(isCurrentMember(now));
  if (filter.query !== undefined) {
    const part = `%${filter.query.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((where) =>
      where.or([
        where(sql`lower(users.username)`, 'like', part),
        where(sql`lower(users.name)`, 'like', part),
        where(sql`lower(users.public_email)`, '=', filter.query?.toLowerCase() ?? ''),
      ]),
    );
  }
  const { userIds } = filter;
  return userIds === undefined ? query : query.where('users.id', 'in', userIds.length === 0 ? [-1] : userIds);
};

const MEMBER_COLUMNS = [
  ...USER_COLUMNS,
  'project_members.access_level',
  'project_members.expires_at',
  'project_members.created_by_id',
  'project_members.created_at as member_created_at',
] as const;

type MemberRow = Parameters<typeof toUser>[0] & {
  readonly access_level: number;
  readonly expires_at: string | null;
  readonly created_by_id: number | null;
  readonly member_created_at: Date;
};

const toMember = (row: MemberRow): Member => ({
  user: toUser(row),
  accessLevel: isRole(row.access_level) ? row.access_level : ROLES.minimal,
  expiresAt: row.expires_at,
  createdById: row.created_by_id as UserId | null,
  createdAt: row.member_created_at,
});

export const listMembers = async (
  db: Db,
  projectId: ProjectId,
  filter: MemberFilter,
  page: { readonly limit: number; readonly offset: number },
  now: Date,
): Promise<readonly Member[]> => {
  const rows = await selectMembers(db, projectId, filter, now)
    .select(MEMBER_COLUMNS)
    .orderBy('users.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toMember);
};

export const countMembers = async (db: Db, projectId: ProjectId, filter: MemberFilter, now: Date): Promise<number> => {
  const row = await selectMembers(db, projectId, filter, now)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};

export const findMember = async (
  db: Db,
  projectId: ProjectId,
  userId: number,
  now: Date,
): Promise<Member | undefined> => {
  const row = await selectMembers(db, projectId, { userIds: [userId] }, now)
    .select(MEMBER_COLUMNS)
    .executeTakeFirst();
  return row === undefined ? undefined : toMember(row);
};

export interface NewMember {
  readonly projectId: ProjectId;
  readonly userId: UserId;
  readonly accessLevel: Role;
  readonly expiresAt: string | null;
  readonly createdById: UserId;
}

/** False when the user is a member already. A membership that has expired gives way. */
export const insertMember = async (tx: Tx, member: NewMember, now: Date): Promise<boolean> => {
  await tx
    .deleteFrom('project_members')
    .where('project_id', '=', member.projectId)
    .where('user_id', '=', member.userId)
    .where((where) => where.not(isCurrentMember(now)))
    .execute();
  const result = await tx
    .insertInto('project_members')
    .values({
      project_id: member.projectId,
      user_id: member.userId,
      access_level: member.accessLevel,
      expires_at: member.expiresAt,
      created_by_id: member.createdById,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
};

export const updateMember = async (
  tx: Tx,
  projectId: ProjectId,
  userId: UserId,
  changes: { readonly accessLevel: Role; readonly expiresAt?: string | null },
): Promise<void> => {
  await tx
    .updateTable('project_members')
    .set({
      access_level: changes.accessLevel,
      ...(changes.expiresAt === undefined ? {} : { expires_at: changes.expiresAt }),
    })
    .where('project_id', '=', projectId)
    .where('user_id', '=', userId)
    .execute();
};

export const deleteMember = async (tx: Tx, projectId: ProjectId, userId: UserId): Promise<void> => {
  await tx.deleteFrom('project_members').where('project_id', '=', projectId).where('user_id', '=', userId).execute();
};

/** Ids of the current owners, their rows locked, so that two requests cannot take the last two away at once. */
export const lockOwners = async (tx: Tx, projectId: ProjectId, now: Date): Promise<readonly number[]> => {
  const rows = await tx
    .selectFrom('project_members')
    .select('user_id')
    .where('project_id', '=', projectId)
    .where('access_level', '=', ROLES.owner)
    .where(isCurrentMember(now))
    .orderBy('user_id')
    .forUpdate()
    .execute();
  return rows.map((row) => row.user_id);
};
