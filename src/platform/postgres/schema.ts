/** The database as the migrations make it (schema c2baf1de378ca21e). Written by `npm run db:types`, not by hand. */
import type { ColumnType } from 'kysely';

export type Generated<T> =
  T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S, I | undefined, U> : ColumnType<T, T | undefined, T>;

export type Json = ColumnType<unknown, string, string>;

export type Numeric = ColumnType<string, number | string, number | string>;

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface AccessRequests {
  created_at: Timestamp;
  id: Generated<number>;
  namespace_id: number | null;
  project_id: number | null;
  user_id: number;
}

export interface Artifacts {
  accessibility: Generated<string>;
  blob_key: string;
  created_at: Timestamp;
  entries_blob_key: string | null;
  expire_at: Timestamp | null;
  file_format: string;
  file_type: string;
  filename: string;
  id: Generated<number>;
  job_id: number;
  locked: Generated<boolean>;
  project_id: number;
  sha256: Buffer;
  size: number;
}

export interface Deployments {
  created_at: Timestamp;
  environment_id: number;
  finished_at: Timestamp | null;
  id: Generated<number>;
  job_id: number;
  project_id: number;
  ref: string;
  sha: string;
  status: string;
  tag: boolean;
  updated_at: Timestamp;
  user_id: number | null;
}

export interface DeployTokens {
  created_at: Timestamp;
  creator_id: number | null;
  expires_at: Timestamp | null;
  id: Generated<number>;
  name: string;
  namespace_id: number | null;
  project_id: number | null;
  revoked: Generated<boolean>;
  scopes: string[];
  token_digest: Buffer;
  token_sealed: Buffer | null;
  username: string | null;
}

export interface DirtyPipelines {
  cancel_rest: Generated<boolean>;
  id: Generated<number>;
  marked_at: Timestamp;
  pipeline_id: number;
}

export interface DotenvVariables {
  job_id: number;
  key: string;
  position: number;
  value_sealed: Buffer;
}

export interface Environments {
  auto_stop_at: Timestamp | null;
  created_at: Timestamp;
  external_url: string | null;
  id: Generated<number>;
  name: string;
  project_id: number;
  slug: string;
  state: Generated<string>;
  tier: string;
  updated_at: Timestamp;
}

export interface EventCounter {
  last_sequence: number;
  only_row: Generated<boolean>;
}

export interface Events {
  branch: string | null;
  cause: string | null;
  created_at: Timestamp;
  event_name: string;
  fact: Json;
  group_id: number | null;
  id: string;
  occurred_at: Timestamp;
  payload: Json | null;
  project_id: number | null;
  sequence: number;
  subject: string;
  trigger: string | null;
}

export interface GroupMembers {
  access_level: number;
  created_at: Timestamp;
  created_by_id: number | null;
  expires_at: string | null;
  namespace_id: number;
  user_id: number;
}

export interface HookAttempts {
  created_at: Timestamp;
  delivery_id: number;
  error: string | null;
  execution_duration: number;
  hook_id: number;
  id: Generated<number>;
  request_headers: Json;
  response_body: string;
  response_headers: Json;
  response_status: string;
  trigger: string | null;
  url_sealed: Buffer;
}

export interface HookDeliveries {
  attempts: Generated<number>;
  created_at: Timestamp;
  decided_at: Timestamp | null;
  event_sequence: number | null;
  event_uuid: Generated<string>;
  failure: string | null;
  hook_id: number;
  id: Generated<number>;
  idempotency_key: string;
  next_attempt_at: Timestamp;
  payload: Json;
  state: string;
  subject: string;
  trigger: string | null;
}

export interface Hooks {
  branch_filter_strategy: string;
  consecutive_failures: Generated<number>;
  created_at: Timestamp;
  creator_id: number | null;
  custom_headers_sealed: Buffer;
  custom_webhook_template: string | null;
  description: string | null;
  disabled_at: Timestamp | null;
  disabled_reason: string | null;
  drain_leased_until: Timestamp | null;
  enable_ssl_verification: boolean;
  failing_since: Timestamp | null;
  group_id: number | null;
  id: Generated<number>;
  integration: Json | null;
  kind: string;
  name: string | null;
  old_signing_token_sealed: Buffer | null;
  old_signing_token_until: Timestamp | null;
  paused_until: Timestamp | null;
  project_id: number | null;
  push_events_branch_filter: string | null;
  signing_token_sealed: Buffer | null;
  switches: string[];
  token_sealed: Buffer | null;
  updated_at: Timestamp;
  url_sealed: Buffer;
  url_variables_sealed: Buffer;
}

