import type { UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { User } from './user.ts';
import { toUser, USER_COLUMNS } from './user-store.ts';

/** A signed-in browser. */
export interface Session {
  readonly id: number;
  readonly csrfDigest: Buffer;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
}

export const insertSession = async (
  tx: Tx,
  session: {
    readonly userId: UserId;
    readonly cookieDigest: Buffer;
    readonly csrfDigest: Buffer;
    readonly expiresAt: Date;
  },
  now: Date,
): Promise<void> => {
  await tx
    .insertInto('sessions')
    .values({
      user_id: session.userId,
      cookie_digest: session.cookieDigest,
      csrf_digest: session.csrfDigest,
      created_at: now,
      last_seen_at: now,
      expires_at: session.expiresAt,
    })
    .execute();
};

export const findSessionByDigest = async (
  db: Db,
  cookieDigest: Buffer,
): Promise<{ readonly session: Session; readonly user: User } | undefined> => {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select([
      'sessions.id as session_id',
      'sessions.csrf_digest',
      'sessions.last_seen_at',
      'sessions.expires_at',
      ...USER_COLUMNS,
    ])
    .where('cookie_digest', '=', cookieDigest)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const session = {
    id: row.session_id,
    csrfDigest: row.csrf_digest,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
  };
  return { session, user: toUser(row) };
};

export const touchSession = async (db: Db, id: number, now: Date, expiresAt: Date): Promise<void> => {
  await db.updateTable('sessions').set({ last_seen_at: now, expires_at: expiresAt }).where('id', '=', id).execute();
};

export const deleteSession = async (db: Db, cookieDigest: Buffer): Promise<void> => {
  await db.deleteFrom('sessions').where('cookie_digest', '=', cookieDigest).execute();
};

export const deleteExpiredSessions = async (db: Db, now: Date): Promise<void> => {
  await db.deleteFrom('sessions').where('expires_at', '<=', now).execute();
};

/** Every browser of the user is signed out. */
export const deleteSessionsOfUser = async (tx: Db, userId: UserId): Promise<void> => {
  await tx.deleteFrom('sessions').where('user_id', '=', userId).execute();
};
