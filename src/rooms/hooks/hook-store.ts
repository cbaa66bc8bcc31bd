import { type Selectable, sql } from 'kysely';
import type { HookId, NamespaceId, ProjectId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import type { BranchFilterStrategy, Hook, HookPlace, HookSettings, HookSwitch } from './hook.ts';
import type { Integration } from './integrations/integration.ts';

/** SQL of hooks. Addresses, tokens, variables and headers are sealed. */

/** What is sealed for one column opens in no other. */
const PLACES = {
  url: 'hooks.url',
  token: 'hooks.token',
  signingToken: 'hooks.signing_token',
  urlVariables: 'hooks.url_variables',
  customHeaders: 'hooks.custom_headers',
} as const;

const openMaybe = (vault: Vault, sealed: Uint8Array | null, place: string): string | null =>
  sealed === null ? null : vault.open(sealed, place);

const sealMaybe = (vault: Vault, text: string | null, place: string): Buffer | null =>
  text === null ? null : vault.seal(text, place);

const openMap = (vault: Vault, sealed: Uint8Array, place: string): Readonly<Record<string, string>> => {
  const map: unknown = JSON.parse(vault.open(sealed, place));
  return Object.fromEntries(Object.entries(Object(map)).map(([key, value]) => [key, String(value)]));
};

const placeOf = (row: Pick<Selectable<DB['hooks']>, 'project_id' | 'group_id'>): HookPlace => {
  if (row.project_id !== null) return { kind: 'project', projectId: row.project_id as ProjectId };
  return row.group_id !== null ? { kind: 'group', groupId: row.group_id as NamespaceId } : { kind: 'system' };
};

export const toHook = (vault: Vault, row: Selectable<DB['hooks']>): Hook => ({
  id: row.id as HookId,
  place: placeOf(row),
  creatorId: row.creator_id as UserId | null,
  url: vault.open(row.url_sealed, PLACES.url),
  name: row.name,
  description: row.description,
  token: openMaybe(vault, row.token_sealed, PLACES.token),
  signingToken: openMaybe(vault, row.signing_token_sealed, PLACES.signingToken),
  oldSigningToken:
    row.old_signing_token_sealed === null || row.old_signing_token_until === null
      ? null
      : { token: vault.open(row.old_signing_token_sealed, PLACES.signingToken), until: row.old_signing_token_until },
  switches: row.switches as HookSwitch[],
  enableSslVerification: row.enable_ssl_verification,
  pushEventsBranchFilter: row.push_events_branch_filter,
  branchFilterStrategy: row.branch_filter_strategy as BranchFilterStrategy,
  urlVariables: openMap(vault, row.url_variables_sealed, PLACES.urlVariables),
  customHeaders: openMap(vault, row.custom_headers_sealed, PLACES.customHeaders),
  customWebhookTemplate: row.custom_webhook_template,
  integration: row.integration as Integration | null,
  consecutiveFailures: row.consecutive_failures,
  failingSince: row.failing_since,
  pausedUntil: row.paused_until,
  disabledAt: row.disabled_at,
  disabledReason: row.disabled_reason,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const columnsOf = (vault: Vault, settings: HookSettings) => ({
  url_sealed: vault.seal(settings.url, PLACES.url),
  name: settings.name,
  description: settings.description,
  token_sealed: sealMaybe(vault, settings.token, PLACES.token),
  signing_token_sealed: sealMaybe(vault, settings.signingToken, PLACES.signingToken),
  switches: [...settings.switches],
  enable_ssl_verification: settings.enableSslVerification,
  push_events_branch_filter: settings.pushEventsBranchFilter,
  branch_filter_strategy: settings.branchFilterStrategy,
  url_variables_sealed: vault.seal(JSON.stringify(settings.urlVariables), PLACES.urlVariables),
  custom_headers_sealed: vault.seal(JSON.stringify(settings.customHeaders), PLACES.customHeaders),
  custom_webhook_template: settings.customWebhookTemplate,
});

const inPlace = (place: HookPlace) => {
  switch (place.kind) {
    case 'system':
      return sql<boolean>`hooks.kind = 'system'`;
    case 'project':
      // Integrations are managed by their own routes.
      return sql<boolean>`hooks.project_id = ${place.projectId} and hooks.integration is null`;
    case 'group':
      return sql<boolean>`hooks.group_id = ${place.groupId}`;
  }
};

export const insertHook = async (
  tx: Tx,
  vault: Vault,
  hook: { readonly place: HookPlace; readonly settings: HookSettings; readonly creatorId: UserId },
  now: Date,
): Promise<Hook> => {
  const { place, settings, creatorId } = hook;
  const row = await tx
    .insertInto('hooks')
    .values({
      ...columnsOf(vault, settings),
      kind: place.kind,
      project_id: place.kind === 'project' ? place.projectId : null,
      group_id: place.kind === 'group' ? place.groupId : null,
      creator_id: creatorId,
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toHook(vault, row);
};

/** All settings at once; the old signing token goes on signing until `oldSigningToken.until`. */
export const updateHook = async (
  tx: Tx,
  vault: Vault,
  id: HookId,
  settings: HookSettings & Pick<Hook, 'oldSigningToken'>,
  now: Date,
): Promise<Hook> => {
  const { oldSigningToken: old } = settings;
  const row = await tx
    .updateTable('hooks')
    .set({
      ...columnsOf(vault, settings),
      old_signing_token_sealed: sealMaybe(vault, old?.token ?? null, PLACES.signingToken),
      old_signing_token_until: old?.until ?? null,
      updated_at: now,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toHook(vault, row);
};

/** Undefined: not there, or not in this place. */
export const findHook = async (db: Db, vault: Vault, place: HookPlace, id: number): Promise<Hook | undefined> => {
  const row = await db.selectFrom('hooks').selectAll().where('id', '=', id).where(inPlace(place)).executeTakeFirst();
  return row === undefined ? undefined : toHook(vault, row);
};

/** The same, held until the end of the transaction. */
export const lockHook = async (tx: Tx, vault: Vault, place: HookPlace, id: number): Promise<Hook | undefined> => {
  const row = await tx
    .selectFrom('hooks')
    .selectAll()
    .where('id', '=', id)
    .where(inPlace(place))
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : toHook(vault, row);
};

export const listHooks = async (
  db: Db,
  vault: Vault,
  place: HookPlace,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly Hook[]> => {
  const rows = await db
    .selectFrom('hooks')
    .selectAll()
    .where(inPlace(place))
    .orderBy('id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map((row) => toHook(vault, row));
};

/** Whoever holds it is the only one to make hooks in this place, until the end of the transaction. */
export const lockPlace = async (tx: Tx, place: HookPlace): Promise<void> => {
  if (place.kind === 'project') {
    await tx.selectFrom('projects').select('id').where('id', '=', place.projectId).forNoKeyUpdate().execute();
  }
  if (place.kind === 'group') {
    await tx.selectFrom('namespaces').select('id').where('id', '=', place.groupId).forNoKeyUpdate().execute();
  }
};

export const countHooks = async (db: Db, place: HookPlace): Promise<number> => {
  const row = await db
    .selectFrom('hooks')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where(inPlace(place))
    .executeTakeFirstOrThrow();
  return row.total;
};

export const deleteHook = async (db: Db, id: HookId): Promise<void> => {
  await db.deleteFrom('hooks').where('id', '=', id).execute();
};

/** Nothing holds it back, and whoever is sending to it loses the lease. */
export const WITHOUT_FAILURES = {
  consecutive_failures: 0,
  failing_since: null,
  paused_until: null,
  disabled_at: null,
  disabled_reason: null,
  drain_leased_until: null,
} as const;

/**
 * Its failures are forgotten: it may send again. Whoever is sending to it loses the lease: what the endpoint answers to a
 * request from before says nothing any more.
 */
export const resetHealth = async (db: Db, id: HookId): Promise<void> => {
  await db.updateTable('hooks').set(WITHOUT_FAILURES).where('id', '=', id).execute();
};
