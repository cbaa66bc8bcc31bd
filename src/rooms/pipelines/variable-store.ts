import type { JobId, PipelineId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import type { PipelineVariable } from './pipeline.ts';

/** SQL of `pipeline_variables`. Values are sealed. */

const PLACE = 'pipeline_variables.value';
/** Where the vault's seal of a played job's variables belongs. */
export const PLAY_VARIABLES = 'jobs.play_variables';

export async function insertPipelineVariables(
  vault: Vault,
  tx: Tx,
  pipelineId: PipelineId,
  variables: readonly PipelineVariable[],
): Promise<void> {
  if (variables.length === 0) return;
  await tx
    .insertInto('pipeline_variables')
    .values(
      variables.map((variable) => ({
        pipeline_id: pipelineId,
        key: variable.key,
        value_sealed: vault.seal(variable.value, PLACE),
        variable_type: variable.variableType,
        raw: variable.raw,
      })),
    )
    .execute();
}

/** In the order in which they were given. */
export async function findPipelineVariables(
  vault: Vault,
  db: Db | Tx,
  pipelineId: PipelineId,
): Promise<readonly PipelineVariable[]> {
  const rows = await db
    .selectFrom('pipeline_variables')
    .select(['key', 'value_sealed', 'variable_type', 'raw'])
    .where('pipeline_id', '=', pipelineId)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    key: row.key,
    value: vault.open(row.value_sealed, PLACE),
    variableType: row.variable_type === 'file' ? 'file' : 'env_var',
    raw: row.raw,
  }));
}

/** Given when a manual job was played. */
export async function findPlayVariables(
  vault: Vault,
  db: Db | Tx,
  jobId: JobId,
): Promise<readonly { readonly key: string; readonly value: string }[]> {
  const row = await db.selectFrom('jobs').select('play_variables_sealed').where('id', '=', jobId).executeTakeFirst();
  const sealed = row?.play_variables_sealed ?? null;
  return sealed === null ? [] : JSON.parse(vault.open(sealed, PLAY_VARIABLES));
}
