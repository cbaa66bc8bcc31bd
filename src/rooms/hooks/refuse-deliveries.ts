import { randomUUID } from 'node:crypto';
import type { Logger } from '../../platform/log.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import { insertAttempt } from './delivery/attempt-store.ts';
import type { NewDelivery } from './delivery-store.ts';
import { toHook } from './hook-store.ts';

/** A delivery that is not made, and why. */
export interface RefusedDelivery extends NewDelivery {
  readonly refusal: string;
  readonly eventUuid: string;
}

/** Writes them down as failed, each with an entry in its hook's log, from where it can be sent by hand. */
export const refuseDeliveries = async (
  tx: Tx,
  { vault, log }: { readonly vault: Vault; readonly log: Logger },
  deliveries: readonly RefusedDelivery[],
  now: Date,
): Promise<void> => {
  for (const { hookId, eventSequence, eventUuid, trigger, subject, payload, refusal } of deliveries) {
    const row = await tx.selectFrom('hooks').selectAll().where('id', '=', hookId).executeTakeFirst();
    if (row === undefined) continue;
    const { id: deliveryId } = await tx
      .insertInto('hook_deliveries')
      .values({
        hook_id: hookId,
        event_sequence: eventSequence,
        event_uuid: eventUuid,
        trigger,
        subject,
        idempotency_key: randomUUID(),
        payload: JSON.stringify(payload),
        state: 'failed',
        failure: refusal,
        next_attempt_at: now,
        created_at: now,
        decided_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const attempt = {
      outcome: { kind: 'unsendable', isFinal: true },
      requestHeaders: { 'X-Gitlab-Event-UUID': eventUuid },
      answer: { headers: {}, body: '' },
      error: refusal,
      duration: 0,
    } as const;
    await insertAttempt(tx, vault, { hook: toHook(vault, row), deliveryId, trigger }, attempt, now);
    log.warn({ hookId, eventSequence, eventUuid, reason: refusal }, 'a hook was not told of an event');
  }
};