export interface InstanceSettings {
  key: string;
  updated_at: Timestamp;
  value: Json;
}

export interface Jobs {
  allow_failure: Generated<boolean>;
  artifacts_expire_at: Timestamp | null;
  cancel_gracefully: Generated<boolean>;
  confirmed_at: Timestamp | null;
  contacted_at: Timestamp | null;
  coverage: Numeric | null;
  coverage_regex: string | null;
  created_at: Timestamp;
  debug_trace: Generated<boolean>;
  enqueue_immediately: Generated<boolean>;
  environment_name: string | null;
  erased_at: Timestamp | null;
  exit_code: number | null;
  failure_reason: string | null;
  finished_at: Timestamp | null;
  id: Generated<number>;
  interruptible: boolean | null;
  name: string;
  needs: Generated<Json>;
  options: Json;
  pipeline_id: number;
  play_variables_sealed: Buffer | null;
  project_id: number;
  protected: Generated<boolean>;
  queued_at: Timestamp | null;
  ref: string;
  resource_group: string | null;
  retried: Generated<boolean>;
  retry_of_id: number | null;
  runner_id: number | null;
  runner_manager_id: number | null;
  scheduled_at: Timestamp | null;
  scheduling_type: string;
  stage_id: number;
  stage_idx: number;
  start_in: number | null;
  started_at: Timestamp | null;
  status: string;
  tag: Generated<boolean>;
  tag_list: Generated<string[]>;
  timeout: number | null;
  timeout_source: string | null;
  token_digest: Buffer | null;
  type: Generated<string>;
  updated_at: Timestamp;
  user_id: number | null;
  when_: string;
  yaml_variables: Generated<Json>;
}

export interface JobTokenScopeGroups {
  added_by_id: number | null;
  created_at: Timestamp;
  project_id: number;
  source_namespace_id: number;
}

export interface JobTokenScopeProjects {
  added_by_id: number | null;
  created_at: Timestamp;
  project_id: number;
  source_project_id: number;
}

export interface JobTokenUses {
  last_used_at: Timestamp;
  project_id: number;
  source_project_id: number;
}

export interface JobTraces {
  blob_key: string | null;
  checksum: string | null;
  job_id: number;
  reported_size: number | null;
  size: Generated<number>;
  updated_at: Timestamp;
  watched_at: Timestamp | null;
}

export interface MergeRequestApprovals {
  created_at: Timestamp;
  merge_request_id: number;
  user_id: number;
}

export interface MergeRequestPeople {
  created_at: Timestamp;
  merge_request_id: number;
  part: string;
  user_id: number;
}

export interface MergeRequests {
  author_id: number | null;
  auto_merge_options: Json | null;
  auto_merge_user_id: number | null;
  base_sha: string | null;
  checked_sha: string | null;
  checked_target_sha: string | null;
  closed_at: Timestamp | null;
  closed_by_id: number | null;
  created_at: Timestamp;
  description: string | null;
  diff_id: Generated<number>;
  discussion_locked: boolean | null;
  has_conflicts: boolean | null;
  id: Generated<number>;
  iid: number;
  labels: Generated<string[]>;
  last_edited_at: Timestamp | null;
  last_edited_by_id: number | null;
  merge_commit_sha: string | null;
  merge_error: string | null;
  merge_user_id: number | null;
  merged_at: Timestamp | null;
  merging_options: Json | null;
  merging_sha: string | null;
  pipelined_sha: string | null;
  project_id: number;
  removal_due: Generated<boolean>;
  remove_source_branch: Generated<boolean>;
  sha: string;
  source_branch: string;
  squash: Generated<boolean>;
  squash_commit_sha: string | null;
  start_sha: string | null;
  state: Generated<string>;
  target_branch: string;
  title: string;
  updated_at: Timestamp;
  updated_by_id: number | null;
}

export interface Namespaces {
  created_at: Timestamp;
  deleted_at: Timestamp | null;
  description: Generated<string>;
  full_name: string | null;
  full_path: string;
  id: Generated<number>;
  kind: string;
  name: string;
  owner_id: number | null;
  parent_id: number | null;
  path: string;
  project_creation_level: Generated<string>;
  request_access_enabled: Generated<boolean>;
  subgroup_creation_level: Generated<string>;
  updated_at: Timestamp;
  visibility: Generated<string>;
}

