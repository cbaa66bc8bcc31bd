-- Somebody asks to become a member of a project or a group. Gone when it is answered or withdrawn.
create table access_requests (
  id bigint generated always as identity primary key,
  project_id bigint references projects (id) on delete cascade,
  namespace_id bigint references namespaces (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  created_at timestamptz not null,
  check (num_nonnulls(project_id, namespace_id) = 1)
);
create unique index access_requests_project_idx on access_requests (project_id, user_id) where project_id is not null;
create unique index access_requests_namespace_idx on access_requests (namespace_id, user_id)
  where namespace_id is not null;
create index access_requests_user_idx on access_requests (user_id);

alter table projects add column request_access_enabled boolean not null default true;
alter table namespaces add column request_access_enabled boolean not null default true;
