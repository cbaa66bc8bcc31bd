import { sql } from 'kysely';
import type { HookId } from '../../../kit/ids.ts';
import type { Db, Tx } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { JsonObject } from '../events/event-definition.ts';
import type { Hook, HookSwitch } from '../hook.ts';
import { toHook } from '../hook-store.ts';
import type { DueHook } from './admit-hooks.ts';
import { ATTEMPT_URL } from './attempt-store.ts';
import type { Verdict } from './decide.ts';
import type { Attempt } from './send.ts';

/** SQL of the drains. */

/**
 * For statements whose loss in a crash of the database costs no more than a delivery that comes twice: their commit does not
 * wait for the disk. Until the end of the transaction.
 */
const QUICK = sql<{ readonly quick: string }>`(select set_config('synchronous_commit', 'off', true) as quick)`;

/**
 * Hooks that something can be sent to now, and that no server is sending to. System hooks come first. Where there are too many,
 * those below each group that has some are taken in turns, and of one group any: its hooks keep no others from the list.
 */
export const listDueHooks = async (db: Db, now: Date, except: readonly HookId[]): Promise<readonly DueHook[]> => {
  const { rows } = await sql<DueHook>`
    with due as (
      select hooks.id, hooks.kind,
        concat_ws(' ', hooks.kind, coalesce(hooks.project_id, hooks.group_id)) as place,
        coalesce(split_part(namespaces.full_path, '/', 1), '') as top
      from hooks
      left join projects on projects.id = hooks.project_id
      left join namespaces on namespaces.id = coalesce(hooks.group_id, projects.namespace_id)
      where disabled_at is null
        and (paused_until is null or paused_until <= ${now})
        and (drain_leased_until is null or drain_leased_until <= ${now})
        and hooks.id <> all(${[...except]}::bigint[])
        and exists (select from hook_deliveries
          where hook_id = hooks.id and state = 'pending' and next_attempt_at <= ${now})
    )
    select id, kind, place, top from due
    order by kind <> 'system', row_number() over (partition by kind = 'system', top order by random()), id
    limit 5000`.execute(db);
  return rows;
};

/** The right to send to a hook, until then. Its time is also what tells it from a later one. */
export interface Lease {
  readonly hook: Hook;
  readonly until: Date;
}

