import type { CompiledAwsSecret } from '../compiled-secret.ts';
import { definedOnly } from '../defined-only.ts';
import type { YamlMap } from '../yaml/index.ts';
import { allowKeys, checkKey, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isBlank, isText } from './node-tests.ts';
import { fail, givenText, givenValue, hasFailed, type Place } from './place.ts';
import { readShortOrFull } from './read-short-or-full.ts';

const OPTIONAL = ['region', 'version_id', 'version_stage', 'role_arn', 'role_session_name', 'field'] as const;

export const AWS_SECRETS_MANAGER_KEYS = ['secret_id', ...OPTIONAL] as const;

/** A map, or `id` or `id#field`. */
export const awsSecretsManagerKeyword: Keyword<CompiledAwsSecret> = {
  name: 'aws_secrets_manager',
  read: (place) => readShortOrFull(place, { short: readShortForm, full: readFullForm }),
};

const readShortForm = (place: Place, text: string): CompiledAwsSecret | undefined => {
  if (isBlank(place.node)) fail(place, 'config', should.bePresent.message);
  const [secretId = '', field, ...more] = text.split('#');
  if (more.length > 0) fail(place, 'config', "must contain at most one '#'");
  if (hasFailed(place)) return undefined;
  return { secretId, ...definedOnly({ field: field === '' ? undefined : field }) };
};

const readFullForm = (place: Place, map: YamlMap): CompiledAwsSecret | undefined => {
  allowKeys(place, map, AWS_SECRETS_MANAGER_KEYS);
  const id = givenValue(map, 'secret_id');
  if (id === undefined || !isText(id)) fail(place, 'secret_id', should.beText.message);
  if (id === undefined || isBlank(id)) fail(place, 'secret_id', should.bePresent.message);
  for (const name of OPTIONAL) checkKey(place, map, name, should.beText);
  if (hasFailed(place) || id?.kind !== 'scalar') return undefined;
  return {
    secretId: id.text,
    ...definedOnly({
      region: givenText(map, 'region'),
      versionId: givenText(map, 'version_id'),
      versionStage: givenText(map, 'version_stage'),
      roleArn: givenText(map, 'role_arn'),
      roleSessionName: givenText(map, 'role_session_name'),
      field: givenText(map, 'field'),
    }),
  };
};
