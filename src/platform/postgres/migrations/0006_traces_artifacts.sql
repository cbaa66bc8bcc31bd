-- Job logs and job artifacts.

create table job_traces (
  job_id bigint primary key references jobs (id) on delete cascade,
  -- bytes received so far = the next expected offset
  size bigint not null default 0,
  -- what the runner said of the whole log in its last PUT
  checksum text,
  reported_size bigint,
  -- set when the chunks were moved into a blob
  blob_key text,
  -- somebody reads the log of the running job: its runner is told to send more often
  watched_at timestamptz,
  updated_at timestamptz not null
);
create index job_traces_live_idx on job_traces (job_id) where blob_key is null;

-- The live log. Removed when the job has ended and the log is archived as a blob.
create table trace_chunks (
  job_id bigint not null references jobs (id) on delete cascade,
  start_offset bigint not null,
  data bytea not null,
  primary key (job_id, start_offset)
);
alter table trace_chunks alter column data set storage external;

create table artifacts (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  job_id bigint not null references jobs (id) on delete cascade,
  -- archive, metadata, junit, dotenv, …
  file_type text not null,
  -- zip, gzip, raw
  file_format text not null,
  filename text not null,
  size bigint not null,
  sha256 bytea not null,
  blob_key text not null,
  -- entries of a zip: blob with one JSON line an entry, made at upload
  entries_blob_key text,
  accessibility text not null default 'public' check (accessibility in ('public', 'private', 'maintainer', 'none')),
  locked boolean not null default true,
  expire_at timestamptz,
  created_at timestamptz not null,
  unique (job_id, file_type)
);
create index artifacts_expire_idx on artifacts (expire_at) where expire_at is not null;
create index artifacts_locked_idx on artifacts (project_id) where locked;

-- Variables of a dotenv report, parsed at upload.
create table dotenv_variables (
  job_id bigint not null references jobs (id) on delete cascade,
  position integer not null,
  key text not null,
  value_sealed bytea not null,
  primary key (job_id, key)
);

-- Blobs that no row points to: written before an upload begins (its row comes last) and when a row is deleted. The file is
-- removed right after that commit, and by a sweeper from remove_at on where that failed or the server died.
create table orphaned_blobs (
  blob_key text primary key,
  remove_at timestamptz not null
);
create index orphaned_blobs_remove_idx on orphaned_blobs (remove_at);
