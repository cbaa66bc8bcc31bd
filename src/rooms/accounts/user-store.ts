import { type Selectable, sql } from 'kysely';
import type { UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { User } from './user.ts';

type UserRow = Omit<Selectable<DB['users']>, 'password_hash' | 'updated_at'>;

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

export const findUserById = async (db: Db, id: number): Promise<User | undefined> => {
  const row = await db.selectFrom('users').select(USER_COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
};

export const findUsersByIds = async (db: Db, ids: readonly number[]): Promise<readonly User[]> => {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('users').select(USER_COLUMNS).where('id', 'in', ids).execute();
  return rows.map(toUser);
};

/** Names do not tell upper from lower case. */
export const findUserByUsername = async (db: Db, username: string): Promise<User | undefined> => {
  const row = await db
    .selectFrom('users')
    .select(USER_COLUMNS)
    .where(sql`lower(username)`, '=', username.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
};

export const findUserByEmail = async (db: Db, email: string): Promise<User | undefined> => {
  const row = await db
    .selectFrom('users')
    .select(USER_COLUMNS)
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
};

/** Who signs in under that name or e-mail address, with the hash to check. Read by `signIn` only. */
export const findUserForSignIn = async (
  db: Db,
  login: string,
): Promise<{ readonly user: User; readonly passwordHash: string | null } | undefined> => {
  const name = login.toLowerCase();
  const row = await db
    .selectFrom('users')
    .select([...USER_COLUMNS, 'users.password_hash'])
    .where((where) => where.or([where(sql`lower(username)`, '=', name), where(sql`lower(email)`, '=', name)]))
    .orderBy(sql`lower(username) = ${name}`, 'desc')
    .executeTakeFirst();
  return row === undefined ? undefined : { user: toUser(row), passwordHash: row.password_hash };
};

export interface UserFilter {
  readonly username?: string;
  /** Part of the name or username, or the whole e-mail address. */
  readonly search?: string;
  readonly active?: boolean;
  readonly blocked?: boolean;
  readonly admins?: boolean;
  readonly withoutBots?: boolean;
}

const filtered = (db: Db, filter: UserFilter) => {
  let query = db.selectFrom('users');
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
  return query;
};

export const listUsers = async (
  db: Db,
  filter: UserFilter,
  page: { readonly limit: number; readonly offset: number; readonly sort: 'asc' | 'desc' },
): Promise<readonly User[]> => {
  const rows = await filtered(db, filter)
    .select(USER_COLUMNS)
    .orderBy('id', page.sort)
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
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(USER_COLUMNS)
    .executeTakeFirst();
  return row === undefined ? undefined : toUser(row);
};
