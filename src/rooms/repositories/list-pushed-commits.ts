import {
  type Commit,
  findCommit,
  listNewCommits,
  listPathChanges,
  type PathChange,
  readCommits,
} from '../../platform/git/index.ts';
import { NO_SHA } from './pushed.ts';
import { type HasRepository, type RepositoryDeps, repositoryOf } from './repositories.ts';
import { headOf } from './resolve-ref.ts';

export interface PushedCommit {
  readonly commit: Commit;
  /** Empty where all of them together are too many to tell. */
  readonly changes: readonly PathChange[];
}

export interface PushedCommits {
  /** The newest, oldest first. */
  readonly newest: readonly PushedCommit[];
  readonly total: number;
}

/** Bytes of paths of one push: GitLab sends no body of more than 25 MB. */
const MOST_PATHS = 8 * 1024 * 1024;

const NONE: PushedCommits = { newest: [], total: 0 };
const BRANCH = 'refs/heads/';

/**
 * GitLab's answer to what a push brought. A branch that moved: what its old head did not have. A new branch: what the
 * default branch has not; a new default branch: all. A tag: its commit. Nothing for what was deleted or is gone.
 */
export const listPushedCommits = async (
  deps: RepositoryDeps,
  project: HasRepository & { readonly defaultBranch: string },
  push: { readonly ref: string; readonly before: string; readonly after: string },
  limit: number,
): Promise<PushedCommits> => {
  const repository = repositoryOf(deps, project);
  const { ref, before, after } = push;
  if (after === NO_SHA) return NONE;
  if (!ref.startsWith(BRANCH)) {
    const commit = await findCommit(repository, after);
    if (commit === undefined) return NONE;
    const [changes = []] = (await listPathChanges(repository, [commit], MOST_PATHS)) ?? [];
    return { newest: [{ commit, changes }], total: 1 };
  }
  const since = before === NO_SHA ? await sinceOfNewBranch(deps, project, ref) : before;
  const range = since === undefined ? { after } : { after, before: since };
  const found = await listNewCommits(repository, range, limit);
  if (found === undefined) return NONE;
  const commits = await readCommits(repository, found.shas);
  const changes = (await listPathChanges(repository, commits, MOST_PATHS)) ?? [];
  return { newest: commits.map((commit, index) => ({ commit, changes: changes[index] ?? [] })), total: found.total };
};

const sinceOfNewBranch = async (
  deps: RepositoryDeps,
  project: HasRepository & { readonly defaultBranch: string },
  ref: string,
): Promise<string | undefined> =>
  ref === `${BRANCH}${project.defaultBranch}` ? undefined : headOf(deps, project, project.defaultBranch);
