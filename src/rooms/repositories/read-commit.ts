import { notFound } from '../../kit/errors.ts';
import * as git from '../../platform/git/index.ts';
import { type HasRepository, type RepositoryDeps, repositoryOf } from './repositories.ts';

/** The commit that a sha (also shortened), branch, tag, `HEAD` or `main~2` leads to; undefined when there is none. */
export const findCommit = async (
  deps: RepositoryDeps,
  project: HasRepository,
  revision: string,
): Promise<git.Commit | undefined> => {
  const repository = repositoryOf(deps, project);
  const sha = git.isSha(revision) ? revision : await git.findCommitSha(repository, revision);
  return sha === undefined ? undefined : git.findCommit(repository, sha);
};

/** The same; throws 404 `404 Commit Not Found`. */
export const getCommit = async (
  deps: RepositoryDeps,
  project: HasRepository,
  revision: string,
): Promise<git.Commit> => {
  const commit = await findCommit(deps, project, revision);
  if (commit === undefined) throw notFound('Commit');
  return commit;
};

/** The commits of these shas, in order; those that are gone are left out. */
export const findCommitsByShas = (
  deps: RepositoryDeps,
  project: HasRepository,
  shas: readonly string[],
): Promise<readonly git.Commit[]> => git.readCommits(repositoryOf(deps, project), shas);
