import { type RawBuilder, sql } from 'kysely';
import type { MemberFact, MemberFactPlace, Publish } from '../../events/index.ts';
import type { UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { toUser, USER_COLUMNS } from '../accounts/index.ts';
import { deleteAccessRequests } from './access-request-store.ts';
import { endMemberships } from './end-memberships.ts';
import { holdPlace } from './hold-place.ts';
import type { Member, MemberPlace, MemberReach } from './member.ts';
import { isRole, ROLES, type Role } from './role.ts';
import { isCurrent, selfAndAncestors, selfAndDescendants } from './tree.ts';

export interface MemberFilter {
  /** Part of the name or username. */
  readonly query?: string | undefined;
  readonly userIds?: readonly number[] | undefined;
}

interface MembershipRow {
  readonly user_id: number;
  readonly access_level: number;
  readonly expires_at: string | null;
  readonly created_by_id: number | null;
  readonly created_at: Date;
}

/** The table of a place's memberships, and the condition that picks those of the place. */
const tableOf = (place: Pick<MemberPlace, 'kind'>) =>
  place.kind === 'group'
    ? ({ table: sql.table('group_members'), name: 'group_members', owner: sql.ref('namespace_id') } as const)
    : ({ table: sql.table('project_members'), name: 'project_members', owner: sql.ref('project_id') } as const);

const MEMBERSHIP = sql`user_id, access_level, expires_at, created_by_id, created_at`;

/** The namespace whose members, and those of its ancestors, are members of the place too. */
const namespaceOf = (place: MemberPlace): RawBuilder<unknown> =>
  place.kind === 'group'
    ? sql`${place.id}`
    : sql`(select projects.namespace_id from projects where projects.id = ${place.id})`;

const rowsOf = (place: MemberPlace, reach: MemberReach) => {
  const { table, owner } = tableOf(place);
  const direct = sql`select ${MEMBERSHIP} from ${table} where ${owner} = ${place.id}`;
  const inherited = sql`select ${MEMBERSHIP} from group_members where namespace_id in ${selfAndAncestors(namespaceOf(place))}`;
  const rows = reach === 'direct' ? direct : sql`${direct} union all ${inherited}`;
  return sql<MembershipRow>`(${rows})`.as<'members'>('members');
};

const selectMembers = (db: Db, place: MemberPlace, reach: MemberReach, filter: MemberFilter, now: Date) => {
  let query = db
    .selectFrom(rowsOf(place, reach))
    .innerJoin('users', 'users.id', 'members.user_id')
    .where(isCurrent('members', now));
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
  'members.access_level',
  'members.expires_at',
  'members.created_by_id',
  'members.created_at as member_created_at',
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

/** In the order of the users' ids. */
export const listMembers = async (
  db: Db,
  place: MemberPlace,
  reach: MemberReach,
  filter: MemberFilter,
  page: { readonly limit: number; readonly offset: number },
  now: Date,
): Promise<readonly Member[]> => {
  const rows = await selectMembers(db, place, reach, filter, now)
    .distinctOn('users.id')
    .select(MEMBER_COLUMNS)
    .orderBy('users.id')
    .orderBy('members.access_level', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toMember);
};

export const countMembers = async (
  db: Db,
  place: MemberPlace,
  reach: MemberReach,
  filter: MemberFilter,
  now: Date,
): Promise<number> => {
  const row = await selectMembers(db, place, reach, filter, now)
    .select((select) => select.fn.count<number>('users.id').distinct().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};

export const findMember = async (
  db: Db,
  place: MemberPlace,
  reach: MemberReach,
  userId: number,
  now: Date,
): Promise<Member | undefined> =>
  (await listMembers(db, place, reach, { userIds: [userId] }, { limit: 1, offset: 0 }, now))[0];

export interface NewMember {
  readonly userId: UserId;
  readonly accessLevel: Role;
  readonly expiresAt: string | null;
  readonly createdById: UserId;
}

const factOf = (
  type: MemberFact['type'],
  place: MemberFactPlace,
  member: { readonly userId: UserId; readonly accessLevel: number; readonly expiresAt: string | null },
): MemberFact => ({
  type,
  place: place.kind === 'group' ? { kind: place.kind, id: place.id } : { kind: place.kind, id: place.id },
  userId: member.userId,
  accessLevel: member.accessLevel,
  expiresAt: member.expiresAt,
});

/** False when the user is a member already. A membership that has expired gives way. Throws 404 when the place is gone. */
export const insertMember = async (
  publish: Publish,
  tx: Tx,
  place: MemberFactPlace,
  member: NewMember,
  now: Date,
): Promise<boolean> => {
  const { table, name, owner } = tableOf(place);
  await holdPlace(tx, place);
  const expired = sql`${owner} = ${place.id} and user_id = ${member.userId} and not ${isCurrent(name, now)}`;
  await endMemberships(publish, tx, place.kind, expired);
  const result = await sql`
    insert into ${table} (${owner}, ${MEMBERSHIP})
    values (${place.id}, ${member.userId}, ${member.accessLevel}, ${member.expiresAt}, ${member.createdById}, ${now})
    on conflict do nothing`.execute(tx);
  if (result.numAffectedRows !== 1n) return false;
  // Whoever had asked has the answer.
  await deleteAccessRequests(tx, { place, userId: member.userId });
  await publish(tx, [factOf('member_added', place, member)]);
  return true;
};

/** Nothing happens where the membership is that already. */
export const updateMember = async (
  publish: Publish,
  tx: Tx,
  place: MemberFactPlace,
  userId: UserId,
  changes: { readonly accessLevel: Role; readonly expiresAt?: string | null },
): Promise<void> => {
  const { table, owner } = tableOf(place);
  const expiresAt = changes.expiresAt === undefined ? sql`expires_at` : sql`${changes.expiresAt}::date`;
  const { rows } = await sql<Pick<MembershipRow, 'expires_at'>>`
    update ${table} set access_level = ${changes.accessLevel}, expires_at = ${expiresAt}
    where ${owner} = ${place.id} and user_id = ${userId}
      and (access_level, expires_at) is distinct from (${changes.accessLevel}::integer, ${expiresAt})
    returning expires_at`.execute(tx);
  const [row] = rows;
  if (row === undefined) return;
  const { accessLevel } = changes;
  await publish(tx, [factOf('member_updated', place, { userId, accessLevel, expiresAt: row.expires_at })]);
};

/** Makes somebody an owner for ever, whatever they were. */
export const makeOwner = async (
  publish: Publish,
  tx: Tx,
  place: MemberFactPlace,
  who: { readonly userId: UserId; readonly createdById: UserId },
  now: Date,
): Promise<void> => {
  const owner = { accessLevel: ROLES.owner, expiresAt: null };
  if (await insertMember(publish, tx, place, { ...who, ...owner }, now)) return;
  await updateMember(publish, tx, place, who.userId, owner);
};

export const deleteMember = async (publish: Publish, tx: Tx, place: MemberFactPlace, userId: UserId): Promise<void> => {
  await endMemberships(publish, tx, place.kind, sql`${tableOf(place).owner} = ${place.id} and user_id = ${userId}`);
};

/** Takes a user out of every group and project below a group. */
export const deleteMembersBelow = async (publish: Publish, tx: Tx, groupId: number, userId: UserId): Promise<void> => {
  const below = selfAndDescendants(sql`${groupId}`);
  await endMemberships(publish, tx, 'group', sql`user_id = ${userId} and namespace_id in ${below}`);
  const projects = sql`(select projects.id from projects where projects.namespace_id in ${below})`;
  await endMemberships(publish, tx, 'project', sql`user_id = ${userId} and project_id in ${projects}`);
};

/**
 * Ids of the current owners, their rows locked, so that two requests cannot take the last two away at once. Of a group
 * those of the groups above count too; bots never do.
 */
export const lockOwners = async (tx: Tx, place: MemberPlace, now: Date): Promise<readonly number[]> => {
  const { table, name, owner } = tableOf(place);
  const places = place.kind === 'group' ? selfAndAncestors(place.id) : sql`(${place.id})`;
  const { rows } = await sql<{ readonly user_id: number }>`
    select user_id from ${table}
    where ${owner} in ${places} and access_level = ${ROLES.owner} and ${isCurrent(name, now)}
      and exists (select from users where users.id = user_id and not users.bot)
    order by user_id
    for update of ${table}`.execute(tx);
  return rows.map((row) => row.user_id);
};

/** The highest role that a user has from the groups above a place, and from which group. */
export const findInherited = async (
  db: Db,
  place: MemberPlace,
  userId: UserId,
  now: Date,
): Promise<{ readonly accessLevel: Role; readonly groupName: string } | undefined> => {
  const itself = place.kind === 'group' ? place.id : -1;
  const { rows } = await sql<{ readonly access_level: number; readonly name: string }>`
    select access_level, namespaces.name from group_members join namespaces on namespaces.id = group_members.namespace_id
    where user_id = ${userId} and ${isCurrent('group_members', now)}
      and namespace_id in ${selfAndAncestors(namespaceOf(place))} and namespace_id <> ${itself}
    order by access_level desc limit 1`.execute(db);
  const [row] = rows;
  return row !== undefined && isRole(row.access_level)
    ? { accessLevel: row.access_level, groupName: row.name }
    : undefined;
};
