-- Pipeline schedules. `next_run_at` is the true next minute of the cron; which ticks ran stands in schedule_ticks.

create table pipeline_schedules (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  -- The user that it runs as; null: the user is gone, and the schedule does not run until somebody takes it.
  owner_id bigint references users (id) on delete set null,
  description text not null,
  -- refs/heads/main, refs/tags/v1
  ref text not null,
  cron text not null,
  -- As it was sent: an IANA name or one of Rails'.
  cron_timezone text not null,
  active boolean not null,
  -- Why the server switched it off; null when a person did, or nobody.
  deactivated_reason text,
  -- The next planned tick; kept up to date also while inactive. Null: the cron never comes again.
  next_run_at timestamptz,
  -- Ours: what happens when the run before has not ended.
  overlap text not null default 'allow' check (overlap in ('allow', 'forbid', 'replace', 'queue')),
  -- Ours: which ticks of a time in which no server ran are made up for, if they are not older than the deadline.
  catch_up text not null default 'last' check (catch_up in ('last', 'all', 'none')),
  catch_up_deadline integer check (catch_up_deadline > 0),
  -- Ours: seconds by which the start of each run is put off at most, evenly spread over schedules.
  jitter integer not null default 0 check (jitter between 0 and 3600),
  -- Ours: a time that daylight saving leaves out, and one that comes twice. Null: as fugit.
  dst_gap text check (dst_gap in ('skip', 'after_gap')),
  dst_overlap text check (dst_overlap in ('first', 'second', 'both')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index pipeline_schedules_project_idx on pipeline_schedules (project_id, id);
create index pipeline_schedules_owner_idx on pipeline_schedules (owner_id);
create index pipeline_schedules_due_idx on pipeline_schedules (next_run_at) where active;

create table pipeline_schedule_variables (
  id bigint generated always as identity primary key,
  schedule_id bigint not null references pipeline_schedules (id) on delete cascade,
  key text not null,
  value_sealed bytea not null,
  variable_type text not null default 'env_var' check (variable_type in ('env_var', 'file')),
  raw boolean not null default false,
  unique (schedule_id, key)
);

create table pipeline_schedule_inputs (
  id bigint generated always as identity primary key,
  schedule_id bigint not null references pipeline_schedules (id) on delete cascade,
  name text not null,
  -- Any JSON value that an input may have.
  value jsonb not null,
  unique (schedule_id, name)
);

-- The ledger: one row for each planned tick, written in the transaction that decides it.
create table schedule_ticks (
  id bigint generated always as identity primary key,
  schedule_id bigint not null references pipeline_schedules (id) on delete cascade,
  project_id bigint not null references projects (id) on delete cascade,
  planned_at timestamptz not null,
  -- `planned`: claimed or put off (jitter, queue), not decided yet.
  state text not null check (state in ('planned', 'started', 'late', 'skipped', 'missed', 'refused')),
  reason text,
  -- When it may start: the planned time and the jitter.
  due_at timestamptz not null,
  decided_at timestamptz,
  pipeline_id bigint references pipelines (id) on delete set null,
  refusal_id bigint references pipeline_refusals (id) on delete set null,
  unique (schedule_id, planned_at)
);
create index schedule_ticks_open_idx on schedule_ticks (due_at) where state = 'planned';
create index schedule_ticks_project_idx on schedule_ticks (project_id, id desc);
create index schedule_ticks_pipeline_idx on schedule_ticks (pipeline_id) where pipeline_id is not null;
create index schedule_ticks_refusal_idx on schedule_ticks (refusal_id) where refusal_id is not null;

alter table pipelines add column schedule_id bigint references pipeline_schedules (id) on delete set null;
create index pipelines_schedule_idx on pipelines (schedule_id, id desc) where schedule_id is not null;
