import { type Commit, parseCommit } from './commit.ts';
import { isReadablePath } from './file-path.ts';
import { findCommitSha, findObjectContent } from './objects.ts';
import { isSha } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { runGit, TooMuchOutput } from './run-git.ts';
import { skipOption } from './skip-option.ts';

/** The commit of a sha (tags are followed), or undefined. */
export const findCommit = async (repository: Repository, sha: string): Promise<Commit | undefined> => {
  if (!isSha(sha)) return undefined;
  const answer = await findObjectContent(repository, sha);
  if (answer?.type === 'commit') return parseCommit(answer.sha, answer.content);
  if (answer?.type !== 'tag') return undefined;
  const peeled = await findCommitSha(repository, sha);
  return peeled === undefined ? undefined : findCommit(repository, peeled);
};

export interface LogOptions {
  /** Where to begin, or every branch and tag. */
  readonly from: readonly string[] | 'all';
  /** Only commits that changed this file or folder. */
  readonly path?: string;
  readonly since?: Date;
  readonly until?: Date;
  /** A part of the author's `name <email>`. */
  readonly author?: string;
  readonly firstParent?: boolean;
  readonly order?: 'default' | 'topo';
  readonly skip: number;
  readonly limit: number;
}

/** The shas of a page of history, newest first. `from` must be shas. */
export const listCommitShas = async (repository: Repository, options: LogOptions): Promise<readonly string[]> => {
  if (options.from !== 'all' && !options.from.every(isSha)) throw new Error('not a sha');
  if (options.path !== undefined && !isReadablePath(options.path)) return [];
  const optional = (condition: boolean, ...args: string[]): string[] => (condition ? args : []);
  const { stdout } = await runGit(repository.path, [
    'rev-list',
    skipOption(options.skip),
    `--max-count=${Math.trunc(options.limit)}`,
    ...optional(options.order === 'topo', '--topo-order'),
    ...optional(options.firstParent === true, '--first-parent'),
    ...(options.since === undefined ? [] : [`--max-age=${seconds(options.since)}`]),
    ...(options.until === undefined ? [] : [`--min-age=${seconds(options.until)}`]),
    ...(options.author === undefined ? [] : ['--fixed-strings', `--author=${options.author}`]),
    ...(options.from === 'all' ? ['--branches', '--tags'] : []),
    '--end-of-options',
    ...(options.from === 'all' ? [] : options.from),
    '--',
    ...(options.path === undefined ? [] : [options.path]),
  ]);
  return lines(stdout);
};

/**
 * The newest commit, from `from` (a sha) back, that changed a file that the pathspec stands for (`*.lock`: in any
 * folder); undefined when none did, or git cannot read the pathspec.
 */
export const findLastCommitOf = async (
  repository: Repository,
  from: string,
  pathspec: string,
): Promise<string | undefined> => {
  if (!isSha(from)) throw new Error('not a sha');
  if (!/^[^\u0000]+$/.test(pathspec)) return undefined;
  const { stdout } = await runGit(
    repository.path,
    ['rev-list', '--max-count=1', '--end-of-options', from, '--', pathspec],
    // A path that leaves the repository, or magic that git does not know
    { environment: { GIT_LITERAL_PATHSPECS: '0' }, answers: [128] },
  );
  return lines(stdout)[0];
};

/** The commits of these shas, in order. One that is missing (pruned meanwhile) is left out. */
export const readCommits = async (repository: Repository, shas: readonly string[]): Promise<readonly Commit[]> =>
  (await Promise.all(shas.map((sha) => findCommit(repository, sha)))).filter((commit) => commit !== undefined);

/** What one commit did to a path. A renamed file is one that was removed and one that was added. */
export interface PathChange {
  readonly kind: 'added' | 'modified' | 'removed';
  readonly path: string;
}

/**
 * What a reader of `after` finds that one of `before` did not: the newest shas, oldest first, and how many there are.
 * Undefined when one of the two is not there.
 */
export const listNewCommits = async (
  repository: Repository,
  range: { readonly after: string; readonly before?: string },
  limit: number,
): Promise<{ readonly shas: readonly string[]; readonly total: number } | undefined> => {
  const { after, before } = range;
  if (!isSha(after) || (before !== undefined && !isSha(before))) return undefined;
  const revisions = ['--end-of-options', after, ...(before === undefined ? [] : [`^${before}`]), '--'];
  const options = { answers: [128] };
  const [newest, all] = await Promise.all([
    runGit(repository.path, ['rev-list', `--max-count=${Math.trunc(limit)}`, ...revisions], options),
    runGit(repository.path, ['rev-list', '--count', ...revisions], options),
  ]);
  if (newest.code !== 0 || all.code !== 0) return undefined;
  return { shas: lines(newest.stdout).toReversed(), total: Number(all.stdout.toString('utf8').trim()) };
};

