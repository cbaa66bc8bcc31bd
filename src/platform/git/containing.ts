import { isSha } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { runGit } from './run-git.ts';

/** The refs below a prefix (`refs/merge-requests/`) with that commit in their history. */
export const listRefsContaining = async (
  repository: Repository,
  prefix: `refs/${string}/`,
  sha: string,
): Promise<readonly string[]> => {
  if (!isSha(sha)) throw new Error('not a sha');
  const { stdout } = await runGit(repository.path, [
    'for-each-ref',
    `--contains=${sha}`,
    '--format=%(refname)',
    '--',
    prefix,
  ]);
  return stdout.toString('utf8').split('\n').filter(Boolean);
};

/** Those of these commits that have `sha` in their history, or are it; one walk for all. Commits that are not there have not. */
export const selectContaining = async (
  repository: Repository,
  sha: string,
  commits: readonly string[],
): Promise<ReadonlySet<string>> => {
  if (![sha, ...commits].every((commit) => isSha(commit))) throw new Error('not a sha');
  const wanted = new Set(commits);
  const found = new Set(wanted.has(sha) ? [sha] : []);
  if (wanted.size === found.size) return found;
  const { stdout } = await runGit(repository.path, ['rev-list', '--ancestry-path', '--ignore-missing', '--stdin'], {
    input: `${[...wanted].join('\n')}\n^${sha}\n`,
  });
  for (const line of stdout.toString('latin1').split('\n')) if (wanted.has(line)) found.add(line);
  return found;
};
