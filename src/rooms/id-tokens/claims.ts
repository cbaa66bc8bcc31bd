import type { User } from '../accounts/index.ts';
import type { Environment } from '../environments/index.ts';
import type { Job, Pipeline } from '../pipelines/index.ts';
import type { Project, Role } from '../projects/index.ts';
import { configRefUri } from '../variables/index.ts';

/** What a token says of its job. */
export interface IdTokenFacts {
  /** `https://host/root`, no trailing slash: the issuer. */
  readonly externalUrl: string;
  readonly project: Project;
  readonly pipeline: Pipeline;
  /** Short name of branch or tag; of a merge request's pipeline the source branch. */
  readonly sourceRef: string;
  readonly job: Job;
  readonly user: User;
  /** Of the user in the project. */
  readonly role: Role | undefined;
  readonly environment: Environment | undefined;
  /** `environment:action`. */
  readonly environmentAction: string | undefined;
  readonly runnerId: number | undefined;
}

/** GitLab's words, in small letters. */
const ROLE_NAMES: Readonly<Partial<Record<number, string>>> = {
  5: 'minimal access',
  10: 'guest',
  15: 'planner',
  20: 'reporter',
  30: 'developer',
  40: 'maintainer',
  50: 'owner',
};

/**
 * GitLab's claims beside the registered ones. Numbers are texts, but for `runner_id`. Left out, as GitLab does without
 * their features: `groups_direct`, `user_identities`.
 */
export function claimsOf(facts: IdTokenFacts): Readonly<Record<string, string | number | null>> {
  const { externalUrl, project, pipeline, sourceRef, job, user, environment, runnerId } = facts;
  const { namespace } = project;
  const refPath = `refs/${pipeline.tag ? 'tags' : 'heads'}/${sourceRef}`;
  return {
    project_id: String(project.id),
    project_path: project.fullPath,
    namespace_id: String(namespace.id),
    namespace_path: namespace.fullPath,
    user_id: String(user.id),
    user_login: user.username,
    user_email: user.email,
    user_access_level: facts.role === undefined ? null : (ROLE_NAMES[facts.role] ?? null),
    // The project that runs the job; the others change to a fork's in pipelines of its merge requests.
    job_project_id: String(project.id),
    job_project_path: project.fullPath,
    job_namespace_id: String(namespace.id),
    job_namespace_path: namespace.fullPath,
    pipeline_id: String(pipeline.id),
    pipeline_source: pipeline.source,
    job_id: String(job.id),
    ref: sourceRef,
    ref_type: pipeline.tag ? 'tag' : 'branch',
    ref_path: refPath,
    ref_protected: String(job.protected),
    ...(environment !== undefined && {
      environment: environment.name,
      environment_protected: 'false',
      deployment_tier: environment.tier,
      environment_action: facts.environmentAction ?? 'start',
    }),
    ...(runnerId !== undefined && { runner_id: runnerId, runner_environment: 'self-hosted' }),
    sha: pipeline.sha,
    project_visibility: project.visibility,
    ci_config_ref_uri: configRefUri({ externalUrl }, project, { ref: sourceRef, tag: pipeline.tag }),
    ci_config_sha: pipeline.sha,
  };
}

/** `project_path:group/project:ref_type:branch:ref:main`. */
export const subjectOf = ({ project, pipeline, sourceRef }: IdTokenFacts): string =>
  `project_path:${project.fullPath}:ref_type:${pipeline.tag ? 'tag' : 'branch'}:ref:${sourceRef}`;
