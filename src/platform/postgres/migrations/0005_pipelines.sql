-- Pipelines, stages, jobs. Who may become what is decided in src/engine and written by rooms/pipelines only.

create table pipelines (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  iid bigint not null,
  -- short name (main), or refs/merge-requests/N/head
  ref text not null,
  tag boolean not null default false,
  sha text not null,
  before_sha text not null,
  source text not null,
  config_source text not null default 'repository_source',
  status text not null,
  failure_reason text,
  yaml_errors text,
  name text,
  user_id bigint references users (id) on delete set null,
  trigger_id bigint references triggers (id) on delete set null,
  -- first four characters of the trigger token, kept after the token is gone
  trigger_short_token text,
  protected boolean not null default false,
  auto_cancel_on_new_commit text not null default 'conservative'
    check (auto_cancel_on_new_commit in ('conservative', 'interruptible', 'none')),
  auto_cancel_on_job_failure text not null default 'none' check (auto_cancel_on_job_failure in ('none', 'all')),
  auto_canceled_by_id bigint references pipelines (id) on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- seconds: union of the jobs' running times
  duration integer,
  unique (project_id, iid)
);
create index pipelines_project_idx on pipelines (project_id, id desc);
create index pipelines_project_ref_idx on pipelines (project_id, ref, id desc);
create index pipelines_project_sha_idx on pipelines (project_id, sha);
create index pipelines_trigger_idx on pipelines (trigger_id, id desc) where trigger_id is not null;
create index pipelines_user_idx on pipelines (user_id);

create table pipeline_messages (
  id bigint generated always as identity primary key,
  pipeline_id bigint not null references pipelines (id) on delete cascade,
  severity text not null check (severity in ('error', 'warning')),
  content text not null
);
create index pipeline_messages_pipeline_idx on pipeline_messages (pipeline_id);

create table pipeline_variables (
  id bigint generated always as identity primary key,
  pipeline_id bigint not null references pipelines (id) on delete cascade,
  key text not null,
  value_sealed bytea not null,
  variable_type text not null default 'env_var' check (variable_type in ('env_var', 'file')),
  raw boolean not null default false,
  unique (pipeline_id, key)
);

create table stages (
  id bigint generated always as identity primary key,
  pipeline_id bigint not null references pipelines (id) on delete cascade,
  name text not null,
  position integer not null,
  status text not null,
  unique (pipeline_id, name)
);

create table jobs (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  pipeline_id bigint not null references pipelines (id) on delete cascade,
  stage_id bigint not null references stages (id) on delete cascade,
  stage_idx integer not null,
  type text not null default 'build' check (type in ('build', 'bridge')),
  name text not null,
  status text not null,
  failure_reason text,
  exit_code integer,
  when_ text not null check (when_ in ('on_success', 'on_failure', 'always', 'manual', 'delayed')),
  -- seconds, with when_ = delayed
  start_in integer,
  allow_failure boolean not null default false,
  scheduling_type text not null check (scheduling_type in ('stage', 'dag')),
  -- [{"name": "build", "artifacts": true, "optional": false}]
  needs jsonb not null default '[]',
  interruptible boolean,
  -- an older attempt: a newer row with the same name stands for it
  retried boolean not null default false,
  retry_of_id bigint references jobs (id) on delete set null,
  -- a retry of a manual job starts as soon as it may
  enqueue_immediately boolean not null default false,
  ref text not null,
  tag boolean not null default false,
  protected boolean not null default false,
  tag_list text[] not null default '{}',
  -- who caused the job to run: the job token acts as this user
  user_id bigint references users (id) on delete set null,
  -- what the compiler gave (ci-lang CompiledJob: script, image, artifacts, …), never changed after creation
  options jsonb not null,
  -- [{"key", "value", "raw"}], unexpanded
  yaml_variables jsonb not null default '[]',
  -- variables given when a manual job was played: [{"key", "value"}] as JSON, sealed
  play_variables_sealed bytea,
  coverage_regex text,
  coverage numeric,
  environment_name text,
  resource_group text,
  runner_id bigint references runners (id) on delete set null,
  runner_manager_id bigint references runner_managers (id) on delete set null,
  token_digest bytea unique,
  -- the first PUT of its runner; a claim that is never confirmed goes back to pending
  confirmed_at timestamptz,
  -- last word from its runner (PUT or PATCH)
  contacted_at timestamptz,
  -- seconds, fixed when it starts running
  timeout integer,
  timeout_source text,
  debug_trace boolean not null default false,
  -- its runner can be asked to stop and still run after_script
  cancel_gracefully boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  queued_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  scheduled_at timestamptz,
  erased_at timestamptz,
  artifacts_expire_at timestamptz
);
create index jobs_pipeline_idx on jobs (pipeline_id, id);
create index jobs_project_idx on jobs (project_id, id desc);
create index jobs_pending_idx on jobs (id) where status = 'pending';
create index jobs_executing_idx on jobs (contacted_at) where status in ('running', 'canceling');
create index jobs_stage_idx on jobs (stage_id);
create index jobs_scheduled_idx on jobs (scheduled_at) where status = 'scheduled';

-- The upstream of a pipeline that a job started (with its job token, or as a trigger job).
create table pipeline_sources (
  pipeline_id bigint primary key references pipelines (id) on delete cascade,
  project_id bigint not null references projects (id) on delete cascade,
  source_project_id bigint references projects (id) on delete set null,
  source_pipeline_id bigint references pipelines (id) on delete set null,
  source_job_id bigint references jobs (id) on delete set null
);
create index pipeline_sources_source_pipeline_idx on pipeline_sources (source_pipeline_id);

-- "Process me": written in the transaction of each job transition, read and removed by the processor of the pipeline.
create table dirty_pipelines (
  id bigint generated always as identity primary key,
  pipeline_id bigint not null references pipelines (id) on delete cascade,
  -- a job failed that may not: auto_cancel:on_job_failure applies
  cancel_rest boolean not null default false,
  marked_at timestamptz not null
);
create index dirty_pipelines_pipeline_idx on dirty_pipelines (pipeline_id);
