import { AKEYLESS_KEYS } from '../../keywords/akeyless.ts';
import { AWS_SECRETS_MANAGER_KEYS } from '../../keywords/aws-secrets-manager.ts';
import { AZURE_KEY_VAULT_KEYS } from '../../keywords/azure-key-vault.ts';
import { GCP_SECRET_MANAGER_KEYS } from '../../keywords/gcp-secret-manager.ts';
import { GITLAB_SECRETS_MANAGER_KEYS } from '../../keywords/gitlab-secrets-manager.ts';
import { ID_TOKEN_KEYS } from '../../keywords/id-tokens.ts';
import { SECRET_KEYS, SECRET_PROVIDERS } from '../../keywords/secrets.ts';
import { VAULT_ENGINE_KEYS, VAULT_KEYS } from '../../keywords/vault.ts';
import { boolean, either, holder, integer, text, textOrTexts } from '../shape.ts';
import { defineHolder, type KeywordEntry, type KeywordTable } from '../table-types.ts';

const words = (about: string): KeywordEntry => ({ shape: text(), about });
const needed = (about: string): KeywordEntry => ({ shape: text({ notBlank: true }), about });

export const SECRET_HOLDERS: KeywordTable = {
  id_token: defineHolder(
    ID_TOKEN_KEYS,
    'A signed token by which the job proves what it is.',
    { aud: { shape: textOrTexts, about: 'For whom the token is.' } },
    { required: ['aud'] },
  ),
  secret: defineHolder(
    SECRET_KEYS,
    'A variable whose value comes from elsewhere.',
    {
      vault: { shape: either(needed('').shape, holder('vault')), about: 'In a Vault: a map, or `path/field@engine`.' },
      azure_key_vault: { shape: holder('azure_key_vault'), about: 'In an Azure Key Vault.' },
      gcp_secret_manager: { shape: holder('gcp_secret_manager'), about: 'In the Secret Manager of Google Cloud.' },
      akeyless: { shape: holder('akeyless'), about: 'In Akeyless.' },
      gitlab_secrets_manager: { shape: holder('gitlab_secrets_manager'), about: 'In the secrets manager of GitLab.' },
      aws_secrets_manager: {
        shape: either(needed('').shape, holder('aws_secrets_manager')),
        about: 'In the Secrets Manager of AWS: a map, or `id#field`.',
      },
      file: {
        shape: boolean,
        about: 'Whether the value goes to a file and the variable holds its path.',
        default: true,
      },
      token: words('The ID token with which the job asks: `$NAME`.'),
    },
    {
      effects: 'secret',
      exactlyOne: [SECRET_PROVIDERS],
      together: { gcp_secret_manager: ['token'] },
    },
  ),
  vault: defineHolder(
    VAULT_KEYS,
    'Where the secret lies in a Vault.',
    {
      engine: { shape: holder('vault_engine'), about: 'The engine that keeps it.' },
      path: needed('Its path in the engine.'),
      field: needed('Its field.'),
    },
    { required: VAULT_KEYS },
  ),
  vault_engine: defineHolder(
    VAULT_ENGINE_KEYS,
    'An engine of a Vault.',
    { name: needed('Its kind, such as `kv-v2`.'), path: needed('Where it is mounted.') },
    { required: VAULT_ENGINE_KEYS },
  ),
  azure_key_vault: defineHolder(
    AZURE_KEY_VAULT_KEYS,
    'Where the secret lies in an Azure Key Vault.',
    { name: needed('Its name.'), version: words('Its version; without it the latest.') },
    { required: ['name'] },
  ),
  gcp_secret_manager: defineHolder(
    GCP_SECRET_MANAGER_KEYS,
    'Where the secret lies in the Secret Manager of Google Cloud.',
    {
      name: needed('Its name.'),
      version: { shape: either(text(), integer()), about: 'Its version.', default: 'latest' },
    },
    { required: ['name'] },
  ),
  akeyless: defineHolder(AKEYLESS_KEYS, 'Where the secret lies in Akeyless.', {
    name: words('Its name.'),
    data_key: words('Its key inside of the value.'),
    cert_user_name: words('User name for a certificate of SSH.'),
    public_key_data: words('Public key for a certificate of SSH.'),
    csr_data: words('Signing request for a certificate of PKI.'),
    uid_token: words('Token of the universal identity.'),
    gcp_audience: words('Audience for signing in with Google Cloud.'),
    azure_object_id: words('Object id for signing in with Azure.'),
    k8s_service_account_token: words('Token of a service account of Kubernetes.'),
    k8s_auth_config_name: words('Name of the configuration for Kubernetes.'),
    gateway_ca_certificate: words('Certificate of the gateway.'),
  }),
  gitlab_secrets_manager: defineHolder(
    GITLAB_SECRETS_MANAGER_KEYS,
    'Where the secret lies in the secrets manager of GitLab.',
    { name: needed('Its name.'), source: words('`project`, or `group/` with the path of a group.') },
    { required: ['name'] },
  ),
  aws_secrets_manager: defineHolder(
    AWS_SECRETS_MANAGER_KEYS,
    'Where the secret lies in the Secrets Manager of AWS.',
    {
      secret_id: needed('Its name or ARN.'),
      region: words('Its region.'),
      version_id: words('Its version.'),
      version_stage: words('The stage of its version.'),
      role_arn: words('The role that the job takes.'),
      role_session_name: words('Name of the session of the role.'),
      field: words('Its field, when the value is JSON.'),
    },
    { required: ['secret_id'] },
  ),
};
