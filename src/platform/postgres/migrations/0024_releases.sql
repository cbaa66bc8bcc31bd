-- Releases: what a project says of a tag. The tag itself stands in the repository and outlives its release.

create table releases (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  -- Short name: v1.0
  tag text not null,
  name text not null,
  -- Markdown, as it was sent.
  description text,
  -- The commit that the tag led to when the release was made.
  sha text not null,
  author_id bigint references users (id) on delete set null,
  -- In the future: an upcoming release.
  released_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (project_id, tag)
);
create index releases_released_idx on releases (project_id, released_at, id);
create index releases_author_idx on releases (author_id);

-- Links to what was built; their bytes stand elsewhere.
create table release_links (
  id bigint generated always as identity primary key,
  release_id bigint not null references releases (id) on delete cascade,
  name text not null,
  url text not null,
  -- Where the release offers it under a permanent address: /bin/app
  filepath text,
  link_type text not null default 'other' check (link_type in ('other', 'runbook', 'image', 'package')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (release_id, name),
  unique (release_id, url),
  unique (release_id, filepath)
);