export interface Notes {
  author_id: number | null;
  body: string;
  commit_sha: string | null;
  created_at: Timestamp;
  id: Generated<number>;
  internal: Generated<boolean>;
  line: number | null;
  line_code: string | null;
  line_type: string | null;
  merge_request_id: number | null;
  path: string | null;
  project_id: number;
  updated_at: Timestamp;
  updated_by_id: number | null;
}

export interface OrphanedBlobs {
  blob_key: string;
  remove_at: Timestamp;
}

export interface Outbox {
  attempts: Generated<number>;
  cause: string | null;
  caused_after: number | null;
  fact: Json;
  id: Generated<number>;
  occurred_at: Timestamp;
  snapshot: Json | null;
}

export interface PersonalAccessTokens {
  created_at: Timestamp;
  description: string | null;
  expires_at: string | null;
  family_id: number | null;
  id: Generated<number>;
  impersonation: Generated<boolean>;
  last_used_at: Timestamp | null;
  name: string;
  revoked: Generated<boolean>;
  scopes: string[];
  token_digest: Buffer;
  updated_at: Timestamp;
  user_id: number;
}

export interface PipelineExplanations {
  explanation_sealed: Buffer;
  pipeline_id: number;
}

export interface PipelineMessages {
  content: string;
  id: Generated<number>;
  pipeline_id: number;
  severity: string;
}

export interface PipelineRefusals {
  created_at: Timestamp;
  errors: Json;
  explanation_sealed: Buffer;
  failure_reason: string | null;
  id: Generated<number>;
  pipeline_id: number | null;
  project_id: number;
  ref: string;
  sha: string | null;
  source: string;
  user_id: number | null;
}

export interface Pipelines {
  auto_cancel_on_job_failure: Generated<string>;
  auto_cancel_on_new_commit: Generated<string>;
  auto_canceled_by_id: number | null;
  before_sha: string;
  config_source: Generated<string>;
  created_at: Timestamp;
  duration: number | null;
  failure_reason: string | null;
  finished_at: Timestamp | null;
  id: Generated<number>;
  iid: number;
  merge_request_id: number | null;
  name: string | null;
  project_id: number;
  protected: Generated<boolean>;
  ref: string;
  schedule_id: number | null;
  sha: string;
  source: string;
  started_at: Timestamp | null;
  status: string;
  tag: Generated<boolean>;
  trigger_id: number | null;
  trigger_short_token: string | null;
  updated_at: Timestamp;
  user_id: number | null;
  yaml_errors: string | null;
}

export interface PipelineScheduleInputs {
  id: Generated<number>;
  name: string;
  schedule_id: number;
  value: Json;
}

export interface PipelineSchedules {
  active: boolean;
  catch_up: Generated<string>;
  catch_up_deadline: number | null;
  created_at: Timestamp;
  cron: string;
  cron_timezone: string;
  deactivated_reason: string | null;
  description: string;
  dst_gap: string | null;
  dst_overlap: string | null;
  id: Generated<number>;
  jitter: Generated<number>;
  next_run_at: Timestamp | null;
  overlap: Generated<string>;
  owner_id: number | null;
  project_id: number;
  ref: string;
  updated_at: Timestamp;
}

export interface PipelineScheduleVariables {
  id: Generated<number>;
  key: string;
  raw: Generated<boolean>;
  schedule_id: number;
  value_sealed: Buffer;
  variable_type: Generated<string>;
}

export interface PipelineSources {
  pipeline_id: number;
  project_id: number;
  source_job_id: number | null;
  source_pipeline_id: number | null;
  source_project_id: number | null;
}

export interface PipelineVariables {
  id: Generated<number>;
  key: string;
  pipeline_id: number;
  raw: Generated<boolean>;
  value_sealed: Buffer;
  variable_type: Generated<string>;
}

export interface ProjectMembers {
  access_level: number;
  created_at: Timestamp;
  created_by_id: number | null;
  expires_at: string | null;
  project_id: number;
  user_id: number;
}

export interface ProjectRedirects {
  created_at: Timestamp;
  full_path: string;
  id: Generated<number>;
  project_id: number;
}

