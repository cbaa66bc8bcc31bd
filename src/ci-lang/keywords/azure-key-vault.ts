import type { CompiledAzureSecret } from '../compiled-secret.ts';
import { definedOnly } from '../defined-only.ts';
import type { Keyword } from './keyword.ts';
import { readSecretTexts } from './secret-texts.ts';

const OPTIONAL = ['version'] as const;
export const AZURE_KEY_VAULT_KEYS = ['name', ...OPTIONAL] as const;

export const azureKeyVaultKeyword: Keyword<CompiledAzureSecret> = {
  name: 'azure_key_vault',
  read: (place) => {
    const texts = readSecretTexts(place, 'name', OPTIONAL);
    return texts && { name: texts.get('name') ?? '', ...definedOnly({ version: texts.get('version') }) };
  },
};
