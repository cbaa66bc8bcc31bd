import type { CompiledAkeylessSecret } from '../compiled-secret.ts';
import type { Keyword } from './keyword.ts';
import { readSecretTexts } from './secret-texts.ts';

export const AKEYLESS_KEYS = [
  'name',
  'data_key',
  'cert_user_name',
  'public_key_data',
  'csr_data',
  'uid_token',
  'gcp_audience',
  'azure_object_id',
  'k8s_service_account_token',
  'k8s_auth_config_name',
  'gateway_ca_certificate',
] as const;

export const akeylessKeyword: Keyword<CompiledAkeylessSecret> = {
  name: 'akeyless',
  read: (place) => {
    const texts = readSecretTexts(place, undefined, AKEYLESS_KEYS);
    return texts && Object.fromEntries(texts);
  },
};