/** Undefined: another server has it, or nothing may be sent now. */
export const takeLease = async (
  db: Db,
  vault: Vault,
  id: HookId,
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<Lease | undefined> => {
  const row = await updateLease(db, id, now, until)
    .where((where) => where.or([where('drain_leased_until', 'is', null), where('drain_leased_until', '<=', now)]))
    .executeTakeFirst();
  return row === undefined ? undefined : { hook: toHook(vault, row), until };
};

/** With the hook as it is now. Undefined: somebody else has it, or it is gone, disabled or paused. */
export const renewLease = async (
  db: Db,
  vault: Vault,
  lease: Lease,
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<Lease | undefined> => {
  const row = await updateLease(db, lease.hook.id, now, until)
    .where('drain_leased_until', '=', lease.until)
    .executeTakeFirst();
  return row === undefined ? undefined : { hook: toHook(vault, row), until };
};

const updateLease = (db: Db, id: HookId, now: Date, until: Date) =>
  db
    .updateTable('hooks')
    .from(QUICK.as('quickly'))
    .set({ drain_leased_until: until })
    .where('quickly.quick', '=', 'off')
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .where((where) => where.or([where('paused_until', 'is', null), where('paused_until', '<=', now)]))
    .returningAll('hooks');

export const releaseLease = async (db: Db, { hook, until }: Lease): Promise<void> => {
  await db
    .updateTable('hooks')
    .from(QUICK.as('quickly'))
    .set({ drain_leased_until: null })
    .where('quickly.quick', '=', 'off')
    .where('id', '=', hook.id)
    .where('drain_leased_until', '=', until)
    .execute();
};

/** A delivery whose turn it is. */
export interface DueDelivery {
  readonly id: number;
  readonly subject: string;
  readonly trigger: HookSwitch | null;
  readonly idempotencyKey: string;
  readonly eventSequence: number | null;
  readonly eventUuid: string;
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  /** Undefined: a large one, see `findPayload`. */
  readonly payload: JsonObject | undefined;
}

/** Bytes in the database up to which payloads come with their page. */
const SMALL = 32_768;

/**
 * The first that are due, in the order of their events. What stands behind one of its own subject that waits for another
 * attempt waits as long, and is none of them. Answers too whether there was anything to look at.
 */
export const takeDuePage = async (
  db: Db,
  hookId: HookId,
  now: Date,
  limit: number,
): Promise<{ readonly found: number; readonly due: readonly DueDelivery[] }> => {
  const rows = await db
    .selectFrom('hook_deliveries as delivery')
    .select([
      'delivery.id',
      'delivery.subject',
      'delivery.trigger',
      'delivery.idempotency_key',
      'delivery.event_sequence',
      'delivery.attempts',
      'delivery.next_attempt_at',
      'delivery.event_uuid',
    ])
    .select(
      sql<JsonObject | null>`case when pg_column_size(delivery.payload) < ${SMALL} then delivery.payload end`.as(
        'payload',
      ),
    )
    .where('delivery.hook_id', '=', hookId)
    .where('delivery.state', '=', 'pending')
    .where('delivery.next_attempt_at', '<=', now)
    .orderBy('delivery.id')
    .limit(limit)
    .execute();
  if (rows.length === 0) return { found: 0, due: [] };
  const held = await postponeHeld(
    db,
    hookId,
    rows.map(({ id }) => id),
    now,
  );
  const due = rows
    .filter(({ id }) => !held.has(id))
    .map((row) => ({
      id: row.id,
      subject: row.subject,
      trigger: row.trigger as HookSwitch | null,
      idempotencyKey: row.idempotency_key,
      eventSequence: row.event_sequence,
      eventUuid: row.event_uuid,
      attempts: row.attempts,
      nextAttemptAt: row.next_attempt_at,
      payload: row.payload ?? undefined,
    }));
  return { found: rows.length, due };
};

/** Of those behind a refused delivery, how many are put off in one statement. */
const MOST_HELD = 5000;

/**
 * Puts off what waits behind a refused one of the same subject, and all that comes after it: page by page, tens of thousands
 * would keep the hook from its other subjects for minutes. In the order of their numbers, as whoever else changes several.
 */
const postponeHeld = async (
  db: Db,
  hookId: HookId,
  ids: readonly number[],
  now: Date,
): Promise<ReadonlySet<number>> => {
  // The nearest one before is asked for, which is found at once: what is due before it stands in the same page. Nothing is
  // added to its time so that it is found by subject and number, not among all that wait, of which statistics know late.
  const { rows } = await sql<{ readonly id: number }>`
    with held as (
      select id from hooks where id = ${hookId} for key share
    ), blocked as (
      select delivery.subject, min(delivery.id) as id, (array_agg(refused.next_attempt_at order by delivery.id))[1] as until
      from held
      join hook_deliveries delivery on delivery.hook_id = held.id
      cross join lateral (
        select next_attempt_at from hook_deliveries before
        where before.hook_id = delivery.hook_id and before.subject = delivery.subject and before.state = 'pending'
          and before.id < delivery.id and before.next_attempt_at + interval '0' > ${now}
        order by before.id desc limit 1
      ) refused
      where delivery.id = any(${[...ids]}::bigint[]) and delivery.state = 'pending'
      group by delivery.subject
    ), waiting as (
      select delivery.id, blocked.until
      from blocked
      join hook_deliveries delivery on delivery.hook_id = ${hookId} and delivery.subject = blocked.subject
      where delivery.id >= blocked.id and delivery.state = 'pending' and delivery.next_attempt_at <= ${now}
      order by delivery.id limit ${MOST_HELD}
      for no key update of delivery
    )
    update hook_deliveries set next_attempt_at = waiting.until
    from waiting where hook_deliveries.id = waiting.id
    returning hook_deliveries.id`.execute(db);
  return new Set(rows.map(({ id }) => id));
};

/** Undefined: it is gone with its hook. */
export const findPayload = async (db: Db, id: number): Promise<JsonObject | undefined> => {
  const row = await db.selectFrom('hook_deliveries').select('payload').where('id', '=', id).executeTakeFirst();
  return row?.payload as JsonObject | undefined;
};

/** An attempt, and what was decided of it. */
export interface EndedAttempt {
  readonly lease: Lease;
  readonly delivery: DueDelivery;
  readonly attempt: Attempt;
  readonly verdict: Verdict;
  readonly now: Date;
}

/**
 * Writes down an attempt and what follows from it, in one statement. A delivery that was decided meanwhile stays as it is;
 * the hook's health is changed by whoever holds its lease only. The hook's row comes first, as in its deletion, so that the
 * two never wait for each other in a circle. Answers whether the lease still held.
 */
export const markAttempt = async (
  db: Db | Tx,
  vault: Vault,
  { lease, delivery, attempt, verdict, now }: EndedAttempt,
): Promise<boolean> => {
  const { hook, until } = lease;
  const { outcome, answer, error, duration, requestHeaders } = attempt;
  const { health } = verdict;
  const status = outcome.kind === 'answered' ? String(outcome.status) : 'internal error';
  const isChanged = sql<boolean>`${hasChanged(hook, health)}::boolean`;
  const decidedAt = verdict.delivery.state === 'pending' ? null : now;
  const { rows } = await sql<{ readonly isOurs: boolean }>`
    with held as (
      select id, drain_leased_until = ${until} as is_ours from hooks where id = ${hook.id} for key share
    ), marked as (
      update hook_deliveries set state = ${verdict.delivery.state}, failure = ${verdict.delivery.failure},
        attempts = ${verdict.delivery.attempts}, next_attempt_at = ${verdict.delivery.nextAttemptAt},
        decided_at = ${decidedAt}
      from held where hook_id = held.id and hook_deliveries.id = ${delivery.id} and state = 'pending' and attempts = ${delivery.attempts}
    ), logged as (
      insert into hook_attempts (hook_id, delivery_id, trigger, url_sealed, request_headers, response_status,
        response_headers, response_body, error, execution_duration, created_at)
      select hook_id, hook_deliveries.id, trigger, ${vault.seal(hook.url, ATTEMPT_URL)}::bytea, ${JSON.stringify(requestHeaders)}::jsonb,
        ${status}, ${JSON.stringify(answer.headers)}::jsonb, ${answer.body}, ${error}::text, ${duration}, ${now}::timestamptz
      from held join hook_deliveries on hook_id = held.id, ${QUICK} as quickly
      where hook_deliveries.id = ${delivery.id} and quickly.quick = 'off'
    ), changed as (
      update hooks set consecutive_failures = ${health.consecutiveFailures}, failing_since = ${health.failingSince},
        paused_until = ${health.pausedUntil}, disabled_at = ${health.disabledAt}, disabled_reason = ${health.disabledReason}
      from held
      where hooks.id = held.id and drain_leased_until = ${until} and ${isChanged}
      returning hooks.id
    )
    select case when ${isChanged} then exists (select from changed) else coalesce(is_ours, false) end as "isOurs"
    from held`.execute(db);
  return rows[0]?.isOurs === true;
};

const hasChanged = (hook: Hook, health: Verdict['health']): boolean =>
  hook.consecutiveFailures !== health.consecutiveFailures ||
  hook.pausedUntil?.getTime() !== health.pausedUntil?.getTime() ||
  health.disabledAt !== null;
