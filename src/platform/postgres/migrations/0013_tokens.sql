-- Keys and further addresses of users, families of tokens, accounts of projects' and groups' tokens, deploy tokens.

alter table users
  -- set when deletion was accepted: powerless and hidden from then on, removed in the background
  add column deleted_at timestamptz,
  -- the project or group whose access token acts through this account (bots only)
  add column bot_project_id bigint references projects (id) on delete cascade,
  add column bot_namespace_id bigint references namespaces (id) on delete cascade,
  add check (bot_project_id is null or bot_namespace_id is null);
create index users_bot_project_idx on users (bot_project_id) where bot_project_id is not null;
create index users_bot_namespace_idx on users (bot_namespace_id) where bot_namespace_id is not null;
create index users_deleted_idx on users (deleted_at) where deleted_at is not null;

alter table personal_access_tokens
  -- made by an administrator to act as the user, who does not see it
  add column impersonation boolean not null default false,
  -- the first token of a chain of rotations; null = this one
  add column family_id bigint;
create index personal_access_tokens_family_idx on personal_access_tokens (family_id) where family_id is not null;

create table ssh_keys (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id) on delete cascade,
  title text not null,
  -- algorithm and base64 blob, without the comment
  key text not null,
  -- of the blob: MD5 as aa:bb:…, SHA-256 in base64 without padding
  fingerprint text not null,
  fingerprint_sha256 text not null,
  usage_type text not null default 'auth_and_signing' check (usage_type in ('auth', 'signing', 'auth_and_signing')),
  expires_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null
);
create unique index ssh_keys_fingerprint_key on ssh_keys (fingerprint_sha256);
create index ssh_keys_user_idx on ssh_keys (user_id);

-- Addresses beside the one in users.
create table user_emails (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id) on delete cascade,
  email text not null,
  confirmed_at timestamptz,
  created_at timestamptz not null
);
create unique index user_emails_email_key on user_emails (lower(email));
create index user_emails_user_idx on user_emails (user_id);

create table deploy_tokens (
  id bigint generated always as identity primary key,
  -- exactly one of these
  project_id bigint references projects (id) on delete cascade,
  namespace_id bigint references namespaces (id) on delete cascade,
  creator_id bigint references users (id) on delete set null,
  name text not null,
  -- null = gitlab+deploy-token-<id>
  username text,
  -- SHA-256 of the whole token
  token_digest bytea not null unique,
  -- AES-256-GCM; only for the name gitlab-deploy-token, whose value jobs get as CI_DEPLOY_PASSWORD
  token_sealed bytea,
  scopes text[] not null,
  revoked boolean not null default false,
  expires_at timestamptz,
  created_at timestamptz not null,
  check ((project_id is null) <> (namespace_id is null)),
  check ((token_sealed is not null) = (name = 'gitlab-deploy-token'))
);
create index deploy_tokens_project_idx on deploy_tokens (project_id);
create index deploy_tokens_namespace_idx on deploy_tokens (namespace_id);
