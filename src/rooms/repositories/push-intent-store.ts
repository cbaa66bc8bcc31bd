import { sql } from 'kysely';
import type { ProjectId, UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { PushIntentId, RefUpdate } from './pushed.ts';

/** SQL of `push_intents`. */

/** A ref of an intent. `moved`: known for certain; `announced`: its fact is published; `settled`: what follows from it is done. */
export interface IntendedUpdate extends RefUpdate {
  readonly moved: boolean;
  readonly announced: boolean;
  readonly settled: boolean;
}

export interface PushIntent {
  readonly id: PushIntentId;
  readonly projectId: ProjectId;
  readonly userId: UserId;
  readonly updates: readonly IntendedUpdate[];
  readonly pushOptions: readonly string[];
  readonly viaJobToken: boolean;
  readonly serverId: string;
  readonly createdAt: Date;
}

export type NewPushIntent = Omit<PushIntent, 'id' | 'updates'> & { readonly updates: readonly RefUpdate[] };

const toUpdate = (value: unknown): IntendedUpdate => {
  if (typeof value !== 'object' || value === null || !('ref' in value) || !('old' in value) || !('new' in value)) {
    throw new Error('push_intents.updates holds something else than updates');
  }
  return {
    ref: String(value.ref),
    old: String(value.old),
    new: String(value.new),
    moved: 'moved' in value && value.moved === true,
    announced: 'announced' in value && value.announced === true,
    settled: 'settled' in value && value.settled === true,
  };
};

const toUpdates = (json: unknown): readonly IntendedUpdate[] => (Array.isArray(json) ? json.map(toUpdate) : []);

export const insertPushIntent = async (db: Db | Tx, intent: NewPushIntent): Promise<PushIntentId> => {
  const row = await db
    .insertInto('push_intents')
    .values({
      project_id: intent.projectId,
      user_id: intent.userId,
      updates: JSON.stringify(intent.updates.map(({ ref, old, new: to }) => ({ ref, old, new: to }))),
      push_options: [...intent.pushOptions],
      via_job_token: intent.viaJobToken,
      server_id: intent.serverId,
      created_at: intent.createdAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id as PushIntentId;
};

/** Oldest first. */
export const listPushIntents = async (db: Db): Promise<readonly PushIntent[]> => {
  const rows = await db.selectFrom('push_intents').selectAll().orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id as PushIntentId,
    projectId: row.project_id as ProjectId,
    userId: row.user_id as UserId,
    updates: toUpdates(row.updates),
    pushOptions: row.push_options,
    viaJobToken: row.via_job_token,
    serverId: row.server_id,
    createdAt: row.created_at,
  }));
};

/** Keeps only the updates of these refs, and notes that they did move. */
export const keepMovedUpdates = async (db: Db, id: PushIntentId, refs: readonly string[]): Promise<void> => {
  await sql`
    update push_intents set updates = coalesce((
      select jsonb_agg(u || '{"moved": true}' order by position)
      from jsonb_array_elements(updates) with ordinality as t (u, position)
      where u ->> 'ref' = any(${[...refs]}::text[])
    ), '[]')
    where id = ${id}`.execute(db);
};

/**
 * Claims one update of a push in the transaction that does what follows from it (the pipeline's rows). False when that was
 * done before, or is being done: then do nothing.
 */
export const settleUpdate = async (tx: Tx, id: PushIntentId, ref: string): Promise<boolean> => {
  const result = await sql`
    update push_intents set updates = (
      select jsonb_agg(case when u ->> 'ref' = ${ref} then u || '{"settled": true}' else u end order by position)
      from jsonb_array_elements(updates) with ordinality as t (u, position)
    )
    where id = ${id} and exists (
      select from jsonb_array_elements(updates) as u where u ->> 'ref' = ${ref} and not u ? 'settled'
    )`.execute(tx);
  return result.numAffectedRows === 1n;
};

/** What of a push was told already, the intent's row locked until the transaction ends; undefined when the intent is gone. */
export const lockAnnounced = async (
  tx: Tx,
  id: PushIntentId,
): Promise<{ readonly refs: ReadonlySet<string>; readonly isWhole: boolean } | undefined> => {
  const row = await tx
    .selectFrom('push_intents')
    .select(['updates', 'announced_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const refs = toUpdates(row.updates).flatMap(({ ref, announced }) => (announced ? [ref] : []));
  return { refs: new Set(refs), isWhole: row.announced_at !== null };
};

/** Notes that these refs have been told of; `wholeAt`: the whole push too. */
export const markAnnounced = async (
  tx: Tx,
  id: PushIntentId,
  refs: readonly string[],
  wholeAt: Date | null,
): Promise<void> => {
  await sql`
    update push_intents set announced_at = coalesce(announced_at, ${wholeAt}::timestamptz), updates = (
      select jsonb_agg(case when u ->> 'ref' = any(${[...refs]}::text[]) then u || '{"announced": true}' else u end
        order by position)
      from jsonb_array_elements(updates) with ordinality as t (u, position)
    )
    where id = ${id}`.execute(tx);
};

export const deletePushIntent = async (db: Db, id: PushIntentId): Promise<void> => {
  await db.deleteFrom('push_intents').where('id', '=', id).execute();
};
