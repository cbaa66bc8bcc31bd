import type { HookId } from '../../../kit/ids.ts';
import type { Db, Tx } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { Hook, HookSwitch } from '../hook.ts';
import { WITHOUT_FAILURES } from '../hook-store.ts';
import type { Attempt } from './send.ts';

/** SQL of the log of attempts. */

/** The place of a sealed address of an attempt. */
export const ATTEMPT_URL = 'hook_attempts.url';
/** GitLab's word in the place of a status. */
const NO_STATUS = 'internal error';

export interface AttemptOf {
  readonly hook: Hook;
  readonly deliveryId: number;
  readonly trigger: HookSwitch | null;
}

/** Answers its id. */
export const insertAttempt = async (
  tx: Tx,
  vault: Vault,
  { hook, deliveryId, trigger }: AttemptOf,
  { outcome, requestHeaders, answer, error, duration }: Attempt,
  now: Date,
): Promise<number> => {
  const { id } = await tx
    .insertInto('hook_attempts')
    .values({
      hook_id: hook.id,
      delivery_id: deliveryId,
      trigger,
      url_sealed: vault.seal(hook.url, ATTEMPT_URL),
      request_headers: JSON.stringify(requestHeaders),
      response_status: outcome.kind === 'answered' ? String(outcome.status) : NO_STATUS,
      response_headers: JSON.stringify(answer.headers),
      response_body: answer.body,
      error,
      execution_duration: duration,
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
};

/**
 * The receiver takes events again: nothing holds the hook back, whoever or whatever had stopped it. Whoever is sending to it
 * loses the lease, since it counts on from the failures before.
 */
export const markHealthy = async (db: Db | Tx, id: HookId): Promise<void> => {
  await db
    .updateTable('hooks')
    .set(WITHOUT_FAILURES)
    .where('id', '=', id)
    .where((where) => where.or([where('consecutive_failures', '>', 0), where('disabled_at', 'is not', null)]))
    .execute();
};
