import { randomUUID } from 'node:crypto';
import type { HookId } from '../../kit/ids.ts';
import { weighedSlices } from '../../kit/weighed-slices.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { JsonObject } from './events/event-definition.ts';
import type { HookSwitch } from './hook.ts';
import { MOST_IN_A_STATEMENT } from './most-in-a-statement.ts';

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
  // Many hooks hear of one event: its text is made once.
  const texts = new Map<JsonObject, string>();
  const textOf = (payload: JsonObject): string => {
    const text = texts.get(payload) ?? JSON.stringify(payload);
    texts.set(payload, text);
    return text;
  };
  const rows = deliveries.map((delivery) => ({
    hook_id: delivery.hookId,
    event_sequence: delivery.eventSequence,
    trigger: delivery.trigger,
    subject: delivery.subject,
    idempotency_key: randomUUID(),
    event_uuid: delivery.eventUuid ?? randomUUID(),
    payload: textOf(delivery.payload),
    state: 'pending',
    next_attempt_at: now,
    created_at: now,
  }));
  for (const slice of weighedSlices(rows, MOST_IN_A_STATEMENT, ({ payload }) => payload.length)) {
    await tx.insertInto('hook_deliveries').values(slice).execute();
  }
};
