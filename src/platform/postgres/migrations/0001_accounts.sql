-- Users, namespaces and the credentials that prove who is calling.
-- Times are always given by the caller (kit/clock): no column has now() as its default.

create table users (
  id bigint generated always as identity primary key,
  username text not null,
  name text not null,
  email text not null,
  public_email text not null default '',
  state text not null default 'active' check (state in ('active', 'blocked', 'deactivated')),
  admin boolean not null default false,
  bot boolean not null default false,
  -- argon2id in PHC format; null = cannot sign in with a password (bots)
  password_hash text,
  confirmed_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index users_username_key on users (lower(username));
create unique index users_email_key on users (lower(email));

create table namespaces (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('user', 'group')),
  path text not null,
  name text not null,
  -- path of all ancestors and this one, joined by '/'
  full_path text not null,
  parent_id bigint references namespaces (id),
  -- the user of a user namespace
  owner_id bigint references users (id) on delete cascade,
  visibility text not null default 'private' check (visibility in ('private', 'internal', 'public')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((kind = 'user') = (owner_id is not null))
);
create unique index namespaces_full_path_key on namespaces (lower(full_path));
create unique index namespaces_owner_key on namespaces (owner_id);
create index namespaces_parent_idx on namespaces (parent_id);

create table personal_access_tokens (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id) on delete cascade,
  name text not null,
  description text,
  -- SHA-256 of the whole token; the token itself is shown once and never stored
  token_digest bytea not null unique,
  scopes text[] not null,
  revoked boolean not null default false,
  -- the token is dead from the start of this day (UTC); null = never
  expires_at date,
  last_used_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index personal_access_tokens_user_idx on personal_access_tokens (user_id);

create table sessions (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id) on delete cascade,
  cookie_digest bytea not null unique,
  csrf_digest bytea not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_user_idx on sessions (user_id);

-- Settings of the whole instance, one row a setting; absent = the default in the code.
create table instance_settings (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz not null
);