export interface Projects {
  allow_merge_on_skipped_pipeline: Generated<boolean>;
  archived: Generated<boolean>;
  auto_cancel_pending_pipelines: Generated<boolean>;
  build_git_strategy: Generated<string>;
  build_timeout: Generated<number>;
  builds_enabled: Generated<boolean>;
  ci_config_path: string | null;
  ci_default_git_depth: Generated<number>;
  ci_inbound_job_token_scope_enabled: Generated<boolean>;
  ci_pipeline_variables_minimum_override_role: Generated<string>;
  ci_push_repository_for_job_token_allowed: Generated<boolean>;
  created_at: Timestamp;
  creator_id: number | null;
  default_branch: Generated<string>;
  deleted_at: Timestamp | null;
  description: string | null;
  full_path: string;
  id: Generated<number>;
  keep_latest_artifact: Generated<boolean>;
  last_activity_at: Timestamp;
  last_merge_request_iid: Generated<number>;
  last_pipeline_iid: Generated<number>;
  merge_method: Generated<string>;
  name: string;
  namespace_id: number;
  only_allow_merge_if_pipeline_succeeds: Generated<boolean>;
  path: string;
  public_jobs: Generated<boolean>;
  remove_source_branch_after_merge: Generated<boolean>;
  request_access_enabled: Generated<boolean>;
  shared_runners_enabled: Generated<boolean>;
  squash_option: Generated<string>;
  updated_at: Timestamp;
  visibility: Generated<string>;
}

export interface ProtectedBranches {
  allow_force_push: Generated<boolean>;
  created_at: Timestamp;
  id: Generated<number>;
  merge_access_level: Generated<number>;
  name: string;
  project_id: number;
  push_access_level: Generated<number>;
}

export interface ProtectedTags {
  create_access_level: Generated<number>;
  created_at: Timestamp;
  id: Generated<number>;
  name: string;
  project_id: number;
}

export interface PushIntents {
  announced_at: Timestamp | null;
  created_at: Timestamp;
  id: Generated<number>;
  project_id: number;
  push_options: Generated<string[]>;
  server_id: string;
  updates: Json;
  user_id: number;
  via_job_token: Generated<boolean>;
}

export interface ReleaseLinks {
  created_at: Timestamp;
  filepath: string | null;
  id: Generated<number>;
  link_type: Generated<string>;
  name: string;
  release_id: number;
  updated_at: Timestamp;
  url: string;
}

export interface Releases {
  author_id: number | null;
  created_at: Timestamp;
  description: string | null;
  id: Generated<number>;
  name: string;
  project_id: number;
  released_at: Timestamp;
  sha: string;
  tag: string;
  updated_at: Timestamp;
}

export interface RunnerManagers {
  architecture: string | null;
  contacted_at: Timestamp;
  created_at: Timestamp;
  executor: string | null;
  features: Generated<Json>;
  id: Generated<number>;
  ip_address: string | null;
  platform: string | null;
  revision: string | null;
  runner_id: number;
  system_id: string;
  version: string | null;
}

export interface RunnerProjects {
  project_id: number;
  runner_id: number;
}

export interface Runners {
  access_level: Generated<string>;
  contacted_at: Timestamp | null;
  created_at: Timestamp;
  creator_id: number | null;
  description: Generated<string>;
  embedded: Generated<boolean>;
  id: Generated<number>;
  legacy: Generated<boolean>;
  locked: Generated<boolean>;
  maintenance_note: string | null;
  maximum_timeout: number | null;
  namespace_id: number | null;
  paused: Generated<boolean>;
  run_untagged: Generated<boolean>;
  runner_type: string;
  tag_list: Generated<string[]>;
  token_digest: Buffer;
  token_expires_at: Timestamp | null;
  updated_at: Timestamp;
}

export interface ScheduleTicks {
  decided_at: Timestamp | null;
  due_at: Timestamp;
  id: Generated<number>;
  leased_until: Timestamp | null;
  pipeline_id: number | null;
  planned_at: Timestamp;
  project_id: number;
  reason: string | null;
  refusal_id: number | null;
  schedule_id: number;
  state: string;
}

export interface Sessions {
  cookie_digest: Buffer;
  created_at: Timestamp;
  csrf_digest: Buffer;
  expires_at: Timestamp;
  id: Generated<number>;
  last_seen_at: Timestamp;
  user_id: number;
}

