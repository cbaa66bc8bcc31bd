import type { CompiledSecret, Variable } from '../../../ci-lang/index.ts';
import { lookupIn } from '../../../ci-lang/index.ts';
import type { JobSecret } from '../../../wire/runner-protocol.ts';
import type { StoredJobOptions } from '../../pipelines/index.ts';

/** Where a Vault logs jobs in, unless VAULT_AUTH_PATH says otherwise. */
const AUTH_PATH = 'jwt';
/** The token's variable where the job has none of its own. */
const TOKEN_NAME = 'VAULT_ID_TOKEN';

/** Whether the job's variables name the server of its secrets; else it is failed `secrets_provider_not_found`. */
export function hasSecretsProvider(options: StoredJobOptions, variables: readonly Variable[]): boolean {
  if ((options.secrets ?? []).length === 0) return true;
  return (lookupIn(variables)('VAULT_SERVER_URL') ?? '').trim() !== '';
}

/**
 * The payload's `secrets`: what to fetch, and from which Vault by the job's VAULT_* variables. The runner puts in the values
 * of variables that stand in them (`$VAULT_ID_TOKEN`). Undefined: the job has none.
 */
export function secretsOf(
  options: StoredJobOptions,
  variables: readonly Variable[],
): Readonly<Record<string, JobSecret>> | undefined {
  const secrets = options.secrets ?? [];
  if (secrets.length === 0) return undefined;
  const value = (key: string): string => lookupIn(variables)(key)?.trim() ?? '';
  const role = value('VAULT_AUTH_ROLE');
  const authPath = value('VAULT_AUTH_PATH');
  return Object.fromEntries(
    // Other keepers of secrets are refused when the pipeline is made
    secrets.flatMap((secret) =>
      !('vault' in secret)
        ? []
        : [
            [
              secret.name,
              {
                vault: {
                  ...secret.vault,
                  server: {
                    url: value('VAULT_SERVER_URL'),
                    namespace: value('VAULT_NAMESPACE'),
                    auth: {
                      name: 'jwt',
                      path: authPath === '' ? AUTH_PATH : authPath,
                      data: { jwt: tokenOf(secret, options), ...(role !== '' && { role }) },
                    },
                  },
                },
                file: secret.file,
              },
            ],
          ],
    ),
  );
}

/** GitLab takes a job's only token by itself; of several, `token:` names one, else the one named as in its documentation. */
const tokenOf = (secret: CompiledSecret, { idTokens = [] }: StoredJobOptions): string => {
  if (secret.token !== undefined) return secret.token;
  const names = idTokens.map((token) => token.name);
  return `$${names.includes(TOKEN_NAME) ? TOKEN_NAME : (names[0] ?? TOKEN_NAME)}`;
};
