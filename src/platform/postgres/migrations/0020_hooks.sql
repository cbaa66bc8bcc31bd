-- Hooks, the events that they hear of, and their delivery.
-- A fact is written to `outbox` in the transaction that made it true. After its commit one server at a time turns it into
-- `events`, numbered in that order under one lock: whoever has read up to a number has missed nothing below it.

create table hooks (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('system', 'project', 'group')),
  project_id bigint references projects (id) on delete cascade,
  group_id bigint references namespaces (id) on delete cascade,
  creator_id bigint references users (id) on delete set null,
  -- May hold secrets: a path that nobody may guess, a password.
  url_sealed bytea not null,
  name text,
  description text,
  -- Sent as X-Gitlab-Token.
  token_sealed bytea,
  -- `whsec_…`. The one before signs too until its time is over, so that a receiver can change keys in peace.
  signing_token_sealed bytea,
  old_signing_token_sealed bytea,
  old_signing_token_until timestamptz,
  -- The switches that are on: push_events, job_events, …
  switches text[] not null,
  enable_ssl_verification boolean not null,
  push_events_branch_filter text,
  branch_filter_strategy text not null check (branch_filter_strategy in ('wildcard', 'regex', 'all_branches')),
  -- JSON objects, key → value.
  url_variables_sealed bytea not null,
  custom_headers_sealed bytea not null,
  custom_webhook_template text,
  -- Health: failures since the last success, and when the first of them was.
  consecutive_failures integer not null default 0,
  failing_since timestamptz,
  -- Nothing is sent before this time.
  paused_until timestamptz,
  -- Nothing is sent until somebody enables it.
  disabled_at timestamptz,
  disabled_reason text,
  -- One server sends at a time; what it does not renew ends by itself.
  drain_leased_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((project_id is not null) = (kind = 'project')),
  check ((group_id is not null) = (kind = 'group'))
);
create index hooks_project_idx on hooks (project_id, id);
create index hooks_group_idx on hooks (group_id, id);
create index hooks_creator_idx on hooks (creator_id);
create index hooks_system_idx on hooks (id) where kind = 'system';

create table outbox (
  id bigint generated always as identity primary key,
  fact jsonb not null,
  -- What cannot be read any more when the payload is built.
  snapshot jsonb,
  occurred_at timestamptz not null,
  -- How often its payload could not be built.
  attempts integer not null default 0
);

create table events (
  -- From event_counter.
  sequence bigint primary key,
  id uuid not null unique,
  -- push, pipeline, project_create, …
  event_name text not null,
  -- The switch that a hook must have for it; null: sent to every system hook.
  trigger text,
  -- What its order is kept for: `pipeline:12`.
  subject text not null,
  -- Without foreign keys: an event outlives what it tells of.
  project_id bigint,
  group_id bigint,
  fact jsonb not null,
  -- Null: nobody was listening, so it was not built.
  payload jsonb,
  -- A push: its branch, for the filters of hooks.
  branch text,
  occurred_at timestamptz not null,
  created_at timestamptz not null
);
-- One row. Whoever numbers events holds it until the commit, so numbers come in the order of commits.
create table event_counter (
  only_row boolean primary key default true check (only_row),
  last_sequence bigint not null
);
insert into event_counter (last_sequence) values (0);

create index events_project_idx on events (project_id, sequence);
create index events_created_idx on events (created_at);

create table hook_deliveries (
  id bigint generated always as identity primary key,
  hook_id bigint not null references hooks (id) on delete cascade,
  -- Null: a test.
  event_sequence bigint,
  trigger text,
  subject text not null,
  -- Also `webhook-id`; the same for every attempt.
  idempotency_key uuid not null,
  -- As it is to be sent, before the hook's template.
  payload jsonb not null,
  state text not null check (state in ('pending', 'delivered', 'failed')),
  -- Why it was given up.
  failure text,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  created_at timestamptz not null,
  decided_at timestamptz,
  unique (hook_id, event_sequence)
);
create index hook_deliveries_pending_idx on hook_deliveries (hook_id, id) where state = 'pending';
create index hook_deliveries_subject_idx on hook_deliveries (hook_id, subject, id) where state = 'pending';
create index hook_deliveries_created_idx on hook_deliveries (created_at);

-- The log: one row for each attempt, secrets masked. Its id is what GitLab calls the hook log's.
create table hook_attempts (
  id bigint generated always as identity primary key,
  hook_id bigint not null references hooks (id) on delete cascade,
  delivery_id bigint not null references hook_deliveries (id) on delete cascade,
  trigger text,
  -- As the hook has it, with its {variables} in place.
  url_sealed bytea not null,
  request_headers jsonb not null,
  -- A code, or `internal error`.
  response_status text not null,
  response_headers jsonb not null,
  response_body text not null,
  -- Why there was no answer.
  error text,
  -- Seconds.
  execution_duration double precision not null,
  created_at timestamptz not null
);
create index hook_attempts_hook_idx on hook_attempts (hook_id, id desc);
create index hook_attempts_delivery_idx on hook_attempts (delivery_id);
create index hook_attempts_created_idx on hook_attempts (created_at);
