-- Merge requests, within one project. What git knows of one (head, base) is kept here as it was when it was looked at last.

create sequence merge_request_diff_ids as bigint;

create table merge_requests (
  id bigint generated always as identity primary key,
  project_id bigint not null references projects (id) on delete cascade,
  iid bigint not null,
  title text not null,
  description text,
  state text not null default 'opened' check (state in ('opened', 'closed', 'merged')),
  author_id bigint references users (id) on delete set null,
  source_branch text not null,
  target_branch text not null,
  labels text[] not null default '{}',
  -- The head of the source branch, while there is one.
  sha text not null,
  -- Its merge base with the target branch; null: they have no history in common.
  base_sha text,
  -- The target branch's head when base_sha was found.
  start_sha text,
  -- Another one for every new head or base.
  diff_id bigint not null default nextval('merge_request_diff_ids'),
  -- The head that a pipeline has been asked for, so that each has one; null: none yet.
  pipelined_sha text,
  -- Whether `checked_sha` merged into `checked_target_sha` has conflicts; null: not looked at yet.
  checked_sha text,
  checked_target_sha text,
  has_conflicts boolean,
  squash boolean not null default false,
  remove_source_branch boolean not null default false,
  discussion_locked boolean,
  -- Who wants it merged as soon as its pipeline has succeeded, and how: {"squash", "removeSourceBranch", ...}
  auto_merge_user_id bigint references users (id) on delete set null,
  auto_merge_options jsonb,
  merge_error text,
  -- A merge that is under way: the commit that the target branch is moved to, and what it is merged with.
  merging_sha text,
  merging_options jsonb,
  merge_commit_sha text,
  squash_commit_sha text,
  merge_user_id bigint references users (id) on delete set null,
  merged_at timestamptz,
  -- The source branch is to be deleted, and has not been yet.
  removal_due boolean not null default false,
  closed_by_id bigint references users (id) on delete set null,
  closed_at timestamptz,
  updated_by_id bigint references users (id) on delete set null,
  last_edited_at timestamptz,
  last_edited_by_id bigint references users (id) on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (project_id, iid)
);
create unique index merge_requests_open_pair_key on merge_requests (project_id, source_branch, target_branch)
  where state = 'opened';
create index merge_requests_open_target_idx on merge_requests (project_id, target_branch) where state = 'opened';
create index merge_requests_author_idx on merge_requests (author_id);
create index merge_requests_auto_merge_user_idx on merge_requests (auto_merge_user_id) where auto_merge_user_id is not null;
create index merge_requests_merge_user_idx on merge_requests (merge_user_id);
create index merge_requests_closed_by_idx on merge_requests (closed_by_id);
create index merge_requests_updated_by_idx on merge_requests (updated_by_id);
create index merge_requests_last_edited_by_idx on merge_requests (last_edited_by_id);
create index merge_requests_unpipelined_idx on merge_requests (id)
  where state = 'opened' and pipelined_sha is distinct from sha;
create index merge_requests_removal_due_idx on merge_requests (id) where removal_due;

create table merge_request_people (
  merge_request_id bigint not null references merge_requests (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  part text not null check (part in ('assignee', 'reviewer')),
  created_at timestamptz not null,
  primary key (merge_request_id, part, user_id)
);
create index merge_request_people_user_idx on merge_request_people (user_id, part);

create table merge_request_approvals (
  merge_request_id bigint not null references merge_requests (id) on delete cascade,
  user_id bigint not null references users (id) on delete cascade,
  created_at timestamptz not null,
  primary key (merge_request_id, user_id)
);
create index merge_request_approvals_user_idx on merge_request_approvals (user_id);

alter table pipelines add column merge_request_id bigint references merge_requests (id) on delete set null;
create index pipelines_merge_request_idx on pipelines (merge_request_id, id desc) where merge_request_id is not null;

alter table projects
  add column last_merge_request_iid bigint not null default 0,
  add column merge_method text not null default 'merge' check (merge_method in ('merge', 'rebase_merge', 'ff')),
  add column squash_option text not null default 'default_off'
    check (squash_option in ('never', 'always', 'default_on', 'default_off')),
  add column only_allow_merge_if_pipeline_succeeds boolean not null default false,
  add column allow_merge_on_skipped_pipeline boolean not null default false,
  add column remove_source_branch_after_merge boolean not null default true;
