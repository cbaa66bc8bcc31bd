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
] as const;

type TokenRow = Pick<
  Selectable<DB['personal_access_tokens']>,
  'user_id' | 'description' | 'scopes' | 'revoked' | 'expires_at' | 'last_used_at'
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
  readonly revoked?: boolean;
  readonly state?: 'active' | 'inactive';
  readonly search?: string;
}

const filtered = (db: Db, filter: TokenFilter, today: string) => {
  let query = db.selectFrom('personal_access_tokens');
  if (filter.userId !== undefined) query = query.where('user_id', '=', filter.userId);
  if (filter.revoked !== undefined) query = query.where('revoked', '=', filter.revoked);
  const alive = sql<boolean>`(not revoked and (expires_at is null or expires_at > ${today}::date))`;
  if (filter.state !== undefined) query = query.where(alive, '=', filter.state === 'active');
  if (filter.search !== undefined) {
    query = query.where('name', 'ilike', `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`);
  }
  return query;
};

export const listTokens = async (
  db: Db,
  filter: TokenFilter,
  page: { readonly limit: number; readonly offset: number },
  today: string,
): Promise<readonly PersonalAccessToken[]> => {
  const rows = await filtered(db, filter, today)
    .select(TOKEN_COLUMNS)
    .orderBy('id')
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
