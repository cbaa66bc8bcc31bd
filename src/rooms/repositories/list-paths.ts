import {
  findCommitSha,
  findMergeBase,
  isSha,
  listChangedPaths,
  listFilePaths,
  ZERO_SHA,
} from '../../platform/git/index.ts';
import { type HasRepository, type RepositoryDeps, repositoryOf } from './repositories.ts';

/** The path of every file at a commit (40 digits). Kept by sha. Throws when the commit is not there. */
export const listPaths = async (
  deps: RepositoryDeps,
  project: HasRepository,
  sha: string,
): Promise<readonly string[]> => {
  const key = `${project.id}:${sha}`;
  const known = deps.pathCache.find(key);
  if (known !== undefined) return known;
  const paths = await listFilePaths(repositoryOf(deps, project), sha);
  deps.pathCache.keep(key, paths);
  return paths;
};

/** What changed: since a push's old commit, or since the merge base with a ref. */
export type ChangeRange =
  | { readonly beforeSha: string; readonly sha: string }
  | {
      /** Branch, tag, full ref or sha. */
      readonly compareTo: string;
      readonly sha: string;
    };

/**
 * The paths that differ, both names of a renamed file. Undefined when there is nothing to compare with (zeros, a commit that is gone,
 * unrelated histories): `rules:changes` then holds. `'invalid_ref'` when `compareTo` leads to no commit.
 */
export const changedPaths = async (
  deps: RepositoryDeps,
  project: HasRepository,
  range: ChangeRange,
): Promise<readonly string[] | 'invalid_ref' | undefined> => {
  const repository = repositoryOf(deps, project);
  if ('beforeSha' in range) {
    return range.beforeSha === ZERO_SHA ? undefined : listChangedPaths(repository, range.beforeSha, range.sha);
  }
  const found = await findCommitSha(repository, range.compareTo);
  if (found === undefined) return 'invalid_ref';
  const base = await findMergeBase(repository, found, isSha(range.sha) ? range.sha : '');
  return base === undefined ? undefined : listChangedPaths(repository, base, range.sha);
};
