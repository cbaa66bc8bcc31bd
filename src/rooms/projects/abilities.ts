import type { Project, VariablesOverrideRole } from './project.ts';
import { ROLES, type Role } from './role.ts';

/**
 * Whom a right reaches beyond the roles: `visible` = whoever the project's visibility lets in, `code` = the same, and on
 * a private project from planner on; `jobs` = as `visible` while "public pipelines" is on.
 */
type Open = 'visible' | 'jobs' | 'code';

export interface AbilityRule {
  /** Lowest role that has it; null = nobody, whoever asks. */
  readonly role: Role | null | ((project: Project) => Role | null);
  readonly open?: Open;
  /** Gone while the project is archived. */
  readonly frozen?: true;
  /** Gone while CI/CD is switched off. */
  readonly ci?: true;
  /** Needs a confirmed e-mail address. */
  readonly confirmed?: true;
  /** What a job token of a project outside the allowlist keeps on a public or internal project. */
  readonly jobTokenKeeps?: true;
}

const { guest, planner, reporter, developer, maintainer, owner } = ROLES;

const OVERRIDE_ROLES: Readonly<Record<VariablesOverrideRole, Role | null>> = {
  developer,
  maintainer,
  owner,
  no_one_allowed: null,
};

const jobsReader = (project: Project): Role => (project.publicJobs ? guest : reporter);

/** GitLab's permission matrix: each ability with the lowest role that has it. The only place that says so. */
export const ABILITIES = {
  read_project: { role: guest, open: 'visible', jobTokenKeeps: true },
  admin_project: { role: maintainer },
  change_visibility_level: { role: owner },
  archive_project: { role: owner },
  change_namespace: { role: owner },
  remove_project: { role: owner },
  read_member: { role: guest, open: 'visible' },
  admin_member: { role: maintainer },
  manage_access_tokens: { role: maintainer },
  manage_deploy_tokens: { role: maintainer },

  download_code: { role: planner, open: 'code', jobTokenKeeps: true },
  push_code: { role: developer, frozen: true },
  create_branch: { role: developer, frozen: true },
  delete_protected_branch: { role: maintainer, frozen: true },
  create_tag: { role: developer, frozen: true },
  admin_protected_refs: { role: maintainer },
  read_commit_status: { role: jobsReader, open: 'jobs', jobTokenKeeps: true },
  create_commit_status: { role: developer, frozen: true },

  read_merge_request: { role: planner, open: 'code', jobTokenKeeps: true },
  create_merge_request_from: { role: developer, frozen: true },
  create_merge_request_in: { role: reporter, open: 'code', frozen: true },
  destroy_merge_request: { role: owner, frozen: true },

  read_pipeline: { role: jobsReader, open: 'jobs' },
  create_pipeline: { role: developer, frozen: true, confirmed: true },
  update_pipeline: { role: developer, frozen: true, confirmed: true },
  cancel_pipeline: { role: developer, frozen: true, confirmed: true },
  destroy_pipeline: { role: owner, frozen: true },
  /** Pipelines add: whoever started the pipeline. */
  read_pipeline_variable: { role: maintainer },
  /** Our own: why requests for a pipeline came to nothing. */
  read_refusal: { role: developer },
  set_pipeline_variables: { role: (project) => OVERRIDE_ROLES[project.variablesOverrideRole], frozen: true },

  read_build: { role: jobsReader, open: 'jobs', ci: true, jobTokenKeeps: true },
  read_job_artifacts: { role: jobsReader, open: 'jobs', ci: true, jobTokenKeeps: true },
  /** Logs with CI_DEBUG_TRACE, and artifacts of `artifacts:access: developer`. */
  read_protected_job_output: { role: developer, ci: true },
  /** Artifacts of `artifacts:access: maintainer`. */
  read_maintainer_artifacts: { role: maintainer, ci: true },
  update_build: { role: developer, ci: true, frozen: true },
  cancel_build: { role: developer, ci: true, frozen: true },
  force_cancel_build: { role: maintainer, ci: true, frozen: true },
  /** Pipelines add: a developer may erase what they triggered themselves on an unprotected ref. */
  erase_build: { role: maintainer, ci: true, frozen: true },
  destroy_job_artifacts: { role: maintainer, ci: true, frozen: true },

  admin_build: { role: maintainer, ci: true, frozen: true },
  manage_trigger: { role: maintainer, ci: true, frozen: true },
  /** Triggers add: the token's owner, or an administrator. */
  admin_trigger: { role: maintainer, ci: true, frozen: true },
  admin_cicd_variables: { role: maintainer, ci: true },
  admin_runners: { role: maintainer },
  read_runners: { role: maintainer },

  read_pipeline_schedule: { role: jobsReader, open: 'jobs', ci: true },
  create_pipeline_schedule: { role: developer, ci: true, frozen: true, confirmed: true },
  play_pipeline_schedule: { role: developer, ci: true, frozen: true, confirmed: true },
  /** Schedules add: its owner, from developer on. */
  update_pipeline_schedule: { role: developer, ci: true, frozen: true },
  admin_pipeline_schedule: { role: maintainer, ci: true, frozen: true },

  read_environment: { role: reporter, open: 'code', ci: true, jobTokenKeeps: true },
  create_environment: { role: developer, ci: true, frozen: true },
  update_environment: { role: developer, ci: true, frozen: true },
  stop_environment: { role: developer, ci: true, frozen: true },
  destroy_environment: { role: developer, ci: true, frozen: true },
  read_deployment: { role: reporter, open: 'code', ci: true, jobTokenKeeps: true },
  create_deployment: { role: developer, ci: true, frozen: true },
  update_deployment: { role: developer, ci: true, frozen: true },

  read_release: { role: guest, open: 'visible', jobTokenKeeps: true },
  create_release: { role: developer, frozen: true },
  update_release: { role: developer, frozen: true },
  destroy_release: { role: developer, frozen: true },

  admin_hook: { role: maintainer },
} as const satisfies Readonly<Record<string, AbilityRule>>;

/** Every right over a project that a guard or a verb can ask for. */
export type Ability = keyof typeof ABILITIES;

export const ruleOf = (ability: Ability): AbilityRule => ABILITIES[ability];
