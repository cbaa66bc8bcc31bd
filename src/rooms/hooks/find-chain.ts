import type { HookId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { Listener } from './listener-store.ts';
import type { Cause } from './outbox-store.ts';

/** GitLab's: milliseconds after which it is forgotten that a hook was told. */
const REMEMBERED = 30 * 60 * 1000;
/** GitLab's: hooks of a chain after which nobody more is told; of a system hook: how often it is told itself. */
const LONGEST = 100;

/** Hooks, and how often each was told. */
export type Chain = ReadonlyMap<HookId, number>;

/** Whether a hook was told under it: what somebody made up begins no chain, or it could keep events from others. */
export const isToldUnder = async (tx: Tx, uuid: string): Promise<boolean> => {
  const row = await tx
    .selectFrom('hook_deliveries')
    .select('id')
    .where('event_uuid', '=', uuid)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
};

/**
 * The hooks that were told under a UUID before the request came that names it: each of them may have made it. None of those
 * that are told of the request itself, and none that was told more than half an hour ago.
 */
export const findChain = async (db: Db, { uuid, after }: Cause, now: Date): Promise<Chain> => {
  const since = new Date(now.getTime() - REMEMBERED);
  const rows = await db
    .selectFrom('hook_deliveries')
    .select((select) => ['hook_id', select.fn.countAll<number>().as('told')])
    .groupBy('hook_id')
    .where('event_uuid', '=', uuid)
    // A test is no event.
    .where((where) => where.or([where('event_sequence', 'is', null), where('event_sequence', '<=', after)]))
    .where((where) => where.or([where('state', '=', 'pending'), where('decided_at', '>', since)]))
    .execute();
  return new Map(rows.map(({ hook_id: id, told }) => [id as HookId, told]));
};

/**
 * Why a hook is not told of what was caused by a chain; undefined: it is. System hooks hear of it all the same, until they have been
 * told so often that it can only be a loop: whoever has a hook knows a UUID, and must not keep things from administrators
 * by it. Pure.
 */
export const refusalOf = (chain: Chain, { hookId, kind }: Pick<Listener, 'hookId' | 'kind'>): string | undefined => {
  const told = chain.get(hookId) ?? 0;
  if (kind === 'system' ? told >= LONGEST : told > 0) {
    return 'not sent: the hook has caused this event itself (X-Gitlab-Event-UUID)';
  }
  return kind !== 'system' && chain.size >= LONGEST
    ? `not sent: ${LONGEST} hooks or more have caused each other (X-Gitlab-Event-UUID)`
    : undefined;
};
