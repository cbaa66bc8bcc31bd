import type { Selectable } from 'kysely';
import type { SshKeyId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { User } from './user.ts';
import { toUser, USER_COLUMNS } from './user-store.ts';

export const KEY_USAGES = ['auth', 'signing', 'auth_and_signing'] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** A public key of somebody. Penstock has no SSH: keys are kept, shown, and told to system hooks. */
export interface SshKey {
  readonly id: SshKeyId;
  readonly userId: UserId;
  readonly title: string;
  /** Algorithm and base64, without a comment. */
  readonly key: string;
  readonly usageType: KeyUsage;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
}

const KEY_COLUMNS = [
  'ssh_keys.id as key_id',
  'ssh_keys.user_id',
  'ssh_keys.title',
  'ssh_keys.key',
  'ssh_keys.usage_type',
  'ssh_keys.expires_at',
  'ssh_keys.last_used_at',
  'ssh_keys.created_at as key_created_at',
] as const;

type KeyRow = Pick<
  Selectable<DB['ssh_keys']>,
  'user_id' | 'title' | 'key' | 'usage_type' | 'expires_at' | 'last_used_at'
> & { readonly key_id: number; readonly key_created_at: Date };

const toKey = (row: KeyRow): SshKey => ({
  id: row.key_id as SshKeyId,
  userId: row.user_id as UserId,
  title: row.title,
  key: row.key,
  usageType: KEY_USAGES.find((usage) => usage === row.usage_type) ?? 'auth_and_signing',
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  createdAt: row.key_created_at,
});

export const listSshKeys = async (
  db: Db,
  userId: UserId,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly SshKey[]> => {
  const rows = await db
    .selectFrom('ssh_keys')
    .select(KEY_COLUMNS)
    .where('user_id', '=', userId)
    .orderBy('id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toKey);
};

export const countSshKeys = async (db: Db, userId: UserId): Promise<number> => {
  const row = await db
    .selectFrom('ssh_keys')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return row.total;
};

export const findSshKey = async (db: Db, userId: UserId, id: number): Promise<SshKey | undefined> => {
  const row = await db
    .selectFrom('ssh_keys')
    .select(KEY_COLUMNS)
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : toKey(row);
};

/** With whose it is, by number or by a fingerprint. */
export const findSshKeyWithUser = async (
  db: Db,
  by: { readonly id: number } | { readonly sha256: string } | { readonly md5: string },
): Promise<{ readonly key: SshKey; readonly user: User } | undefined> => {
  let query = db
    .selectFrom('ssh_keys')
    .innerJoin('users', 'users.id', 'ssh_keys.user_id')
    .select([...KEY_COLUMNS, ...USER_COLUMNS]);
  if ('id' in by) query = query.where('ssh_keys.id', '=', by.id);
  if ('sha256' in by) query = query.where('fingerprint_sha256', '=', by.sha256);
  if ('md5' in by) query = query.where('fingerprint', '=', by.md5);
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : { key: toKey(row), user: toUser(row) };
};

export interface NewSshKey {
  readonly userId: UserId;
  readonly title: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly fingerprintSha256: string;
  readonly usageType: KeyUsage;
  readonly expiresAt: Date | null;
}

/** Undefined when somebody has that key already. */
export const insertSshKey = async (tx: Tx, key: NewSshKey, now: Date): Promise<SshKey | undefined> => {
  const row = await tx
    .insertInto('ssh_keys')
    .values({
      user_id: key.userId,
      title: key.title,
      key: key.key,
      fingerprint: key.fingerprint,
      fingerprint_sha256: key.fingerprintSha256,
      usage_type: key.usageType,
      expires_at: key.expiresAt,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(KEY_COLUMNS)
    .executeTakeFirst();
  return row === undefined ? undefined : toKey(row);
};

/** A user's keys (all, or the one with this id) until the transaction ends. Their ids. */
export const lockSshKeys = async (tx: Tx, userId: UserId, id?: number): Promise<readonly SshKeyId[]> => {
  let query = tx.selectFrom('ssh_keys').select('id').where('user_id', '=', userId).orderBy('id').forUpdate();
  if (id !== undefined) query = query.where('id', '=', id);
  return (await query.execute()).map((row) => row.id as SshKeyId);
};

export const deleteSshKeys = async (tx: Tx, ids: readonly SshKeyId[]): Promise<void> => {
  if (ids.length > 0) await tx.deleteFrom('ssh_keys').where('id', 'in', ids).execute();
};
