-- Projects, who belongs to them, their protected refs, pushes in flight, CI/CD variables.

create table projects (
  id bigint generated always as identity primary key,
  namespace_id bigint not null references namespaces (id),
  creator_id bigint references users (id) on delete set null,
  path text not null,
  name text not null,
  -- namespace's full path + '/' + path, kept here because every URL asks for it
  full_path text not null,
  description text,
  visibility text not null default 'private' check (visibility in ('private', 'internal', 'public')),
  default_branch text not null default 'main',
  archived boolean not null default false,
  ci_config_path text,
  -- seconds
  build_timeout integer not null default 3600,
  -- git_info.depth of jobs; 0 = whole history
  ci_default_git_depth integer not null default 20,
  build_git_strategy text not null default 'fetch' check (build_git_strategy in ('fetch', 'clone')),
  builds_enabled boolean not null default true,
  public_jobs boolean not null default true,
  shared_runners_enabled boolean not null default true,
  auto_cancel_pending_pipelines boolean not null default true,
  keep_latest_artifact boolean not null default true,
  ci_pipeline_variables_minimum_override_role text not null default 'maintainer'
    check (ci_pipeline_variables_minimum_override_role in ('developer', 'maintainer', 'owner', 'no_one_allowed')),
  ci_inbound_job_token_scope_enabled boolean not null default true,
  ci_push_repository_for_job_token_allowed boolean not null default false,
  -- the last pipeline iid given out; the row is locked from there to the commit
  last_pipeline_iid bigint not null default 0,
  last_activity_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- set when deletion was accepted: invisible from then on, removed in the background
  deleted_at timestamptz
);
create unique index projects_full_path_key on projects (lower(full_path));
create index projects_namespace_idx on projects (namespace_id);

create table project_members (
  project_id bigint not null references projects (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  -- GitLab's numbers: 10 guest, 15 planner, 20 reporter, 30 developer, 40 maintainer, 50 owner
  access_level integer not null check (access_level in (5, 10, 15, 20, 30, 40, 50)),
  expires_at date,
  created_by_id bigint references users (id) on delete set null,
  created_at timestamptz not null,
  primary key (project_id, user_id)
);
create index project_members_user_idx on project_members (user_id);

create table protected_branches (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  -- a branch name, or a pattern with *
  name text not null,
  -- 0 nobody, 30 developers, 40 maintainers, 60 administrators
  push_access_level integer not null default 40 check (push_access_level in (0, 30, 40, 60)),
  merge_access_level integer not null default 40 check (merge_access_level in (0, 30, 40, 60)),
  allow_force_push boolean not null default false,
  created_at timestamptz not null,
  unique (project_id, name)
);

create table protected_tags (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  name text not null,
  create_access_level integer not null default 40 check (create_access_level in (0, 30, 40, 60)),
  created_at timestamptz not null,
  unique (project_id, name)
);

-- A push writes its intent before git moves a ref, and its completion after. What is still open on start is
-- compared with the repository and finished, so that no push is ever without its pipeline.
create table push_intents (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  -- [{"ref": "refs/heads/main", "old": "<sha or zeros>", "new": "<sha or zeros>"}]
  updates jsonb not null,
  push_options text[] not null default '{}',
  -- pushed with a job token: it starts no pipeline
  via_job_token boolean not null default false,
  -- the server (process) that is working on it, see platform's advisory locks
  server_id text not null,
  created_at timestamptz not null
);
create index push_intents_project_idx on push_intents (project_id);

create table variables (
  id bigint generated always as identity primary key,
  -- exactly one owner; none = the instance
  project_id bigint references projects (id) on delete cascade,
  namespace_id bigint references namespaces (id) on delete cascade,
  key text not null,
  -- AES-256-GCM under the key of PENSTOCK_SECRET_KEY_FILE
  value_sealed bytea not null,
  variable_type text not null default 'env_var' check (variable_type in ('env_var', 'file')),
  protected boolean not null default false,
  masked boolean not null default false,
  hidden boolean not null default false,
  raw boolean not null default false,
  environment_scope text not null default '*',
  description text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (project_id is null or namespace_id is null),
  unique nulls not distinct (project_id, namespace_id, key, environment_scope)
);
create index variables_namespace_idx on variables (namespace_id);

-- Job token scope: jobs of source_project may act on project_id with their user's rights.
create table job_token_scope_projects (
  project_id bigint not null references projects (id) on delete cascade,
  source_project_id bigint not null references projects (id) on delete cascade,
  added_by_id bigint references users (id) on delete set null,
  created_at timestamptz not null,
  primary key (project_id, source_project_id)
);
create index job_token_scope_projects_source_idx on job_token_scope_projects (source_project_id);
