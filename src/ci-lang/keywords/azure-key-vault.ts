import type { CompiledAzureSecret } from '../compiled-secret.ts';
import { definedOnly } from '../defined-only.ts';
import type { Keyword } from './keyword.ts';
import { readSecretTexts } from './secret-texts.ts';

export const azureKeyVaultKeyword: Keyword<CompiledAzureSecret> = {
  name: 'azure_key_vault',
  read: (place) => {
    const texts = readSecretTexts(place, 'name', ['version']);
    return texts && { name: texts.get('name') ?? '', ...definedOnly({ version: texts.get('version') }) };
  },
};
