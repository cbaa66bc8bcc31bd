-- Environments and deployments at the size that environment: {name, url, action} needs.

create table environments (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  name text not null,
  slug text not null,
  external_url text,
  state text not null default 'available' check (state in ('available', 'stopping', 'stopped')),
  tier text not null,
  auto_stop_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (project_id, name)
);

create table deployments (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  environment_id bigint not null references environments (id) on delete cascade,
  job_id bigint not null references jobs (id) on delete cascade unique,
  ref text not null,
  tag boolean not null,
  sha text not null,
  user_id bigint references users (id) on delete set null,
  status text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz
);
create index deployments_environment_idx on deployments (environment_id, id desc);
