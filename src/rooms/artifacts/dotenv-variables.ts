import type { JobId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import { findSealedVariables } from './store.ts';

export const DOTENV_VALUE = 'dotenv_variables.value';

export interface JobDotenvVariable {
  readonly jobId: JobId;
  readonly key: string;
  readonly value: string;
}

/** The variables of these jobs' dotenv reports, in the order of the ids given and of the reports' lines. */
export async function findDotenvVariables(
  deps: { readonly db: Db; readonly vault: Vault },
  jobIds: readonly JobId[],
): Promise<readonly JobDotenvVariable[]> {
  const found = Map.groupBy(await findSealedVariables(deps.db, jobIds), (variable) => variable.jobId);
  return jobIds.flatMap((id) =>
    (found.get(id) ?? []).map(({ jobId, key, valueSealed }) => ({
      jobId,
      key,
      value: deps.vault.open(valueSealed, DOTENV_VALUE),
    })),
  );
}