/**
 * What each of these commits changed against its first parent (the first of all: against nothing), in order. Undefined:
 * it is more than `maxBytes` of paths, which takes few objects.
 */
export const listPathChanges = async (
  repository: Repository,
  commits: readonly Commit[],
  maxBytes: number,
): Promise<readonly (readonly PathChange[])[] | undefined> => {
  if (commits.length === 0) return [];
  const input = commits.map(
    ({ sha, parentShas: [parent] }) => `${[sha, ...(parent === undefined ? [] : [parent])].join(' ')}\n`,
  );
  const args = ['diff-tree', '--stdin', '--root', '-r', '-z', '--always', '--no-renames', '--name-status'];
  const stdout = await runGit(repository.path, args, { input: input.join(''), maxBytes }).then(
    (result) => result.stdout,
    (error: unknown) => {
      if (error instanceof TooMuchOutput) return undefined;
      throw error;
    },
  );
  if (stdout === undefined) return undefined;
  const changes = new Map<string, PathChange[]>(commits.map(({ sha }) => [sha, []]));
  let current: PathChange[] = [];
  // `sha NUL (status NUL path NUL)*`, commit after commit.
  const words = stdout.toString('utf8').split('\0');
  for (let at = 0; at < words.length - 1; at += 1) {
    const word = words[at] ?? '';
    const kind = KINDS.get(word);
    if (kind === undefined) current = changes.get(word) ?? [];
    else {
      at += 1;
      current.push({ kind, path: words[at] ?? '' });
    }
  }
  return commits.map(({ sha }) => changes.get(sha) ?? []);
};

/** Git's letters. T: a file became a link, or the other way round. */
const KINDS: ReadonlyMap<string, PathChange['kind']> = new Map([
  ['A', 'added'],
  ['M', 'modified'],
  ['T', 'modified'],
  ['D', 'removed'],
]);

/** Whether `ancestor` is in the history of `descendant` (or is that commit). False when one of them is not there. */
export const isAncestor = async (
  repository: Repository,
  ancestor: string,
  descendant: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<boolean> => {
  if (!isSha(ancestor) || !isSha(descendant)) return false;
  const { code } = await runGit(
    repository.path,
    ['merge-base', '--is-ancestor', '--end-of-options', ancestor, descendant],
    {
      answers: [1, 128],
      environment,
    },
  );
  return code === 0;
};

/** The best common ancestor; undefined when the histories have nothing in common. */
export const findMergeBase = async (
  repository: Repository,
  one: string,
  other: string,
): Promise<string | undefined> => {
  if (!isSha(one) || !isSha(other)) return undefined;
  const { stdout } = await runGit(repository.path, ['merge-base', '--end-of-options', one, other], {
    answers: [1, 128],
  });
  return lines(stdout)[0];
};

/** The paths that differ between two commits, both names of a renamed file; undefined when one of the commits is not there. */
export const listChangedPaths = async (
  repository: Repository,
  before: string,
  after: string,
): Promise<readonly string[] | undefined> => {
  if (!isSha(before) || !isSha(after)) return undefined;
  const { code, stdout } = await runGit(
    repository.path,
    ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--end-of-options', before, after],
    { answers: [128] },
  );
  return code === 0 ? stdout.toString('utf8').split('\0').filter(Boolean) : undefined;
};

/** Lines added and removed. */
export interface CommitStats {
  readonly additions: number;
  readonly deletions: number;
}

/** What a commit changed against its first parent (the first commit: against nothing). Binary files count as 0. */
export const countChanges = async (repository: Repository, commit: Commit): Promise<CommitStats> => {
  const [parent] = commit.parentShas;
  const range =
    parent === undefined ? ['--root', '--end-of-options', commit.sha] : ['--end-of-options', parent, commit.sha];
  const { stdout } = await runGit(repository.path, ['diff-tree', '-r', '--no-commit-id', '--numstat', ...range]);
  let [additions, deletions] = [0, 0];
  for (const line of lines(stdout)) {
    const [added = '', removed = ''] = line.split('\t');
    additions += Number.parseInt(added, 10) || 0;
    deletions += Number.parseInt(removed, 10) || 0;
  }
  return { additions, deletions };
};

const lines = (output: Buffer): readonly string[] => output.toString('utf8').split('\n').filter(Boolean);

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
