import type { UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';

/** An address of a user beside the first one. */
export interface UserEmail {
  readonly id: number;
  readonly email: string;
  readonly confirmedAt: Date | null;
}

const EMAIL_COLUMNS = ['id', 'email', 'confirmed_at'] as const;

const toEmail = (row: {
  readonly id: number;
  readonly email: string;
  readonly confirmed_at: Date | null;
}): UserEmail => ({ id: row.id, email: row.email, confirmedAt: row.confirmed_at });

export const listEmails = async (db: Db, userId: UserId): Promise<readonly UserEmail[]> => {
  const rows = await db
    .selectFrom('user_emails')
    .select(EMAIL_COLUMNS)
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute();
  return rows.map(toEmail);
};

export const findEmail = async (db: Db, userId: UserId, id: number): Promise<UserEmail | undefined> => {
  const row = await db
    .selectFrom('user_emails')
    .select(EMAIL_COLUMNS)
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : toEmail(row);
};

/** Undefined when somebody has that further address already. */
export const insertEmail = async (
  tx: Tx,
  email: { readonly userId: UserId; readonly email: string; readonly confirmedAt: Date | null },
  now: Date,
): Promise<UserEmail | undefined> => {
  const row = await tx
    .insertInto('user_emails')
    .values({ user_id: email.userId, email: email.email, confirmed_at: email.confirmedAt, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning(EMAIL_COLUMNS)
    .executeTakeFirst();
  return row === undefined ? undefined : toEmail(row);
};

/** False when the user has no such address. */
export const deleteEmail = async (db: Db, userId: UserId, id: number): Promise<boolean> => {
  const result = await db
    .deleteFrom('user_emails')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
};
