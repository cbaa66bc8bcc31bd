/**
 * GitLab's runner protocol: every body and header that a runner and the server exchange under `/api/v4`.
 * Field names are GitLab's. The official gitlab-runner decodes the job type-strictly and all or nothing: one wrong
 * type (a number where a string stands below) makes it drop the whole job, so the server builds these from typed code.
 */

/** Header names as GitLab spells them. Compare without regard to case: Go sends `Job-Token`. */
export const RUNNER_HEADERS = {
  runnerToken: 'RUNNER-TOKEN',
  jobToken: 'JOB-TOKEN',
  requestId: 'X-Request-Id',
  /** Queue cursor, on 204 of jobs/request; the runner sends it back as `last_update`. */
  lastUpdate: 'X-GitLab-Last-Update',
  /** Present status of the job, on every answer to PUT and PATCH. */
  jobStatus: 'Job-Status',
  /** Whole seconds until the next PATCH or keep-alive. */
  traceUpdateInterval: 'X-GitLab-Trace-Update-Interval',
  /** On 202 and 416 of PATCH trace: `0-<stored bytes>`; the second number is the next expected offset. */
  range: 'Range',
  /** On PATCH trace: `<first>-<last>`, last inclusive, no unit, no total. */
  contentRange: 'Content-Range',
  retryAfter: 'Retry-After',
  /** RFC 1123 date; wins over Retry-After. */
  rateLimitReset: 'RateLimit-ResetTime',
} as const;

/** Every boolean of `info.features`, in the order in which gitlab-runner 19.4 sends them. */
export const RUNNER_FEATURE_NAMES = [
  'variables',
  'image',
  'services',
  'artifacts',
  'cache',
  'fallback_cache_keys',
  'shared',
  'upload_multiple_artifacts',
  'upload_raw_artifacts',
  'session',
  'terminal',
  'refspecs',
  'masking',
  'proxy',
  'raw_variables',
  'artifacts_exclude',
  'multi_build_steps',
  'trace_reset',
  'trace_checksum',
  'trace_size',
  'vault_secrets',
  'cancelable',
  'return_exit_code',
  'service_variables',
  'service_multiple_aliases',
  'image_executor_opts',
  'service_executor_opts',
  'cancel_gracefully',
  'native_steps_integration',
  'two_phase_job_commit',
  'job_inputs',
] as const;

export type RunnerFeature = (typeof RUNNER_FEATURE_NAMES)[number];

/** A missing key means false. */
export type RunnerFeatures = Readonly<Partial<Record<RunnerFeature, boolean>>>;

