import { sql } from 'kysely';
import type { MemberFact, MemberFactPlace, Publish } from '../../events/index.ts';
import type { NamespaceId, ProjectId, UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { toUser, USER_COLUMNS, type User } from '../accounts/index.ts';
import { holdPlace } from './hold-place.ts';
import { ROLES } from './role.ts';

/** SQL of `access_requests`. */

/** Somebody who asks to become a member. */
export interface AccessRequest {
  readonly user: User;
  readonly requestedAt: Date;
}

/** GitLab asks for this role. */
export const REQUESTED_ROLE = ROLES.developer;

/** Which requests: those of a place, of a user, or of a user in a place. */
export interface WhichRequests {
  readonly place?: MemberFactPlace;
  readonly userId?: number;
}

const conditionOf = ({ place, userId }: WhichRequests) => {
  const column = sql.ref(place?.kind === 'group' ? 'access_requests.namespace_id' : 'access_requests.project_id');
  const ofPlace = place === undefined ? sql`true` : sql`${column} = ${place.id}`;
  return sql<boolean>`(${ofPlace} and ${userId === undefined ? sql`true` : sql`access_requests.user_id = ${userId}`})`;
};

/** The oldest first. */
export const listAccessRequests = async (
  db: Db,
  which: WhichRequests,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly AccessRequest[]> => {
  const rows = await db
    .selectFrom('access_requests')
    .innerJoin('users', 'users.id', 'access_requests.user_id')
    .select([...USER_COLUMNS, 'access_requests.created_at as requested_at'])
    .where(conditionOf(which))
    .orderBy('access_requests.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map((row) => ({ user: toUser(row), requestedAt: row.requested_at }));
};

export const countAccessRequests = async (db: Db, which: WhichRequests): Promise<number> => {
  const row = await db
    .selectFrom('access_requests')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where(conditionOf(which))
    .executeTakeFirstOrThrow();
  return row.total;
};

const factOf = (type: MemberFact['type'], place: MemberFactPlace, userId: UserId): MemberFact => ({
  type,
  place,
  userId,
  accessLevel: REQUESTED_ROLE,
  expiresAt: null,
});

/** False when the user has asked already. Throws 404 when the place is gone. */
export const insertAccessRequest = async (
  publish: Publish,
  tx: Tx,
  place: MemberFactPlace,
  userId: UserId,
  now: Date,
): Promise<boolean> => {
  await holdPlace(tx, place);
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('access_requests')
    .values({
      project_id: place.kind === 'project' ? place.id : null,
      namespace_id: place.kind === 'group' ? place.id : null,
      user_id: userId,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  await publish(tx, [factOf('access_requested', place, userId)]);
  return true;
};

/** Takes requests away that were granted: what follows is the new member's fact. Answers how many. */
export const deleteAccessRequests = async (tx: Tx, which: WhichRequests): Promise<number> => {
  const { numDeletedRows } = await tx.deleteFrom('access_requests').where(conditionOf(which)).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
};

/** Ends requests that were denied, withdrawn or have nobody to be answered by, each with its fact. Answers how many. */
export const revokeAccessRequests = async (publish: Publish, tx: Tx, which: WhichRequests): Promise<number> => {
  const rows = await tx
    .selectFrom('access_requests')
    .select(['id', 'project_id', 'namespace_id', 'user_id'])
    .where(conditionOf(which))
    .orderBy('id')
    .forUpdate()
    .execute();
  const facts = rows.map((row) => {
    const place: MemberFactPlace =
      row.project_id === null
        ? { kind: 'group', id: row.namespace_id as NamespaceId }
        : { kind: 'project', id: row.project_id as ProjectId };
    return factOf('access_request_revoked', place, row.user_id as UserId);
  });
  await publish(tx, facts);
  const ids = rows.map((row) => row.id);
  if (ids.length > 0) await tx.deleteFrom('access_requests').where('id', 'in', ids).execute();
  return rows.length;
};
