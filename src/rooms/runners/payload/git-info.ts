import type { GitInfo } from '../../../wire/runner-protocol.ts';
import type { Job, Pipeline } from '../../pipelines/index.ts';
import type { Project } from '../../projects/index.ts';

export interface GitFacts {
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly job: Job;
  readonly token: string;
  /** `https://host/root` without a trailing slash. */
  readonly externalUrl: string;
  /** The job's `GIT_DEPTH`, as text; undefined when it is not set. */
  readonly gitDepth: string | undefined;
  /** Whether branch or tag are still there: a refspec of a ref that is gone would fail the whole fetch. */
  readonly refExists: boolean;
}

/** `https://gitlab-ci-token:<token>@host/path.git`. */
export function repositoryUrl(externalUrl: string, fullPath: string, token: string): string {
  const url = new URL(`${externalUrl}/${fullPath}.git`);
  url.username = 'gitlab-ci-token';
  url.password = token;
  return url.href;
}

/** `GIT_DEPTH` where it is a number, else the project's setting; 0 = the whole history. */
export const depthOf = (gitDepth: string | undefined, project: Project): number =>
  gitDepth !== undefined && /^\d{1,9}$/.test(gitDepth.trim()) ? Number(gitDepth) : project.ciDefaultGitDepth;

/**
 * What to fetch. The commit itself is asked for by its sha (the server allows that) into GitLab's `refs/pipelines/<id>`,
 * so the job also runs after its branch has moved on or is gone.
 */
export function gitInfo(facts: GitFacts): GitInfo {
  const { pipeline, project } = facts;
  const depth = depthOf(facts.gitDepth, project);
  return {
    repo_url: repositoryUrl(facts.externalUrl, project.fullPath, facts.token),
    repo_object_format: 'sha1',
    ref: pipeline.ref,
    sha: pipeline.sha,
    before_sha: pipeline.beforeSha,
    ref_type: pipeline.tag ? 'tag' : 'branch',
    refspecs: [`+${pipeline.sha}:refs/pipelines/${pipeline.id}`, ...refRefspecs(facts, depth)],
    depth,
    protected: facts.job.protected,
  };
}

function refRefspecs(facts: GitFacts, depth: number): readonly string[] {
  const { ref, tag } = facts.pipeline;
  if (depth === 0) return ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  // The pipeline of a merge request is on no branch of its own: its commit suffices.
  if (!facts.refExists) return [];
  return [tag ? `+refs/tags/${ref}:refs/tags/${ref}` : `+refs/heads/${ref}:refs/remotes/origin/${ref}`];
}
