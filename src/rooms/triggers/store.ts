import { type Selectable, sql } from 'kysely';
import type { ProjectId, TriggerId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import { toUser, USER_COLUMNS } from '../accounts/index.ts';
import type { Trigger } from './trigger.ts';

/** What the token is sealed for: it opens nowhere else. */
const PLACE = 'triggers.token';

/** Tokens that have expired are as good as gone. */
const isAlive = (now: Date) => sql<boolean>`(triggers.expires_at is null or triggers.expires_at > ${now})`;

const lastUsed = sql<Date | null>`
  (select pipelines.created_at from pipelines where pipelines.trigger_id = triggers.id order by pipelines.id desc limit 1)`;

const selectAlive = (db: Db, now: Date) =>
  db
    .selectFrom('triggers')
    .innerJoin('users', 'users.id', 'triggers.owner_id')
    .select([
      ...USER_COLUMNS,
      'triggers.id as trigger_id',
      'triggers.project_id',
      'triggers.description',
      'triggers.token_sealed',
      'triggers.expires_at',
      'triggers.created_at as trigger_created_at',
      'triggers.updated_at',
      lastUsed.as('last_used_at'),
    ])
    .where(isAlive(now));

type TriggerRow = Parameters<typeof toUser>[0] &
  Pick<Selectable<DB['triggers']>, 'project_id' | 'description' | 'token_sealed' | 'expires_at' | 'updated_at'> & {
    readonly trigger_id: number;
    readonly trigger_created_at: Date;
    readonly last_used_at: Date | null;
  };

const toTrigger = (vault: Vault, row: TriggerRow): Trigger => ({
  id: row.trigger_id as TriggerId,
  projectId: row.project_id as ProjectId,
  owner: toUser(row),
  description: row.description,
  token: vault.open(row.token_sealed, PLACE),
  expiresAt: row.expires_at,
  createdAt: row.trigger_created_at,
  updatedAt: row.updated_at,
  lastUsedAt: row.last_used_at,
});

export const listTriggers = async (
  db: Db,
  vault: Vault,
  projectId: ProjectId,
  page: { readonly limit: number; readonly offset: number },
  now: Date,
): Promise<readonly Trigger[]> => {
  const rows = await selectAlive(db, now)
    .where('triggers.project_id', '=', projectId)
    .orderBy('triggers.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map((row) => toTrigger(vault, row));
};

export const countTriggers = async (db: Db, projectId: ProjectId, now: Date): Promise<number> => {
  const row = await db
    .selectFrom('triggers')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where('project_id', '=', projectId)
    .where(isAlive(now))
    .executeTakeFirstOrThrow();
  return row.total;
};

export const findTrigger = async (
  db: Db,
  vault: Vault,
  projectId: ProjectId,
  id: number,
  now: Date,
): Promise<Trigger | undefined> => {
  const row = await selectAlive(db, now)
    .where('triggers.project_id', '=', projectId)
    .where('triggers.id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : toTrigger(vault, row);
};

export const findTriggerByDigest = async (
  db: Db,
  vault: Vault,
  digest: Buffer,
  now: Date,
): Promise<Trigger | undefined> => {
  const row = await selectAlive(db, now).where('triggers.token_digest', '=', digest).executeTakeFirst();
  return row === undefined ? undefined : toTrigger(vault, row);
};

export const insertTrigger = async (
  tx: Tx,
  vault: Vault,
  trigger: {
    readonly projectId: ProjectId;
    readonly ownerId: UserId;
    readonly description: string;
    readonly token: string;
    readonly digest: Buffer;
    readonly expiresAt: Date | null;
  },
  now: Date,
): Promise<TriggerId> => {
  const row = await tx
    .insertInto('triggers')
    .values({
      project_id: trigger.projectId,
      owner_id: trigger.ownerId,
      description: trigger.description,
      token_digest: trigger.digest,
      token_sealed: vault.seal(trigger.token, PLACE),
      expires_at: trigger.expiresAt,
      created_at: now,
      updated_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id as TriggerId;
};

export const updateTrigger = async (db: Db, id: TriggerId, description: string | null, now: Date): Promise<void> => {
  await db.updateTable('triggers').set({ description, updated_at: now }).where('id', '=', id).execute();
};

export const deleteTrigger = async (db: Db, id: TriggerId): Promise<void> => {
  await db.deleteFrom('triggers').where('id', '=', id).execute();
};

/** Removes tokens that expired before that moment (GitLab: 30 days ago). Answers how many. */
export const deleteTriggersExpiredBefore = async (db: Db, moment: Date): Promise<number> => {
  const result = await db.deleteFrom('triggers').where('expires_at', '<', moment).executeTakeFirst();
  return Number(result.numDeletedRows);
};
