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
  updated_at timestamptz not null
);

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

-- Variables of a dotenv report, parsed at upload.
create table dotenv_variables (
  job_id bigint not null references jobs (id) on delete cascade,
  position integer not null,
  key text not null,
  value_sealed bytea not null,
  primary key (job_id, key)
);

-- Blobs whose row is gone; the file is removed after the commit, and again by a sweeper if that failed.
create table orphaned_blobs (
  id bigint generated always as identity primary key,
  blob_key text not null,
  created_at timestamptz not null
);
