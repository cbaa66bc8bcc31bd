/** GitLab's job and pipeline status words (spelling `canceled`, one l). */
export const STATUSES = [
  'created',
  'waiting_for_resource',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'success',
  'failed',
  'canceling',
  'canceled',
  'skipped',
  'manual',
  'scheduled',
] as const;

export type Status = (typeof STATUSES)[number];

/** Completed: nothing more happens without a retry or a play. */
export const COMPLETED = ['success', 'failed', 'canceled', 'skipped'] as const satisfies readonly Status[];
/** `scope=finished` of the pipelines list (GitLab leaves skipped out). */
export const FINISHED = ['success', 'failed', 'canceled'] as const satisfies readonly Status[];
/** Active: waiting for, or in the hands of, a runner. */
export const ACTIVE = [
  'waiting_for_resource',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
] as const satisfies readonly Status[];
/** The job token is valid only in these. */
export const EXECUTING = ['running', 'canceling'] as const satisfies readonly Status[];

export const isCompleted = (status: Status): boolean => (COMPLETED as readonly Status[]).includes(status);
export const isActive = (status: Status): boolean => (ACTIVE as readonly Status[]).includes(status);
export const isExecuting = (status: Status): boolean => (EXECUTING as readonly Status[]).includes(status);
/** Everything except completed and `canceling`. */
export const isCancelable = (status: Status): boolean => !isCompleted(status) && status !== 'canceling';

/** `when:` of a job (`never` exists only in rules and is gone after compiling). */
export type JobWhen = 'on_success' | 'on_failure' | 'always' | 'manual' | 'delayed';

/** Where a pipeline came from (`CI_PIPELINE_SOURCE`). */
export const PIPELINE_SOURCES = [
  'push',
  'web',
  'trigger',
  'schedule',
  'api',
  'external',
  'pipeline',
  'chat',
  'webide',
  'merge_request_event',
  'external_pull_request_event',
  'parent_pipeline',
  'ondemand_dast_scan',
  'ondemand_dast_validation',
  'security_orchestration_policy',
  'container_registry_push',
  'duo_workflow',
  'pipeline_execution_policy_schedule',
] as const;

export type PipelineSource = (typeof PIPELINE_SOURCES)[number];

/** Why a job failed. Names that a runner sends and that are not in this list are stored as `unknown_failure`. */
export const JOB_FAILURE_REASONS = [
  'unknown_failure',
  'script_failure',
  'api_failure',
  'stuck_or_timeout_failure',
  'runner_system_failure',
  'missing_dependency_failure',
  'runner_unsupported',
  'stale_schedule',
  'job_execution_timeout',
  'archived_failure',
  'unmet_prerequisites',
  'scheduler_failure',
  'data_integrity_failure',
  'forward_deployment_failure',
  'user_blocked',
  'project_deleted',
  'ci_quota_exceeded',
  'pipeline_loop_detected',
  'no_matching_runner',
  'trace_size_exceeded',
  'builds_disabled',
  'environment_creation_failure',
  'deployment_rejected',
  'failed_outdated_deployment_job',
  'job_execution_server_timeout',
  'stuck_pending_with_matching_runners',
  'stuck_pending_no_matching_runners',
  'no_updates_running',
  'no_updates_canceling',
  'server_timeout_running',
  'server_timeout_canceling',
  'runner_configuration_error',
  'runner_external_dependency_failure',
  'runner_interrupted',
  'protected_environment_failure',
  'insufficient_bridge_permissions',
  'downstream_bridge_project_not_found',
  'invalid_bridge_trigger',
  'downstream_pipeline_creation_failed',
  'secrets_provider_not_found',
  'reached_max_descendant_pipelines_depth',
  'job_token_expired',
] as const;

export type JobFailureReason = (typeof JOB_FAILURE_REASONS)[number];

/** Why a pipeline could not be made; the two `filtered_*` are never stored. */
export type PipelineFailureReason =
  | 'unknown_failure'
  | 'config_error'
  | 'size_limit_exceeded'
  | 'job_activity_limit_exceeded'
  | 'user_not_verified'
  | 'project_deleted'
  | 'filtered_by_rules'
  | 'filtered_by_workflow_rules';
