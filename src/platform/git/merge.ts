import { isSha } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { runGit } from './run-git.ts';
import { skipOption } from './skip-option.ts';

export type MergedTree =
  | { readonly kind: 'merged'; readonly treeSha: string }
  /** The paths that git could not merge. */
  | { readonly kind: 'conflict'; readonly paths: readonly string[] }
  /** The two histories have nothing in common. */
  | { readonly kind: 'unrelated' };

/** What a merge of two commits comes to, as a tree in the repository. No ref moves. Throws when a commit is not there. */
export const mergeTrees = async (repository: Repository, ours: string, theirs: string): Promise<MergedTree> => {
  if (!isSha(ours) || !isSha(theirs)) throw new Error('not a sha');
  const { code, stdout, stderr } = await runGit(
    repository.path,
    ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs],
    { answers: [1, 128] },
  );
  if (code === 128) {
    if (/unrelated histories/.test(stderr)) return { kind: 'unrelated' };
    throw new Error(`git merge-tree ended with 128: ${stderr.trim().slice(0, 2000)}`);
  }
  const [treeSha = '', ...paths] = stdout.toString('utf8').split('\0');
  return code === 0 ? { kind: 'merged', treeSha: treeSha.trim() } : { kind: 'conflict', paths: paths.filter(Boolean) };
};

/** The commits that `head` has and `base` has not, newest first. */
export const listCommitsBetween = async (
  repository: Repository,
  base: string | undefined,
  head: string,
  options: {
    readonly skip?: number;
    readonly limit?: number;
    readonly order?: 'default' | 'oldest';
    readonly mergesOnPath?: boolean;
  } = {},
): Promise<readonly string[]> => {
  if (!isSha(head) || (base !== undefined && !isSha(base))) throw new Error('not a sha');
  const { skip = 0, limit, order = 'default', mergesOnPath = false } = options;
  const { stdout } = await runGit(repository.path, [
    'rev-list',
    ...(skip === 0 ? [] : [skipOption(skip)]),
    ...(limit === undefined ? [] : [`--max-count=${Math.trunc(limit)}`]),
    ...(order === 'oldest' ? ['--topo-order', '--reverse'] : []),
    ...(mergesOnPath ? ['--merges', '--ancestry-path'] : []),
    head,
    ...(base === undefined ? [] : [`^${base}`]),
    '--',
  ]);
  return stdout.toString('utf8').split('\n').filter(Boolean);
};

/** How many commits `head` has that `base` has not. */
export const countCommitsBetween = async (
  repository: Repository,
  base: string | undefined,
  head: string,
): Promise<number> => {
  if (!isSha(head) || (base !== undefined && !isSha(base))) throw new Error('not a sha');
  const exclude = base === undefined ? [] : [`^${base}`];
  const { stdout } = await runGit(repository.path, ['rev-list', '--count', head, ...exclude, '--']);
  return Number(stdout.toString('latin1').trim());
};
