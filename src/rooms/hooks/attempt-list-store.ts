import { sql } from 'kysely';
import type { HookId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import { ATTEMPT_URL } from './delivery/attempt-store.ts';
import type { JsonObject } from './events/event-definition.ts';
import type { HookSwitch } from './hook.ts';

/** SQL that reads the log of attempts. */

export interface LoggedAttempt {
  readonly id: number;
  readonly deliveryId: number;
  readonly trigger: HookSwitch | null;
  readonly subject: string;
  readonly idempotencyKey: string;
  /** As the hook had it, with its `{variables}` in place. */
  readonly url: string;
  readonly requestHeaders: JsonObject;
  readonly payload: JsonObject;
  /** A code, or `internal error`. */
  readonly responseStatus: string;
  readonly responseHeaders: JsonObject;
  readonly responseBody: string;
  readonly error: string | null;
  /** Seconds. */
  readonly duration: number;
  readonly createdAt: Date;
}

export interface AttemptFilter {
  readonly hookId: HookId;
  readonly since: Date;
  /** Patterns of `like`; empty: all. */
  readonly statuses: readonly string[];
}

const select = (db: Db, hookId: HookId) =>
  db
    .selectFrom('hook_attempts')
    .innerJoin('hook_deliveries', 'hook_deliveries.id', 'hook_attempts.delivery_id')
    .where('hook_attempts.hook_id', '=', hookId);

const filtered = (db: Db, { hookId, since, statuses }: AttemptFilter) =>
  select(db, hookId)
    .where('hook_attempts.created_at', '>=', since)
    .$if(statuses.length > 0, (query) =>
      query.where(sql<boolean>`hook_attempts.response_status like any (${[...statuses]}::text[])`),
    );

const COLUMNS = [
  'hook_attempts.id',
  'hook_attempts.delivery_id',
  'hook_attempts.trigger',
  'hook_attempts.url_sealed',
  'hook_attempts.request_headers',
  'hook_attempts.response_status',
  'hook_attempts.response_headers',
  'hook_attempts.response_body',
  'hook_attempts.error',
  'hook_attempts.execution_duration',
  'hook_attempts.created_at',
  'hook_deliveries.subject',
  'hook_deliveries.idempotency_key',
] as const;

/** Bytes above which a list leaves a body out. */
const MOST_SHOWN = 1024 * 1024;

const WHOLE = sql`hook_deliveries.payload`;
/** With GitLab's words in the place of what is too large. */
const SHOWN = sql`case when octet_length(hook_deliveries.payload::text) > ${MOST_SHOWN} then '{"oversize":true}'::json
  else hook_deliveries.payload end`;

type Row = Awaited<ReturnType<typeof rowsOf>>[number];

const rowsOf = (db: Db, filter: AttemptFilter, page: { readonly limit: number; readonly offset: number }) =>
  filtered(db, filter)
    .select(COLUMNS)
    .select(SHOWN.as('payload'))
    .orderBy('hook_attempts.id', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();

const toAttempt = (vault: Vault, row: Row): LoggedAttempt => ({
  id: row.id,
  deliveryId: row.delivery_id,
  trigger: row.trigger as HookSwitch | null,
  subject: row.subject,
  idempotencyKey: row.idempotency_key,
  url: vault.open(row.url_sealed, ATTEMPT_URL),
  requestHeaders: row.request_headers as JsonObject,
  payload: row.payload as JsonObject,
  responseStatus: row.response_status,
  responseHeaders: row.response_headers as JsonObject,
  responseBody: row.response_body,
  error: row.error,
  duration: row.execution_duration,
  createdAt: row.created_at,
});

/** The newest first, without bodies of more than a mebibyte. */
export const listAttempts = async (
  db: Db,
  vault: Vault,
  filter: AttemptFilter,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly LoggedAttempt[]> => {
  const rows = await rowsOf(db, filter, page);
  return rows.map((row) => toAttempt(vault, row));
};

export const countAttempts = async (db: Db, filter: AttemptFilter): Promise<number> => {
  const row = await filtered(db, filter)
    .select((one) => one.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};

/** Undefined: not there, or another hook's. */
export const findAttempt = async (
  db: Db,
  vault: Vault,
  hookId: HookId,
  id: number,
): Promise<LoggedAttempt | undefined> => {
  const row = await select(db, hookId)
    .select(COLUMNS)
    .select(WHOLE.as('payload'))
    .where('hook_attempts.id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : toAttempt(vault, row);
};
