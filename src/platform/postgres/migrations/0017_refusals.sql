-- Why a pipeline is as it is, and why there is none. Written in the transaction that creates or refuses it.

create table pipeline_explanations (
  pipeline_id bigint primary key references pipelines (id) on delete cascade,
  -- JSON, compressed and sealed: decisions show values of variables.
  explanation_sealed bytea not null
);

-- Requests for a pipeline that were refused; kept for 30 days.
create table pipeline_refusals (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  user_id bigint references users (id) on delete set null,
  -- The failed pipeline that was kept, if any.
  pipeline_id bigint references pipelines (id) on delete set null,
  source text not null,
  -- As it was asked for; it need not exist.
  ref text not null,
  sha text,
  failure_reason text,
  -- GitLab's error map.
  errors jsonb not null,
  explanation_sealed bytea not null,
  created_at timestamptz not null
);
create index pipeline_refusals_project_idx on pipeline_refusals (project_id, id desc);
create index pipeline_refusals_created_at_idx on pipeline_refusals (created_at);
create index pipeline_refusals_user_idx on pipeline_refusals (user_id);
create index pipeline_refusals_pipeline_idx on pipeline_refusals (pipeline_id);
