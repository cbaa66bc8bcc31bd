-- Runners and the processes (managers) that share one runner's token.

create table runners (
  id bigint generated always as identity primary key,
  runner_type text not null check (runner_type in ('instance_type', 'group_type', 'project_type')),
  token_digest bytea not null unique,
  token_expires_at timestamptz,
  -- made by POST /runners with a registration token (no glrt- prefix)
  legacy boolean not null default false,
  -- the one that comes with the server
  embedded boolean not null default false,
  description text not null default '',
  maintenance_note text,
  paused boolean not null default false,
  locked boolean not null default false,
  run_untagged boolean not null default true,
  tag_list text[] not null default '{}',
  access_level text not null default 'not_protected' check (access_level in ('not_protected', 'ref_protected')),
  -- seconds; null = no limit of its own
  maximum_timeout integer,
  namespace_id bigint references namespaces (id) on delete cascade,
  creator_id bigint references users (id) on delete set null,
  contacted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table runner_projects (
  runner_id bigint not null references runners (id) on delete cascade,
  project_id bigint not null references projects (id) on delete cascade,
  primary key (runner_id, project_id)
);
create index runner_projects_project_idx on runner_projects (project_id);

create table runner_managers (
  id bigint generated always as identity primary key,
  runner_id bigint not null references runners (id) on delete cascade,
  system_id text not null,
  version text,
  revision text,
  platform text,
  architecture text,
  executor text,
  -- info.features of its first authenticated request
  features jsonb not null default '{}',
  ip_address text,
  contacted_at timestamptz not null,
  created_at timestamptz not null,
  unique (runner_id, system_id)
);
