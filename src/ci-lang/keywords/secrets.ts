import type { CompiledSecret, SecretSource } from '../compiled-secret.ts';
import { definedOnly } from '../defined-only.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { buildMap } from '../yaml/index.ts';
import { akeylessKeyword } from './akeyless.ts';
import { awsSecretsManagerKeyword } from './aws-secrets-manager.ts';
import { azureKeyVaultKeyword } from './azure-key-vault.ts';
import { allowKeys, checkKey, checkValue, keyNames, should } from './checks.ts';
import { gcpSecretManagerKeyword } from './gcp-secret-manager.ts';
import { gitlabSecretsManagerKeyword } from './gitlab-secrets-manager.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isBlank, isBoolean, isMap, isNull } from './node-tests.ts';
import { noteUnsupported } from './note-unsupported.ts';
import { errorsOf, fail, givenValue, hasFailed, labelOfEntry, type Place, placeInside } from './place.ts';
import { vaultKeyword } from './vault.ts';

/** In the order in which GitLab names them. */
export const SECRET_PROVIDERS = [
  'vault',
  'azure_key_vault',
  'gcp_secret_manager',
  'akeyless',
  'gitlab_secrets_manager',
  'aws_secrets_manager',
] as const;

export const SECRET_KEYS = [...SECRET_PROVIDERS, 'file', 'token'] as const;

/** Name of a variable → where its value lies. Not inherited. */
export const secretsKeyword: Keyword<readonly CompiledSecret[]> = {
  name: 'secrets',
  read: (place) => {
    checkValue(place, should.beMap);
    if (!isMap(place.node)) return undefined;
    return place.node.entries.flatMap((entry) => {
      const inner = placeInside(place, labelOfEntry(entry), mapOrValue(entry.value), entry.key.position);
      const secret = readSecret(inner);
      return secret === undefined ? [] : [{ name: inner.label, ...secret }];
    });
  },
};

/** Null is an empty map for GitLab. */
const mapOrValue = (node: YamlNode): YamlNode => (isNull(node) ? buildMap(node.position, []) : node);

const readSecret = (place: Place): (SecretSource & Pick<CompiledSecret, 'file' | 'token'>) | undefined => {
  checkValue(place, should.beMap);
  const map = place.node;
  if (!isMap(map)) return undefined;
  allowKeys(place, map, SECRET_KEYS);
  const providers: readonly string[] = SECRET_PROVIDERS;
  const [provider, ...others] = keyNames(map).filter((name) => providers.includes(name));
  if (provider === undefined || others.length > 0) {
    fail(place, 'config', `must use exactly one of these keys: ${SECRET_PROVIDERS.join(', ')}`);
  }
  checkKey(place, map, 'token', should.beText);
  const [gcp, token] = [givenValue(map, 'gcp_secret_manager'), givenValue(map, 'token')];
  if (gcp !== undefined && !isBlank(gcp) && (token === undefined || isBlank(token))) {
    fail(place, 'token', 'is required with gcp secrets manager');
  }
  if (hasFailed(place) || provider === undefined) return undefined;
  const source = readSource(place, map);
  if (source === undefined) {
    if (errorsOf(place).length === 0) fail(place, provider, should.bePresent.message);
    return undefined;
  }
  noteUnsupported(place, map, 'secret');
  return {
    ...source.value,
    file: source.file,
    ...definedOnly({ token: token?.kind === 'scalar' ? token.text : undefined }),
  };
};

/** Reads in the order in which GitLab reports the errors. */
const readSource = (
  place: Place,
  map: YamlMap,
): { readonly value: SecretSource; readonly file: boolean } | undefined => {
  const read = <Value>(keyword: Keyword<Value>): Value | undefined => readKeyword(place, map, keyword);
  const vault = read(vaultKeyword);
  const awsSecretsManager = read(awsSecretsManagerKeyword);
  const file = read(fileKeyword) ?? true;
  const azureKeyVault = read(azureKeyVaultKeyword);
  const gcpSecretManager = read(gcpSecretManagerKeyword);
  const akeyless = read(akeylessKeyword);
  const gitlabSecretsManager = read(gitlabSecretsManagerKeyword);
  if (vault !== undefined) return { value: { vault }, file };
  if (awsSecretsManager !== undefined) return { value: { awsSecretsManager }, file };
  if (azureKeyVault !== undefined) return { value: { azureKeyVault }, file };
  if (gcpSecretManager !== undefined) return { value: { gcpSecretManager }, file };
  if (akeyless !== undefined) return { value: { akeyless }, file };
  return gitlabSecretsManager === undefined ? undefined : { value: { gitlabSecretsManager }, file };
};

/** Whether the value goes to a file and the variable holds its path. */
const fileKeyword: Keyword<boolean> = {
  name: 'file',
  read: (place) => {
    checkValue(place, should.beBoolean);
    return isBoolean(place.node) ? place.node.value === true : undefined;
  },
};
