-- Comments on merge requests.

create table notes (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  merge_request_id bigint not null references merge_requests (id) on delete cascade,
  author_id bigint references users (id) on delete set null,
  body text not null,
  internal boolean not null default false,
  updated_by_id bigint references users (id) on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index notes_merge_request_idx on notes (merge_request_id, id);
create index notes_project_idx on notes (project_id);
create index notes_author_idx on notes (author_id);
create index notes_updated_by_idx on notes (updated_by_id);
