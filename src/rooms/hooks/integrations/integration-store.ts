import type { ProjectId } from '../../../kit/ids.ts';
import type { Db, Tx } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { Hook } from '../hook.ts';
import { toHook } from '../hook-store.ts';
import type { Integration, IntegrationSlug } from './integration.ts';

/** SQL of integrations, which are hooks. */

/** An integration with the hook that it is. */
export interface IntegrationHook extends Hook {
  readonly integration: Integration;
}

const isIntegration = (hook: Hook): hook is IntegrationHook => hook.integration !== null;

export const listIntegrations = async (
  db: Db,
  vault: Vault,
  projectId: ProjectId,
): Promise<readonly IntegrationHook[]> => {
  const rows = await db
    .selectFrom('hooks')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('integration', 'is not', null)
    .orderBy('id')
    .execute();
  return rows.map((row) => toHook(vault, row)).filter(isIntegration);
};

export const findIntegration = async (
  db: Db,
  vault: Vault,
  projectId: ProjectId,
  slug: IntegrationSlug,
): Promise<IntegrationHook | undefined> =>
  (await listIntegrations(db, vault, projectId)).find(({ integration }) => integration.slug === slug);

/** Makes a hook an integration, or changes what it says of itself. */
export const updateIntegration = async (tx: Tx, hook: Hook, integration: Integration): Promise<IntegrationHook> => {
  await tx
    .updateTable('hooks')
    .set({ integration: JSON.stringify(integration) })
    .where('id', '=', hook.id)
    .execute();
  return { ...hook, integration };
};

/** Whoever holds it is the only one to change the project's integrations. */
export const lockIntegrations = async (tx: Tx, projectId: ProjectId): Promise<void> => {
  await tx.selectFrom('projects').select('id').where('id', '=', projectId).forNoKeyUpdate().execute();
};
