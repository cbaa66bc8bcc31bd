import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { recordNotFound } from '../../../kit/errors.ts';
import type { HookId } from '../../../kit/ids.ts';
import type { Db, Tx } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { JsonObject } from '../events/event-definition.ts';
import type { Hook, HookSwitch } from '../hook.ts';
import { insertAttempt, markHealthy } from './attempt-store.ts';
import { type Attempt, type SendDeps, send } from './send.ts';

export interface DeliverNowDeps extends SendDeps {
  readonly db: Db;
  readonly vault: Vault;
}

/** A test, or the resending of a delivery. */
export interface DeliverNowRequest {
  readonly trigger: HookSwitch | null;
  readonly payload: JsonObject;
  /** Of the delivery that is sent again; a new one for a test. */
  readonly idempotencyKey?: string;
  readonly subject: string;
  /** What is sent again; a success ends it. */
  readonly deliveryId?: number;
}

export type DeliverNowOutcome = {
  /** Its row in the log. */
  readonly attemptId: number;
} & (
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: string;
      /** Why there is no more to the answer: a redirect that is not followed, a body that broke off. */
      readonly error: string | null;
    }
  /** No answer, or nothing to send. */
  | { readonly kind: 'failed'; readonly error: string }
);

/**
 * Sends to a hook at once, whatever its health, and waits for the answer. It stands in the log; a success makes the hook
 * healthy, a failure does it no harm. What waited behind a delivery that is taken at last goes next. Throws 404 when the hook
 * is deleted meanwhile.
 */
export const deliverNow = async (
  deps: DeliverNowDeps,
  hook: Hook,
  request: DeliverNowRequest,
): Promise<DeliverNowOutcome> => {
  const idempotencyKey = request.idempotencyKey ?? randomUUID();
  const known = request.deliveryId === undefined ? undefined : await findEvent(deps.db, request.deliveryId);
  const eventUuid = known?.event_uuid ?? randomUUID();
  const attempt = await send(deps, hook, {
    trigger: request.trigger,
    payload: request.payload,
    idempotencyKey,
    eventSequence: known?.event_sequence ?? null,
    eventUuid,
  });
  const attemptId = await deps.db
    .transaction()
    .execute((tx) => write(tx, deps, hook, { ...request, idempotencyKey, eventUuid }, attempt));
  const { outcome, error, answer } = attempt;
  return outcome.kind === 'answered'
    ? { attemptId, kind: 'answered', status: outcome.status, body: answer.body, error }
    : { attemptId, kind: 'failed', error: error ?? 'internal error' };
};

interface Names {
  readonly idempotencyKey: string;
  readonly eventUuid: string;
}

const findEvent = async (db: Db, deliveryId: number) =>
  await db
    .selectFrom('hook_deliveries')
    .select(['event_sequence', 'event_uuid'])
    .where('id', '=', deliveryId)
    .executeTakeFirst();

const write = async (
  tx: Tx,
  { vault, clock }: DeliverNowDeps,
  hook: Hook,
  request: DeliverNowRequest & Names,
  attempt: Attempt,
): Promise<number> => {
  const now = clock.now();
  const { outcome, error } = attempt;
  const isTaken = outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
  const { deliveryId: again, trigger } = request;
  await holdHook(tx, hook.id);
  const deliveryId = again ?? (await insertTest(tx, hook, request, { isTaken, error, now }));
  if (again !== undefined && isTaken) {
    const { numUpdatedRows } = await tx
      .updateTable('hook_deliveries')
      .set({ state: 'delivered', failure: null, decided_at: now })
      .where('id', '=', again)
      .where('state', '<>', 'delivered')
      .executeTakeFirstOrThrow();
    if (numUpdatedRows > 0) await bringForward(tx, { hookId: hook.id, subject: request.subject, behind: again }, now);
  }
  if (isTaken) await markHealthy(tx, hook.id);
  return insertAttempt(tx, vault, { hook, deliveryId, trigger }, attempt, now);
};

/** Before its deliveries, as its deletion and the drains do, so that none of them waits for another in a circle. */
const holdHook = async (tx: Tx, id: HookId): Promise<void> => {
  const held = await tx.selectFrom('hooks').select('id').where('id', '=', id).forKeyShare().executeTakeFirst();
  if (held === undefined) throw recordNotFound();
};

/** What the subject of a delivery had waiting behind it is due at once. */
const bringForward = async (
  tx: Tx,
  { hookId, subject, behind }: { readonly hookId: HookId; readonly subject: string; readonly behind: number },
  now: Date,
): Promise<void> => {
  await sql`
    with waiting as (
      select id from hook_deliveries
      where hook_id = ${hookId} and subject = ${subject} and state = 'pending' and id > ${behind}
        and next_attempt_at > ${now}
      order by id for no key update
    )
    update hook_deliveries set next_attempt_at = ${now} from waiting where hook_deliveries.id = waiting.id`.execute(tx);
};

/** Written when it is over: no drain takes it up. */
const insertTest = async (
  tx: Tx,
  hook: Hook,
  request: DeliverNowRequest & Names,
  end: { readonly isTaken: boolean; readonly error: string | null; readonly now: Date },
): Promise<number> => {
  const { id } = await tx
    .insertInto('hook_deliveries')
    .values({
      hook_id: hook.id,
      event_sequence: null,
      trigger: request.trigger,
      subject: request.subject,
      idempotency_key: request.idempotencyKey,
      event_uuid: request.eventUuid,
      payload: JSON.stringify(request.payload),
      state: end.isTaken ? 'delivered' : 'failed',
      failure: end.isTaken ? null : (end.error ?? 'a test'),
      attempts: 1,
      next_attempt_at: end.now,
      created_at: end.now,
      decided_at: end.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
};
