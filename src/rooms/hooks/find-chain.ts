import type { HookId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Cause } from './outbox-store.ts';

/** GitLab's: milliseconds after which it is forgotten that a hook was told. */
const REMEMBERED = 30 * 60 * 1000;
/** GitLab's: hooks of a chain after which nobody more is told. */
const LONGEST = 100;

/**
 * The hooks that were told under a UUID before the request came that names it: each of them may have made it. None of those
 * that are told of the request itself, and none that was told more than half an hour ago.
 */
export const findChain = async (db: Db, { uuid, after }: Cause, now: Date): Promise<ReadonlySet<HookId>> => {
  const since = new Date(now.getTime() - REMEMBERED);
  const rows = await db
    .selectFrom('hook_deliveries')
    .select('hook_id')
    .distinct()
    .where('event_uuid', '=', uuid)
    // A test is no event.
    .where((where) => where.or([where('event_sequence', 'is', null), where('event_sequence', '<=', after)]))
    .where((where) => where.or([where('state', '=', 'pending'), where('decided_at', '>', since)]))
    .execute();
  return new Set(rows.map(({ hook_id: id }) => id as HookId));
};

/** Why a hook is not told of what was caused by a chain; undefined: it is. Pure. */
export const refusalOf = (chain: ReadonlySet<HookId>, hookId: HookId): string | undefined => {
  if (chain.has(hookId)) return 'not sent: the hook has caused this event itself (X-Gitlab-Event-UUID)';
  return chain.size >= LONGEST
    ? `not sent: ${LONGEST} hooks or more have caused each other (X-Gitlab-Event-UUID)`
    : undefined;
};
