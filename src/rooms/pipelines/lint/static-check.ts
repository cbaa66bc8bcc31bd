import { type LintResult, lint, type Variable } from '../../../ci-lang/index.ts';
import type { User } from '../../accounts/index.ts';
import { type Project, type Role, userCan } from '../../projects/index.ts';
import { type Commit, NO_SHA, type ResolvedRef } from '../../repositories/index.ts';
import {
  findVariableShelves,
  pickVariables,
  pipelineVariables,
  projectVariables,
  userVariables,
} from '../../variables/index.ts';
import { commitFacts } from '../commit-facts.ts';
import { compileHost } from '../create/config-source/compile-host.ts';
import type { PrepareDeps } from '../create/prepare-creation.ts';
import { judgeRef } from '../create/protected-ref.ts';

export interface StaticCheck {
  readonly project: Project;
  /** Undefined: nobody is signed in. */
  readonly user: User | undefined;
  readonly role: Role | undefined;
  readonly content: string;
  /** Whose files are included; undefined in an empty repository. */
  readonly commit: Commit | undefined;
  /** The branch that the commit stands for, if any. */
  readonly branch: ResolvedRef | undefined;
}

/**
 * GitLab's static check of a text, as if it stood in a commit of the project. Protected variables, and the names of the
 * branch, count only for those who may push there.
 */
export async function checkStatically(deps: PrepareDeps, check: StaticCheck): Promise<LintResult> {
  const { project, user, commit, content } = check;
  const branch = await writableBranch(deps, check);
  const shelves = await findVariableShelves(deps, project);
  const below = [...projectVariables(deps.server, project), ...commitVariables(commit, branch)];
  const above = [
    ...(user === undefined ? [] : userVariables(user)),
    ...pickVariables(shelves, { protectedRef: branch?.protected === true }),
  ];
  const scope = { below, above };
  const sha = commit?.sha ?? NO_SHA;
  const host = compileHost(deps, { project, user, source: 'push', sha, tag: false, beforeSha: NO_SHA });
  const input = {
    content,
    unnamed: true,
    path: '.gitlab-ci.yml',
    inputs: {},
    facts: { source: 'push' as const, ref: branch?.name ?? '', tag: false },
    variables: { pipeline: scope, forJob: () => scope },
  };
  return lint(input, commit === undefined ? { ...host, ...NO_FILES } : host);
}

/** An empty repository. */
const NO_FILES = {
  readLocalFile: () => Promise.resolve(undefined),
  listFiles: () => Promise.resolve([]),
};

interface WritableBranch {
  readonly name: string;
  readonly protected: boolean;
}

const writableBranch = async (
  deps: PrepareDeps,
  { project, user, role, branch }: StaticCheck,
): Promise<WritableBranch | undefined> => {
  if (branch === undefined || user === undefined || !userCan(user, 'push_code', project, role)) return undefined;
  const verdict = await judgeRef(deps.db, project, { user, role }, branch);
  return verdict.allowed ? { name: branch.name, protected: verdict.protected } : undefined;
};

const OF_THE_BRANCH = ['CI_COMMIT_BRANCH', 'CI_COMMIT_REF_NAME', 'CI_COMMIT_REF_SLUG', 'CI_COMMIT_REF_PROTECTED'];

/** There is no pipeline, so it has no source. */
const commitVariables = (commit: Commit | undefined, branch: WritableBranch | undefined): readonly Variable[] => {
  if (commit === undefined) return [];
  const unknown = ['CI_PIPELINE_SOURCE', ...(branch === undefined ? OF_THE_BRANCH : [])];
  return pipelineVariables({
    source: 'push',
    ref: branch?.name ?? '',
    tag: false,
    sha: commit.sha,
    beforeSha: NO_SHA,
    protected: branch?.protected === true,
    commit: commitFacts(commit, undefined),
  }).filter(({ key }) => !unknown.includes(key));
};