export interface SigningKeys {
  created_at: Timestamp;
  id: Generated<number>;
  kid: string;
  private_key: Buffer;
  public_jwk: Json;
  retired_at: Timestamp | null;
}

export interface SshKeys {
  created_at: Timestamp;
  expires_at: Timestamp | null;
  fingerprint: string;
  fingerprint_sha256: string;
  id: Generated<number>;
  key: string;
  last_used_at: Timestamp | null;
  title: string;
  usage_type: Generated<string>;
  user_id: number;
}

export interface Stages {
  id: Generated<number>;
  name: string;
  pipeline_id: number;
  position: number;
  status: string;
}

export interface TraceChunks {
  data: Buffer;
  job_id: number;
  start_offset: number;
}

export interface Triggers {
  created_at: Timestamp;
  description: string | null;
  expires_at: Timestamp | null;
  id: Generated<number>;
  owner_id: number;
  project_id: number;
  token_digest: Buffer;
  token_sealed: Buffer;
  updated_at: Timestamp;
}

export interface UserEmails {
  confirmed_at: Timestamp | null;
  created_at: Timestamp;
  email: string;
  id: Generated<number>;
  user_id: number;
}

export interface Users {
  admin: Generated<boolean>;
  bot: Generated<boolean>;
  bot_namespace_id: number | null;
  bot_project_id: number | null;
  confirmed_at: Timestamp | null;
  created_at: Timestamp;
  deleted_at: Timestamp | null;
  email: string;
  id: Generated<number>;
  name: string;
  password_hash: string | null;
  public_email: Generated<string>;
  state: Generated<string>;
  updated_at: Timestamp;
  username: string;
}

export interface Variables {
  created_at: Timestamp;
  description: string | null;
  environment_scope: Generated<string>;
  hidden: Generated<boolean>;
  id: Generated<number>;
  key: string;
  masked: Generated<boolean>;
  namespace_id: number | null;
  project_id: number | null;
  protected: Generated<boolean>;
  raw: Generated<boolean>;
  updated_at: Timestamp;
  value_sealed: Buffer;
  variable_type: Generated<string>;
}

export interface DB {
  access_requests: AccessRequests;
  artifacts: Artifacts;
  deploy_tokens: DeployTokens;
  deployments: Deployments;
  dirty_pipelines: DirtyPipelines;
  dotenv_variables: DotenvVariables;
  environments: Environments;
  event_counter: EventCounter;
  events: Events;
  group_members: GroupMembers;
  hook_attempts: HookAttempts;
  hook_deliveries: HookDeliveries;
  hooks: Hooks;
  instance_settings: InstanceSettings;
  job_token_scope_groups: JobTokenScopeGroups;
  job_token_scope_projects: JobTokenScopeProjects;
  job_token_uses: JobTokenUses;
  job_traces: JobTraces;
  jobs: Jobs;
  merge_request_approvals: MergeRequestApprovals;
  merge_request_people: MergeRequestPeople;
  merge_requests: MergeRequests;
  namespaces: Namespaces;
  notes: Notes;
  orphaned_blobs: OrphanedBlobs;
  outbox: Outbox;
  personal_access_tokens: PersonalAccessTokens;
  pipeline_explanations: PipelineExplanations;
  pipeline_messages: PipelineMessages;
  pipeline_refusals: PipelineRefusals;
  pipeline_schedule_inputs: PipelineScheduleInputs;
  pipeline_schedule_variables: PipelineScheduleVariables;
  pipeline_schedules: PipelineSchedules;
  pipeline_sources: PipelineSources;
  pipeline_variables: PipelineVariables;
  pipelines: Pipelines;
  project_members: ProjectMembers;
  project_redirects: ProjectRedirects;
  projects: Projects;
  protected_branches: ProtectedBranches;
  protected_tags: ProtectedTags;
  push_intents: PushIntents;
  release_links: ReleaseLinks;
  releases: Releases;
  runner_managers: RunnerManagers;
  runner_projects: RunnerProjects;
  runners: Runners;
  schedule_ticks: ScheduleTicks;
  sessions: Sessions;
  signing_keys: SigningKeys;
  ssh_keys: SshKeys;
  stages: Stages;
  trace_chunks: TraceChunks;
  triggers: Triggers;
  user_emails: UserEmails;
  users: Users;
  variables: Variables;
}
