import { randomUUID } from 'node:crypto';
import type { HookId } from '../../kit/ids.ts';
import { slicesOf } from '../../kit/slices-of.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { JsonObject } from './events/event-definition.ts';
import type { HookSwitch } from './hook.ts';

/** Rows of one statement: PostgreSQL takes 65,535 values. */
const MOST_ROWS = 1000;

/** SQL of deliveries: one event for one hook. */

export interface NewDelivery {
  readonly hookId: HookId;
  /** Null: a test. */
  readonly eventSequence: number | null;
  readonly trigger: HookSwitch | null;
  readonly subject: string;
  readonly payload: JsonObject;
  /** `X-Gitlab-Event-UUID`; undefined: a new one. */
  readonly eventUuid?: string | undefined;
}

export const insertDeliveries = async (tx: Tx, deliveries: readonly NewDelivery[], now: Date): Promise<void> => {
  if (deliveries.length === 0) return;
  for (const slice of slicesOf(deliveries, MOST_ROWS)) {
    await tx
      .insertInto('hook_deliveries')
      .values(
        slice.map((delivery) => ({
          hook_id: delivery.hookId,
          event_sequence: delivery.eventSequence,
          trigger: delivery.trigger,
          subject: delivery.subject,
          idempotency_key: randomUUID(),
          event_uuid: delivery.eventUuid ?? randomUUID(),
          payload: JSON.stringify(delivery.payload),
          state: 'pending',
          next_attempt_at: now,
          created_at: now,
        })),
      )
      .execute();
  }
};
