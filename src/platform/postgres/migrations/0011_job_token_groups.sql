-- Job token scope of groups, and which project's jobs used their token where.

-- Jobs of every project in the group or below it may act on project_id with their user's rights.
create table job_token_scope_groups (
  project_id bigint not null references projects (id) on delete cascade,
  source_namespace_id bigint not null references namespaces (id) on delete cascade,
  added_by_id bigint references users (id) on delete set null,
  created_at timestamptz not null,
  primary key (project_id, source_namespace_id)
);
create index job_token_scope_groups_source_idx on job_token_scope_groups (source_namespace_id);

create table job_token_uses (
  project_id bigint not null references projects (id) on delete cascade,
  source_project_id bigint not null references projects (id) on delete cascade,
  -- exact to the minute
  last_used_at timestamptz not null,
  primary key (project_id, source_project_id)
);
create index job_token_uses_source_idx on job_token_uses (source_project_id);
