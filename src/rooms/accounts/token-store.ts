import { type Selectable, sql } from 'kysely';
import type { TokenId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import { isTokenScope, type TokenScope } from './scopes.ts';
import type { User } from './user.ts';
import { toUser, USER_COLUMNS } from './user-store.ts';

/** A personal access token, without the token itself: only its digest is stored. */
export interface PersonalAccessToken {
  readonly id: TokenId;
  readonly userId: UserId;
  readonly name: string;
  readonly description: string | null;
  readonly scopes: readonly TokenScope[];
  readonly revoked: boolean;
  /** `YYYY-MM-DD`: dead from the start of this day (UTC). Null = never. */
  readonly expiresAt: string | null;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
  /** Made by an administrator to act as the user, who does not see it. */
  readonly impersonation: boolean;
  /** The first token of the chain of rotations that this one belongs to; its own id when there is none before. */
  readonly familyId: TokenId;
}

const TOKEN_COLUMNS = [
  'personal_access_tokens.id as token_id',
  'personal_access_tokens.user_id',
  'personal_access_tokens.name as token_name',
  'personal_access_tokens.description',
  'personal_access_tokens.scopes',
  'personal_access_tokens.revoked',
  'personal_access_tokens.expires_at',
  'personal_access_tokens.last_used_at',
  'personal_access_tokens.created_at as token_created_at',
  'personal_access_tokens.impersonation',
  'personal_access_tokens.family_id',
] as const;

type TokenRow = Pick<
  Selectable<DB['personal_access_tokens']>,
  'user_id' | 'description' | 'scopes' | 'revoked' | 'expires_at' | 'last_used_at' | 'impersonation' | 'family_id'
> & { readonly token_id: number; readonly token_name: string; readonly token_created_at: Date };

const toToken = (row: TokenRow): PersonalAccessToken => ({
  id: row.token_id as TokenId,
  userId: row.user_id as UserId,
  name: row.token_name,
  description: row.description,
  scopes: row.scopes.filter(isTokenScope),
  revoked: row.revoked,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  createdAt: row.token_created_at,
  impersonation: row.impersonation,
  familyId: (row.family_id ?? row.token_id) as TokenId,
});

export const findTokenByDigest = async (
  db: Db,
  digest: Buffer,
): Promise<{ readonly token: PersonalAccessToken; readonly user: User } | undefined> => {
  const row = await db
    .selectFrom('personal_access_tokens')
    .innerJoin('users', 'users.id', 'personal_access_tokens.user_id')
    .select([...TOKEN_COLUMNS, ...USER_COLUMNS])
    .where('token_digest', '=', digest)
    // A bot's token ends with the project or group that it works for, which is only marked at first.
    .where(
      sql<boolean>`not exists (select from projects where projects.id = users.bot_project_id and projects.deleted_at is not null)
        and not exists (select from namespaces where namespaces.id = users.bot_namespace_id and namespaces.deleted_at is not null)`,
    )
    .executeTakeFirst();
  return row === undefined ? undefined : { token: toToken(row), user: toUser(row) };
};

export const findTokenById = async (db: Db, id: number): Promise<PersonalAccessToken | undefined> => {
  const row = await db
    .selectFrom('personal_access_tokens')
    .select(TOKEN_COLUMNS)
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : toToken(row);
};

export interface TokenFilter {
  readonly userId?: number;
  /** Tokens of the bots of one project or group. */
  readonly of?: { readonly projectId: number } | { readonly namespaceId: number };
  /** Leaves the tokens of bots out. */
  readonly humans?: true;
  readonly impersonation?: boolean;
  readonly revoked?: boolean;
  readonly state?: 'active' | 'inactive';
  readonly search?: string;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  readonly lastUsedAfter?: Date;
  readonly lastUsedBefore?: Date;
  /** `YYYY-MM-DD` */
  readonly expiresAfter?: string;
  readonly expiresBefore?: string;
}

export const TOKEN_ORDERS = [
  'created_asc',
  'created_desc',
  'expires_asc',
  'expires_desc',
  'last_used_asc',
  'last_used_desc',
  'name_asc',
  'name_desc',
] as const;

export type TokenOrder = (typeof TOKEN_ORDERS)[number];

const ORDER_COLUMNS = {
  created: 'personal_access_tokens.created_at',
  expires: 'personal_access_tokens.expires_at',
  last_used: 'personal_access_tokens.last_used_at',
  name: 'personal_access_tokens.name',
} as const;

const filtered = (db: Db, filter: TokenFilter, today: string) => {
  let query = db.selectFrom('personal_access_tokens').innerJoin('users', 'users.id', 'personal_access_tokens.user_id');
  const { of } = filter;
  if (of !== undefined && 'projectId' in of) query = query.where('users.bot_project_id', '=', of.projectId);
  if (of !== undefined && 'namespaceId' in of) query = query.where('users.bot_namespace_id', '=', of.namespaceId);
  if (filter.humans === true) query = query.where('users.bot', '=', false);
  if (filter.userId !== undefined) query = query.where('user_id', '=', filter.userId);
  if (filter.impersonation !== undefined) query = query.where('impersonation', '=', filter.impersonation);
  if (filter.revoked !== undefined) query = query.where('revoked', '=', filter.revoked);
  const alive = sql<boolean>`(not revoked and (expires_at is null or expires_at > ${today}::date))`;
  if (filter.state !== undefined) query = query.where(alive, '=', filter.state === 'active');
  if (filter.search !== undefined) {
    const part = `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where('personal_access_tokens.name', 'ilike', part);
  }
  const bounds = [
    ['personal_access_tokens.created_at', '>=', filter.createdAfter],
    ['personal_access_tokens.created_at', '<=', filter.createdBefore],
    ['personal_access_tokens.last_used_at', '>=', filter.lastUsedAfter],
    ['personal_access_tokens.last_used_at', '<=', filter.lastUsedBefore],
    ['personal_access_tokens.expires_at', '>=', filter.expiresAfter],
    ['personal_access_tokens.expires_at', '<=', filter.expiresBefore],
  ] as const;
  for (const [column, operator, bound] of bounds) {
    if (bound !== undefined) query = query.where(sql.ref(column), operator, bound);
  }
  return query;
};

export const listTokens = async (
  db: Db,
  filter: TokenFilter,
  page: { readonly limit: number; readonly offset: number; readonly order?: TokenOrder | undefined },
  today: string,
): Promise<readonly PersonalAccessToken[]> => {
  const [, by = 'created', direction] = /^(.*)_(asc|desc)$/.exec(page.order ?? '') ?? [];
  const column = ORDER_COLUMNS[by as keyof typeof ORDER_COLUMNS];
  const rows = await filtered(db, filter, today)
    .select(TOKEN_COLUMNS)
    .$if(page.order !== undefined, (query) => query.orderBy(column, direction === 'desc' ? 'desc' : 'asc'))
    .orderBy('personal_access_tokens.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toToken);
};

export const countTokens = async (db: Db, filter: TokenFilter, today: string): Promise<number> => {
  const row = await filtered(db, filter, today)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};

export interface NewToken {
  readonly userId: UserId;
  readonly name: string;
  readonly description: string | null;
  readonly scopes: readonly TokenScope[];
  /** `YYYY-MM-DD` or null. */
  readonly expiresAt: string | null;
  readonly digest: Buffer;
  readonly impersonation?: boolean;
  /** Of the token that this one replaces. */
  readonly familyId?: TokenId;
}

export const insertToken = async (tx: Tx, token: NewToken, now: Date): Promise<PersonalAccessToken> => {
  const row = await tx
    .insertInto('personal_access_tokens')
    .values({
      user_id: token.userId,
      name: token.name,
      description: token.description,
      token_digest: token.digest,
      scopes: [...token.scopes],
      expires_at: token.expiresAt,
      impersonation: token.impersonation ?? false,
      family_id: token.familyId ?? null,
      created_at: now,
      updated_at: now,
    })
    .returning(TOKEN_COLUMNS)
    .executeTakeFirstOrThrow();
  return toToken(row);
};

/** False when it was revoked before: of two that rotate one token at once, one succeeds. */
export const revokeToken = async (tx: Db, id: TokenId, now: Date): Promise<boolean> => {
  const result = await tx
    .updateTable('personal_access_tokens')
    .set({ revoked: true, updated_at: now })
    .where('id', '=', id)
    .where('revoked', '=', false)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

export const touchToken = async (db: Db, id: TokenId, now: Date): Promise<void> => {
  await db.updateTable('personal_access_tokens').set({ last_used_at: now }).where('id', '=', id).execute();
};

/** Every token of a chain of rotations: somebody has used one that was replaced. */
export const revokeFamily = async (db: Db, familyId: TokenId, now: Date): Promise<void> => {
  await db
    .updateTable('personal_access_tokens')
    .set({ revoked: true, updated_at: now })
    .where((where) => where.or([where('id', '=', familyId), where('family_id', '=', familyId)]))
    .where('revoked', '=', false)
    .execute();
};

/** What a deleted user leaves that would still open something. */
export const deleteTokensOfUser = async (tx: Tx, userId: UserId): Promise<void> => {
  await tx.deleteFrom('personal_access_tokens').where('user_id', '=', userId).execute();
};
