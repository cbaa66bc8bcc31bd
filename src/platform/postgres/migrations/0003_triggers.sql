-- Pipeline trigger tokens. The API shows the value again to its owner, so it is sealed, and found by its digest.

create table triggers (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  owner_id bigint not null references users (id) on delete cascade,
  description text,
  token_digest bytea not null unique,
  token_sealed bytea not null,
  expires_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index triggers_project_idx on triggers (project_id, id);
