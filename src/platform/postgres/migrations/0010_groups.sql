-- Groups: what the table of namespaces lacked for them, who belongs to them, and the old paths of projects that moved.

-- names of all ancestors and this one, joined by ' / '; null = the name alone (no ancestors)
alter table namespaces add column full_name text;
alter table namespaces add column description text not null default '';
-- who may make projects in the group, beside administrators
alter table namespaces add column project_creation_level text not null default 'developer'
  check (project_creation_level in ('noone', 'administrator', 'owner', 'maintainer', 'developer'));
alter table namespaces add column subgroup_creation_level text not null default 'maintainer'
  check (subgroup_creation_level in ('owner', 'maintainer'));
-- set when deletion was accepted: invisible from then on, removed in the background
alter table namespaces add column deleted_at timestamptz;

create table group_members (
  namespace_id bigint not null references namespaces (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  -- as in project_members
  access_level integer not null check (access_level in (5, 10, 15, 20, 30, 40, 50)),
  expires_at date,
  created_by_id bigint references users (id) on delete set null,
  created_at timestamptz not null,
  primary key (namespace_id, user_id)
);
create index group_members_user_idx on group_members (user_id);

-- A path that a project had once. A project that has it now comes first.
create table project_redirects (
  id bigint generated always as identity primary key,
  full_path text not null,
  project_id bigint not null references projects (id) on delete cascade,
  created_at timestamptz not null
);
create unique index project_redirects_full_path_key on project_redirects (lower(full_path));
create index project_redirects_project_idx on project_redirects (project_id);
