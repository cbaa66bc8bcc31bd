import { type Selectable, sql } from 'kysely';
import type { UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { User, UserState } from './user.ts';

type UserRow = Pick<
  Selectable<DB['users']>,
  'id' | 'username' | 'name' | 'email' | 'public_email' | 'state' | 'admin' | 'bot' | 'confirmed_at' | 'created_at'
>;

/** The columns of a `User`, qualified, so that joins may use them. Never the password's hash. */
export const USER_COLUMNS = [
  'users.id',
  'users.username',
  'users.name',
  'users.email',
  'users.public_email',
  'users.state',
  'users.admin',
  'users.bot',
  'users.confirmed_at',
  'users.created_at',
] as const;

export const toUser = (row: UserRow): User => ({
  id: row.id as UserId,
  username: row.username,
  name: row.name,
  email: row.email,
  publicEmail: row.public_email,
  state: row.state === 'active' || row.state === 'deactivated' ? row.state : 'blocked',
  admin: row.admin,
  bot: row.bot,
  confirmedAt: row.confirmed_at,
  createdAt: row.created_at,
});

/** Users whose deletion was accepted are gone for everybody. */
const present = (db: Db) => db.selectFrom('users').where('users.deleted_at', 'is', null);

export const findUserById = async (db: Db, id: number): Promise<User | undefined> => {
  const row = await present(db).select(USER_COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
};

/** The user until the transaction ends, as it is now; undefined when the deletion was accepted. */
export const lockUser = async (tx: Tx, id: UserId): Promise<User | undefined> => {
  const row = await present(tx).select(USER_COLUMNS).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
};

export const findUsersByIds = async (db: Db, ids: readonly number[]): Promise<readonly User[]> => {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('users').select(USER_COLUMNS).where('id', 'in', ids).execute();
  return rows.map(toUser);
};

/** Names do not tell upper from lower case. */
export const findUserByUsername = async (db: Db, username: string): Promise<User | undefined> => {
  const row = await present(db)
    .select(USER_COLUMNS)
    .where(sql`lower(username)`, '=', username.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
};

/** Whose first or further e-mail address this is. */
export const findOwnerOfEmail = async (db: Db, email: string): Promise<UserId | undefined> => {
  const address = email.toLowerCase();
  const row = await db
    .selectFrom('users')
    .select('id')
    .where(sql`lower(email)`, '=', address)
    .unionAll(db.selectFrom('user_emails').select('user_id as id').where(sql`lower(email)`, '=', address))
    .executeTakeFirst();
  return row === undefined ? undefined : (row.id as UserId);
};

/** Who signs in under that name or e-mail address, with the hash to check. Read by `signIn` only. */
export const findUserForSignIn = async (
  db: Db,
  login: string,
): Promise<{ readonly user: User; readonly passwordHash: string | null } | undefined> => {
  const name = login.toLowerCase();
  const row = await present(db)
    .select([...USER_COLUMNS, 'users.password_hash'])
    .where((where) => where.or([where(sql`lower(username)`, '=', name), where(sql`lower(email)`, '=', name)]))
    .orderBy(sql`lower(username) = ${name}`, 'desc')
    .executeTakeFirst();
  return row === undefined ? undefined : { user: toUser(row), passwordHash: row.password_hash };
};

export interface UserFilter {
  readonly idAfter?: number;
  readonly idBefore?: number;
  readonly username?: string;
  /** Part of the name or username, or the whole e-mail address. */
  readonly search?: string;
  readonly active?: boolean;
  readonly blocked?: boolean;
  readonly admins?: boolean;
  readonly withoutBots?: boolean;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  /** Created neither a project nor has one in the own namespace. */
  readonly withoutProjects?: boolean;
}

export type UserOrder = 'id' | 'name' | 'username' | 'created_at' | 'updated_at';

const filtered = (db: Db, filter: UserFilter) => {
  let query = present(db);
  if (filter.username !== undefined) query = query.where(sql`lower(username)`, '=', filter.username.toLowerCase());
  if (filter.search !== undefined) {
    const part = `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    const whole = filter.search.toLowerCase();
    query = query.where((where) =>
      where.or([
        where(sql`lower(username)`, 'like', part),
        where(sql`lower(name)`, 'like', part),
        where(sql`lower(public_email)`, '=', whole),
      ]),
    );
  }
  if (filter.active === true) query = query.where('state', '=', 'active');
  if (filter.blocked === true) query = query.where('state', '=', 'blocked');
  if (filter.admins === true) query = query.where('admin', '=', true);
  if (filter.withoutBots === true) query = query.where('bot', '=', false);
  if (filter.createdAfter !== undefined) query = query.where('created_at', '>', filter.createdAfter);
  if (filter.createdBefore !== undefined) query = query.where('created_at', '<', filter.createdBefore);
  if (filter.idAfter !== undefined) query = query.where('users.id', '>', filter.idAfter);
  if (filter.idBefore !== undefined) query = query.where('users.id', '<', filter.idBefore);
  if (filter.withoutProjects === true) {
    query = query.where(
      sql<boolean>`not exists (select 1 from projects where projects.creator_id = users.id and projects.deleted_at is null)`,
    );
  }
  return query;
};

export const listUsers = async (
  db: Db,
  filter: UserFilter,
  page: {
    readonly limit: number;
    readonly offset: number;
    readonly orderBy: UserOrder;
    readonly sort: 'asc' | 'desc';
  },
): Promise<readonly User[]> => {
  const rows = await filtered(db, filter)
    .select(USER_COLUMNS)
    .orderBy(`users.${page.orderBy}`, page.sort)
    .orderBy('users.id', page.sort)
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toUser);
};

export const countUsers = async (db: Db, filter: UserFilter): Promise<number> => {
  const row = await filtered(db, filter)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};

export interface NewUser {
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly publicEmail?: string;
  readonly admin: boolean;
  readonly bot: boolean;
  readonly passwordHash: string | null;
  readonly confirmedAt: Date | null;
  /** Of a bot: the project or group that it works for. */
  readonly botProjectId?: number;
  readonly botNamespaceId?: number;
}

/** Undefined when the username or the e-mail address is taken. */
export const insertUser = async (tx: Tx, user: NewUser, now: Date): Promise<User | undefined> => {
  const row = await tx
    .insertInto('users')
    .values({
      username: user.username,
      name: user.name,
      email: user.email,
      public_email: user.publicEmail ?? '',
      admin: user.admin,
      bot: user.bot,
      password_hash: user.passwordHash,
      confirmed_at: user.confirmedAt,
      bot_project_id: user.botProjectId ?? null,
      bot_namespace_id: user.botNamespaceId ?? null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(USER_COLUMNS)
    .executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
};

/** What may be changed of a user; every name is listed, so nothing else ever is. */
export interface UserChanges {
  readonly username?: string;
  readonly name?: string;
  readonly email?: string;
  readonly publicEmail?: string;
  readonly admin?: boolean;
  readonly passwordHash?: string;
}

/** Throws the database's unique violation when the name or address was taken in the meantime. */
export const updateUser = async (tx: Tx, id: UserId, changes: UserChanges, now: Date): Promise<void> => {
  await tx
    .updateTable('users')
    .set({
      ...(changes.username !== undefined && { username: changes.username }),
      ...(changes.name !== undefined && { name: changes.name }),
      ...(changes.email !== undefined && { email: changes.email }),
      ...(changes.publicEmail !== undefined && { public_email: changes.publicEmail }),
      ...(changes.admin !== undefined && { admin: changes.admin }),
      ...(changes.passwordHash !== undefined && { password_hash: changes.passwordHash }),
      updated_at: now,
    })
    .where('id', '=', id)
    .execute();
};

/** False when the user was not in one of these states. */
export const moveUserState = async (
  tx: Db,
  id: UserId,
  from: readonly UserState[],
  to: UserState,
  now: Date,
): Promise<boolean> => {
  const result = await tx
    .updateTable('users')
    .set({ state: to, updated_at: now })
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Blocks and hides for good. */
export const markUserDeleted = async (tx: Tx, id: UserId, now: Date): Promise<void> => {
  await tx
    .updateTable('users')
    .set({ state: 'blocked', deleted_at: now, updated_at: now, password_hash: null })
    .where('id', '=', id)
    .execute();
};

/** Users whose deletion was accepted and whose namespaces hold no project any more: nothing keeps their rows. */
export const deleteMarkedUsers = async (db: Db): Promise<number> => {
  const result = await db
    .deleteFrom('users')
    .where('deleted_at', 'is not', null)
    .where(
      sql<boolean>`not exists (select 1 from namespaces join projects on projects.namespace_id = namespaces.id
        where namespaces.owner_id = users.id)`,
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
};

/** Of a bot: where it works. Undefined for people. */
export const findBotHome = async (
  db: Db,
  id: UserId,
): Promise<{ readonly projectId: number | null; readonly namespaceId: number | null } | undefined> => {
  const row = await db
    .selectFrom('users')
    .select(['bot_project_id', 'bot_namespace_id'])
    .where('id', '=', id)
    .where('bot', '=', true)
    .executeTakeFirst();
  return row === undefined ? undefined : { projectId: row.bot_project_id, namespaceId: row.bot_namespace_id };
};

/** The bots that work for a project or group. */
export const findBotsOf = async (
  db: Db,
  home: { readonly kind: 'project' | 'group'; readonly id: number },
): Promise<readonly UserId[]> => {
  const column = home.kind === 'project' ? 'bot_project_id' : 'bot_namespace_id';
  const rows = await present(db).select('users.id').where(column, '=', home.id).orderBy('users.id').execute();
  return rows.map((row) => row.id as UserId);
};

/** Bots whose last token ended before that moment: they are members of something only by name. */
export const findBotsWithoutTokenSince = async (db: Db, before: Date): Promise<readonly UserId[]> => {
  const rows = await present(db)
    .select('users.id')
    .where('bot', '=', true)
    .where((where) => where.or([where('bot_project_id', 'is not', null), where('bot_namespace_id', 'is not', null)]))
    .where(
      sql<boolean>`not exists (select 1 from personal_access_tokens as token where token.user_id = users.id
        and (token.updated_at > ${before} or (not token.revoked and (token.expires_at is null or token.expires_at > ${before}))))`,
    )
    .orderBy('users.id')
    .execute();
  return rows.map((row) => row.id as UserId);
};
