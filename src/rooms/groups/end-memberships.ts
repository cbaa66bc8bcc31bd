import { type RawBuilder, sql } from 'kysely';
import type { Fact, MemberFact, MemberFactPlace, Publish } from '../../events/index.ts';
import type { NamespaceId, ProjectId, UserId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { UserConsequences } from '../accounts/index.ts';
import { revokeAccessRequests } from './access-request-store.ts';
import { isCurrent } from './tree.ts';

interface Row {
  readonly place_id: number;
  readonly user_id: number;
  readonly access_level: number;
  readonly expires_at: string | null;
}

const TABLES = {
  group: { table: sql.table('group_members'), owner: sql.ref('namespace_id') },
  project: { table: sql.table('project_members'), owner: sql.ref('project_id') },
} as const;

const placeOf = (kind: MemberFactPlace['kind'], id: number): MemberFactPlace =>
  kind === 'group' ? { kind, id: id as NamespaceId } : { kind, id: id as ProjectId };

/**
 * Ends the memberships of one table that a condition on its columns picks (`user_id`, `expires_at`, and `namespace_id` of groups,
 * `project_id` of projects), each with its fact, told while the row is still there; `followedBy` is told then too, after them.
 * Answers whose.
 */
export const endMemberships = async (
  publish: Publish,
  tx: Tx,
  kind: MemberFactPlace['kind'],
  where: RawBuilder<unknown>,
  followedBy: readonly Fact[] = [],
): Promise<readonly UserId[]> => {
  const { table, owner } = TABLES[kind];
  const { rows } = await sql<Row>`
    select ${owner} as place_id, user_id, access_level, expires_at from ${table} where ${where}
    order by ${owner}, user_id for update`.execute(tx);
  const facts = rows.map(
    (row): MemberFact => ({
      type: 'member_removed',
      place: placeOf(kind, row.place_id),
      userId: row.user_id as UserId,
      accessLevel: row.access_level,
      expiresAt: row.expires_at,
    }),
  );
  await publish(tx, [...facts, ...followedBy]);
  if (rows.length === 0) return [];
  const places = rows.map((row) => row.place_id);
  const users = rows.map((row) => row.user_id);
  await sql`
    delete from ${table} using unnest(${places}::bigint[], ${users}::bigint[]) as gone (place, member)
    where ${owner} = gone.place and user_id = gone.member`.execute(tx);
  return facts.map(({ userId }) => userId);
};

/** Takes a user out of every project and group, at once and for good, and back what the user asked for. */
export const endMembershipsOfUser = async (publish: Publish, tx: Tx, userId: UserId): Promise<void> => {
  for (const kind of ['project', 'group'] as const) await endMemberships(publish, tx, kind, sql`user_id = ${userId}`);
  await revokeAccessRequests(publish, tx, { userId });
};

/** Ends the memberships whose last day is over, with the rights that came of them. */
export const endExpiredMemberships = async (
  deps: Pick<UserConsequences, 'onRightsLost'> & { readonly publish: Publish },
  tx: Tx,
  now: Date,
): Promise<void> => {
  const { publish } = deps;
  const users = new Set([
    ...(await endMemberships(publish, tx, 'project', sql`not ${isCurrent('project_members', now)}`)),
    ...(await endMemberships(publish, tx, 'group', sql`not ${isCurrent('group_members', now)}`)),
  ]);
  for (const id of [...users].toSorted((one, other) => one - other)) await deps.onRightsLost(tx, id);
};
