import type { JobVariable, VaultSecret } from '../../wire/runner-protocol.ts';
import { goExpand } from '../job/go-expand.ts';
import { JobFailure } from '../job/job-failure.ts';
import type { JobScope } from '../job/job-scope.ts';
import { retried } from '../job/retried.ts';
import { VaultClient, VaultError } from './vault-client.ts';

/**
 * The stage before all others: fetches the job's secrets and adds them to its variables. Tried as often as
 * SECRETS_RETRIEVAL_ATTEMPTS says. @throws JobFailure when one cannot be had.
 */
export const resolveSecrets = async (scope: JobScope): Promise<void> => {
  const secrets = Object.entries(scope.payload.secrets ?? {});
  if (secrets.length === 0) return;
  await scope.log.section('resolve_secrets', 'Resolving secrets', async () => {
    const logins = new Map<string, VaultClient>();
    for (const [name, secret] of secrets) {
      const { vault } = secret;
      if (vault === undefined) {
        scope.log.warning(`secret "${name}" is of a provider that this runner does not know, it was left out`);
        continue;
      }
      scope.log.info(`Resolving secret "${name}"...`);
      scope.log.info('Using "vault" secret resolver...');
      await retried(scope, 'SECRETS_RETRIEVAL_ATTEMPTS', async () => {
        const value = await fetchSecret(scope, name, expanded(scope, vault), logins);
        const found: JobVariable = { key: name, value, public: false, masked: true, raw: true };
        scope.addSecrets([secret.file === false ? found : { ...found, file: true }]);
      });
    }
  });
};

/** The server leaves variables in all texts to the runner. */
const expanded = (scope: JobScope, vault: VaultSecret): VaultSecret => {
  const variables = scope.variables('running');
  const expand = (text: string): string =>
    goExpand(text, (key) => {
      const variable = variables.get(key);
      return variable?.isFile === true ? variable.content : variable?.value;
    });
  const { server, engine } = vault;
  const data = Object.entries(server.auth.data).map(([key, value]) => [key, expand(value)] as const);
  return {
    server: {
      url: expand(server.url),
      namespace: expand(server.namespace ?? ''),
      auth: { name: expand(server.auth.name), path: expand(server.auth.path), data: Object.fromEntries(data) },
    },
    engine: { name: expand(engine.name), path: expand(engine.path) },
    path: expand(vault.path),
    field: expand(vault.field),
  };
};

const fetchSecret = async (
  scope: JobScope,
  name: string,
  vault: VaultSecret,
  logins: Map<string, VaultClient>,
): Promise<string> => {
  try {
    const client = await logIn(scope, vault, logins);
    const data = await readData(client, vault);
    const value = data !== undefined && Object.hasOwn(data, vault.field) ? data[vault.field] : undefined;
    if (value === undefined || value === null) throw new VaultError('secret not found', false);
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    const reason = error.isOutage ? 'runner_external_dependency_failure' : 'runner_system_failure';
    throw new JobFailure(reason, `resolving secret "${name}": ${error.message}`);
  }
};

/** One login for all secrets of the same server and token. */
const logIn = async (scope: JobScope, vault: VaultSecret, logins: Map<string, VaultClient>): Promise<VaultClient> => {
  const { server } = vault;
  const { auth } = server;
  if (auth.name !== 'jwt') throw new VaultError(`the login method "${auth.name}" is not supported`, false);
  if ((auth.data['jwt'] ?? '') === '') {
    throw new VaultError('there is no token to log in with: the job needs id_tokens', false);
  }
  const key = JSON.stringify(server);
  const known = logins.get(key);
  if (known !== undefined) return known;
  const client = new VaultClient(server, scope.control.job);
  await client.login(auth.path, auth.data);
  logins.set(key, client);
  return client;
};

const readData = async (
  client: VaultClient,
  { engine, path }: VaultSecret,
): Promise<Readonly<Record<string, unknown>> | undefined> => {
  if (engine.name === 'kv-v1' || engine.name === 'generic') return client.read(`${engine.path}/${path}`);
  if (engine.name !== 'kv-v2') throw new VaultError(`the secrets engine "${engine.name}" is not supported`, false);
  const version = (await client.read(`${engine.path}/data/${path}`))?.['data'];
  return typeof version === 'object' && version !== null ? { ...version } : undefined;
};