/** `info` of register, verify, jobs/request and job PUT. */
export interface RunnerInfo {
  readonly name?: string;
  readonly version?: string;
  readonly revision?: string;
  readonly platform?: string;
  readonly architecture?: string;
  readonly executor?: string;
  readonly shell?: string;
  readonly features?: RunnerFeatures;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Body of `POST /jobs/request`. Answers: 201 `JobPayload`, 204 with a cursor, 403 dead token, 409 lost a race. */
export interface JobRequestBody {
  readonly token: string;
  /** `s_` or `r_` and 12 alphanumerics: tells apart the processes that share one token. */
  readonly system_id?: string;
  /** The cursor of the last answer; absent on the first poll. */
  readonly last_update?: string;
  readonly info?: RunnerInfo;
  readonly session?: Readonly<Record<string, unknown>>;
}

export interface JobVariable {
  readonly key: string;
  /** Always a string, also for numbers and booleans. */
  readonly value: string;
  readonly public: boolean;
  readonly masked: boolean;
  /** The value goes to a file and the variable holds its path. GitLab omits it when false. */
  readonly file?: boolean;
  /** No `$` expansion in the value. GitLab omits it when false. */
  readonly raw?: boolean;
}

export interface JobInfo {
  readonly id?: number;
  readonly name: string;
  readonly stage: string;
  readonly pipeline_id?: number;
  readonly project_id: number;
  readonly project_name: string;
  readonly project_full_path?: string;
  readonly namespace_id?: number;
  readonly root_namespace_id?: number;
  readonly organization_id?: number;
  readonly instance_id?: string;
  readonly instance_uuid?: string;
  readonly user_id?: number;
  readonly scoped_user_id?: number | null;
  /** The only number of the payload that may have a fraction. */
  readonly time_in_queue_seconds?: number;
  /** A string such as `0`, `5+` or `+Inf`; a number breaks decoding. */
  readonly project_jobs_running_on_instance_runners_count?: string;
  readonly queue_size?: number;
  readonly queue_depth?: number;
}

export interface GitInfo {
  /** With credentials: `http://gitlab-ci-token:<job token>@host/path.git`. */
  readonly repo_url: string;
  readonly repo_object_format?: 'sha1' | 'sha256';
  readonly ref: string;
  /** 40 or 64 hex digits; fewer than 8 characters make the official runner panic. */
  readonly sha: string;
  readonly before_sha?: string;
  readonly ref_type?: 'branch' | 'tag';
  /** Passed to `git fetch` as they are: each must exist in the repository. */
  readonly refspecs: readonly string[];
  /** 0 = the whole history. The only source of the depth: the runner does not read `GIT_DEPTH`. */
  readonly depth: number;
  readonly protected?: boolean | null;
}

/** One script of the job. `before_script` and `script` are one step `script`; `after_script` has its own. */
export interface JobStep {
  readonly name: string;
  readonly script: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
  readonly when?: 'on_success' | 'always';
  readonly allow_failure?: boolean;
}

export type ArtifactWhen = 'on_success' | 'on_failure' | 'always';
export type ArtifactFormat = 'zip' | 'gzip' | 'raw';

export interface JobArtifact {
  /** File name without extension for an archive; the runner expands variables in it. */
  readonly name?: string | null;
  readonly untracked?: boolean;
  readonly paths?: readonly string[];
  readonly exclude?: readonly string[];
  readonly when?: ArtifactWhen | '';
  /** Text such as `1 week`, never a number. */
  readonly expire_in?: string | null;
  readonly artifact_type?: string;
  readonly artifact_format?: ArtifactFormat;
}

export interface JobCache {
  readonly key: string;
  readonly untracked?: boolean;
  readonly policy?: string;
  readonly paths?: readonly string[];
  readonly when?: ArtifactWhen | '';
  readonly fallback_keys?: readonly string[];
}

/** A job whose artifacts are downloaded before the script. Without `artifacts_file` the entry is skipped. */
export interface JobDependency {
  readonly id: number;
  readonly name: string;
  /** Goes into the JOB-TOKEN header of the download (GitLab: the running job's own token). */
  readonly token: string;
  readonly artifacts_file?: { readonly filename: string; readonly size: number } | null;
}

export interface JobFeatures {
  /** Must be true for `section_start`/`section_end` markers in the log. */
  readonly trace_sections?: boolean;
  readonly token_mask_prefixes?: readonly string[] | null;
  /** Failure reasons that the server can store; others are mapped down by the runner. */
  readonly failure_reasons?: readonly string[] | null;
}

export interface JobHook {
  readonly name: 'pre_get_sources_script' | 'post_get_sources_script';
  readonly script: readonly string[];
}

export interface JobImage {
  readonly name: string;
  readonly alias?: string;
  readonly command?: readonly string[] | null;
  readonly entrypoint?: readonly string[] | null;
  readonly pull_policy?: readonly string[] | null;
  readonly ports?: readonly never[];
  readonly executor_opts?: {
    readonly docker?: { readonly platform?: string; readonly user?: string };
    readonly kubernetes?: { readonly user?: string | number };
  };
  /** Services only. */
  readonly variables?: readonly { readonly key: string; readonly value: string }[];
}

export interface JobCredential {
  readonly type: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** Where the runner fetches the value of a variable. Texts may hold variables of the job, which the runner expands. */
export interface VaultSecret {
  readonly server: {
    readonly url: string;
    /** Vault Enterprise; empty or absent: the root namespace. */
    readonly namespace?: string;
    /** `POST <url>/v1/auth/<path>/login` with `data`. */
    readonly auth: {
      readonly name: string;
      readonly path: string;
      readonly data: Readonly<Record<string, string>>;
    };
  };
  /** `kv-v1`, `kv-v2` or `generic`, and where it is mounted. */
  readonly engine: { readonly name: string; readonly path: string };
  readonly path: string;
  readonly field: string;
}

export interface JobSecret {
  /** Absent: of another provider. */
  readonly vault?: VaultSecret;
  /** Default true: the value goes to a file. */
  readonly file?: boolean;
}

/** Body of the 201 of `POST /jobs/request`. There is deliberately no `run` key: null in it breaks the official runner. */
export interface JobPayload {
  readonly id: number;
  readonly token: string;
  /** Default of GIT_STRATEGY: true = fetch, false = clone. */
  readonly allow_git_fetch: boolean;
  readonly job_info: JobInfo;
  readonly git_info: GitInfo;
  /** `timeout` in whole seconds; missing or 0 = 7200. */
  readonly runner_info: {
    readonly timeout: number;
    readonly uuid?: string;
    readonly runner_session_url?: string | null;
  };
  /** Later entries with the same key win. */
  readonly variables: readonly JobVariable[];
  /** Empty means that the job does nothing and succeeds: the server must not send it so. */
  readonly steps: readonly JobStep[];
  readonly hooks?: readonly JobHook[];
  readonly image?: JobImage | null;
  readonly services?: readonly JobImage[];
  readonly artifacts?: readonly JobArtifact[] | null;
  readonly cache?: readonly JobCache[] | null;
  readonly credentials?: readonly JobCredential[] | null;
  readonly dependencies?: readonly JobDependency[] | null;
  readonly features: JobFeatures;
  /** By the name of their variable; resolved before anything else. */
  readonly secrets?: Readonly<Record<string, JobSecret>> | null;
}

/** Failure reasons that a runner sends. A server takes any string and stores unknown ones as `unknown_failure`. */
export const RUNNER_FAILURE_REASONS = [
  'script_failure',
  'runner_system_failure',
  'job_execution_timeout',
  'image_pull_failure',
  'unknown_failure',
  'runner_configuration_error',
  'runner_external_dependency_failure',
  'runner_interrupted',
  'job_canceled',
] as const;

export type RunnerFailureReason = (typeof RUNNER_FAILURE_REASONS)[number];

/** Body of `PUT /jobs/:id`. */
export interface JobUpdateBody {
  readonly token: string;
  readonly state: 'running' | 'success' | 'failed';
  readonly info?: RunnerInfo;
  /** Only with `failed`. */
  readonly failure_reason?: string;
  /** Old copy of `output.checksum`. */
  readonly checksum?: string;
  /** Empty object in the first PUT. `checksum` = `crc32:` and 8 hex digits over all log bytes, `bytesize` = their count. */
  readonly output?: { readonly checksum?: string; readonly bytesize?: number };
  /** Omitted when 0; -1 when the shell was killed by a signal. */
  readonly exit_code?: number;
}

/** Largest body of one PATCH trace. */
export const TRACE_CHUNK_BYTES = 1024 * 1024;
