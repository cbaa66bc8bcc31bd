import { boolean, enumeration, integer, type Params, string } from '../../../http/index.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import { VISIBILITIES } from '../../groups/index.ts';
import { MERGE_METHODS, SQUASH_OPTIONS } from '../project.ts';
import type { ProjectChanges } from '../project-store.ts';
import { OVERRIDE_ROLE_NAMES } from '../variables-override.ts';

const SWITCH = ['enabled', 'disabled'] as const;

/** Settings that may be given with `POST /projects` and `PUT /projects/:id`. */
export const settingParams = {
  description: string({ nullable: true }),
  visibility: enumeration(VISIBILITIES),
  default_branch: string(),
  ci_config_path: string({ nullable: true }),
  build_timeout: integer({ description: 'Seconds' }),
  ci_default_git_depth: integer(),
  build_git_strategy: enumeration(['fetch', 'clone']),
  builds_access_level: enumeration(['disabled', 'private', 'enabled']),
  jobs_enabled: boolean({ description: 'Older form of builds_access_level' }),
  public_jobs: boolean(),
  public_builds: boolean({ description: 'Older name of public_jobs' }),
  shared_runners_enabled: boolean(),
  auto_cancel_pending_pipelines: enumeration(SWITCH),
  keep_latest_artifact: boolean(),
  restrict_user_defined_variables: boolean({
    description: 'Older form of ci_pipeline_variables_minimum_override_role',
  }),
  ci_pipeline_variables_minimum_override_role: enumeration(OVERRIDE_ROLE_NAMES),
  ci_push_repository_for_job_token_allowed: boolean(),
  request_access_enabled: boolean(),
  merge_method: enumeration(MERGE_METHODS),
  squash_option: enumeration(SQUASH_OPTIONS),
  only_allow_merge_if_pipeline_succeeds: boolean(),
  allow_merge_on_skipped_pipeline: boolean(),
  remove_source_branch_after_merge: boolean(),
};

type SettingParams = Params<typeof settingParams>;

const overrideRoleOf = (params: SettingParams): ProjectChanges['variablesOverrideRole'] => {
  if (params.ci_pipeline_variables_minimum_override_role !== undefined) {
    return params.ci_pipeline_variables_minimum_override_role;
  }
  if (params.restrict_user_defined_variables === undefined) return undefined;
  return params.restrict_user_defined_variables ? 'maintainer' : 'developer';
};

const buildsEnabledOf = (params: SettingParams): boolean | undefined =>
  params.builds_access_level === undefined ? params.jobs_enabled : params.builds_access_level !== 'disabled';

/** Blank stands for "as if it was never set". */
const presence = (text: string | null | undefined): string | null | undefined => (text === '' ? null : text);

/** Every absent one falls away, so that nothing is written that was not asked for. */
export const changesOf = (params: SettingParams): ProjectChanges => {
  const wanted = {
    description: params.description,
    visibility: params.visibility,
    defaultBranch: params.default_branch === '' ? undefined : params.default_branch,
    ciConfigPath: presence(params.ci_config_path),
    buildTimeout: params.build_timeout,
    ciDefaultGitDepth: params.ci_default_git_depth,
    buildGitStrategy: params.build_git_strategy,
    buildsEnabled: buildsEnabledOf(params),
    publicJobs: params.public_jobs ?? params.public_builds,
    sharedRunnersEnabled: params.shared_runners_enabled,
    autoCancelPendingPipelines:
      params.auto_cancel_pending_pipelines === undefined
        ? undefined
        : params.auto_cancel_pending_pipelines === 'enabled',
    keepLatestArtifact: params.keep_latest_artifact,
    variablesOverrideRole: overrideRoleOf(params),
    jobTokenPushAllowed: params.ci_push_repository_for_job_token_allowed,
    requestAccessEnabled: params.request_access_enabled,
    mergeMethod: params.merge_method,
    squashOption: params.squash_option,
    onlyAllowMergeIfPipelineSucceeds: params.only_allow_merge_if_pipeline_succeeds,
    allowMergeOnSkippedPipeline: params.allow_merge_on_skipped_pipeline,
    removeSourceBranchAfterMerge: params.remove_source_branch_after_merge,
  };
  return withoutAbsent(wanted);
};
