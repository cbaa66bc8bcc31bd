import type { CompiledGitlabSecret } from '../compiled-secret.ts';
import { definedOnly } from '../defined-only.ts';
import type { Keyword } from './keyword.ts';
import { fail, hasFailed } from './place.ts';
import { readSecretTexts } from './secret-texts.ts';

const OPTIONAL = ['source'] as const;
export const GITLAB_SECRETS_MANAGER_KEYS = ['name', ...OPTIONAL] as const;

const SOURCE = /^(?:project|group\/[a-zA-Z0-9_\-./]+)$/;

export const gitlabSecretsManagerKeyword: Keyword<CompiledGitlabSecret> = {
  name: 'gitlab_secrets_manager',
  read: (place) => {
    const texts = readSecretTexts(place, 'name', OPTIONAL);
    const source = texts?.get('source');
    if (source !== undefined && !SOURCE.test(source)) {
      fail(place, 'source', "must follow the format group/group_full_path or 'project'");
    }
    return texts === undefined || hasFailed(place)
      ? undefined
      : { name: texts.get('name') ?? '', ...definedOnly({ source }) };
  },
};
