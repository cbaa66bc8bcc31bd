import { findObject } from './objects.ts';
import { isFullRefName, isSha } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { runGit } from './run-git.ts';

/** A ref with what it leads to. */
export interface Ref {
  /** `refs/heads/main`. */
  readonly fullRef: string;
  /** What it names directly: a commit, or an annotated tag. */
  readonly targetSha: string;
  /** The commit behind it; undefined when it leads to something else (a tag of a tree). */
  readonly commitSha: string | undefined;
  /** Whether it names an annotated tag. */
  readonly annotated: boolean;
}

export type RefOrder = 'name' | '-name' | 'date' | '-date' | 'version' | '-version';

const SORT_KEYS: Record<RefOrder, string> = {
  name: 'refname',
  '-name': '-refname',
  date: 'creatordate',
  '-date': '-creatordate',
  version: 'version:refname',
  '-version': '-version:refname',
};

const FORMAT = '--format=%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)';

/** What a full ref names now (not peeled), or undefined when it does not exist. */
export const findRefTarget = async (repository: Repository, fullRef: string): Promise<string | undefined> => {
  if (!isFullRefName(fullRef)) return undefined;
  return (await findObject(repository, fullRef))?.sha;
};

/** The commit that a full ref leads to, or undefined. */
export const findRefCommit = async (repository: Repository, fullRef: string): Promise<string | undefined> => {
  if (!isFullRefName(fullRef)) return undefined;
  return (await findObject(repository, `${fullRef}^{commit}`))?.sha;
};

/** The refs under `refs/heads/` or `refs/tags/`. `mergedInto`: only those whose commit is in the history of that one. */
export const listRefs = async (
  repository: Repository,
  prefix: 'refs/heads/' | 'refs/tags/',
  options: { readonly order?: RefOrder; readonly mergedInto?: string } = {},
): Promise<readonly Ref[]> => {
  const { order = 'name', mergedInto } = options;
  if (mergedInto !== undefined && !isSha(mergedInto)) throw new Error('not a sha');
  const { stdout } = await runGit(repository.path, [
    'for-each-ref',
    FORMAT,
    `--sort=${SORT_KEYS[order]}`,
    ...(mergedInto === undefined ? [] : [`--merged=${mergedInto}`]),
    '--',
    prefix,
  ]);
  const refs: Ref[] = [];
  for (const line of stdout.toString('utf8').split('\n')) {
    const [fullRef, type, targetSha, peeledType, peeledSha] = line.split('\0');
    if (fullRef === undefined || targetSha === undefined) continue;
    const commitSha = type === 'commit' ? targetSha : peeledType === 'commit' ? peeledSha : undefined;
    refs.push({ fullRef, targetSha, commitSha, annotated: type === 'tag' });
  }
  return refs;
};

/** Whether there is any ref under that prefix. */
export const hasAnyRef = async (repository: Repository, prefix: 'refs/heads/' | 'refs/tags/'): Promise<boolean> => {
  const { stdout } = await runGit(repository.path, ['for-each-ref', '--count=1', '--format=%(refname)', '--', prefix]);
  return stdout.length > 0;
};
