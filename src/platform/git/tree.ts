import { isReadablePath } from './file-path.ts';
import { findObject, findObjectContent } from './objects.ts';
import { isSha } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { runGit } from './run-git.ts';

/** A line of a folder. `commit` is a submodule. */
export interface TreeEntry {
  /** Six digits: `100644`, `100755`, `120000` (link), `040000` (folder), `160000` (submodule). */
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  /** From the root of the repository. */
  readonly path: string;
}

const typeOf = (mode: string): TreeEntry['type'] =>
  mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob';

/** Takes a tree object apart. `prefix` is put before each name. */
export const parseTree = (content: Buffer, prefix = ''): readonly TreeEntry[] => {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    const mode = content.toString('latin1', at, space).padStart(6, '0');
    const name = content.toString('utf8', space + 1, end);
    at = end + 21;
    entries.push({ mode, type: typeOf(mode), sha: content.toString('hex', end + 1, at), path: `${prefix}${name}` });
  }
  return entries;
};

/** Only what lies directly in one folder (`''`: the root), in git's order; undefined when it is not a folder. */
export const listFolder = async (
  repository: Repository,
  commitSha: string,
  path: string,
): Promise<readonly TreeEntry[] | undefined> => {
  if (!isSha(commitSha) || (path !== '' && !isReadablePath(path))) return undefined;
  const info = await findObject(repository, path === '' ? `${commitSha}^{tree}` : `${commitSha}:${path}`);
  if (info?.type !== 'tree') return undefined;
  const tree = await findObjectContent(repository, info.sha);
  return tree === undefined ? undefined : parseTree(tree.content, path === '' ? '' : `${path}/`);
};

/** Everything below a folder, folders themselves included; undefined when it is not a folder. */
export const listFolderDeep = async (
  repository: Repository,
  commitSha: string,
  path: string,
): Promise<readonly TreeEntry[] | undefined> => {
  if (!isSha(commitSha) || (path !== '' && !isReadablePath(path))) return undefined;
  const info = await findObject(repository, path === '' ? `${commitSha}^{tree}` : `${commitSha}:${path}`);
  if (info?.type !== 'tree') return undefined;
  const { stdout } = await runGit(repository.path, ['ls-tree', '-r', '-t', '-z', '--end-of-options', info.sha]);
  const entries: TreeEntry[] = [];
  for (const line of stdout.toString('utf8').split('\0')) {
    const [, mode, type, sha, name] = /^(\d{6}) (blob|tree|commit) ([0-9a-f]{40})\t([^]*)$/.exec(line) ?? [];
    if (mode === undefined || sha === undefined || name === undefined || type === undefined) continue;
    entries.push({ mode, type: typeOf(mode), sha, path: path === '' ? name : `${path}/${name}` });
  }
  return entries;
};

/** Every file's path at a commit (links and submodules too, folders not). Throws when the commit is not there. */
export const listFilePaths = async (repository: Repository, commitSha: string): Promise<readonly string[]> => {
  if (!isSha(commitSha)) throw new Error('not a sha');
  const { stdout } = await runGit(repository.path, [
    'ls-tree',
    '-r',
    '-z',
    '--name-only',
    '--full-tree',
    '--end-of-options',
    commitSha,
  ]);
  return stdout.toString('utf8').split('\0').filter(Boolean);
};

/** What one path holds, with its mode and (for a file) its size in bytes; undefined when there is nothing. */
export const findTreeEntry = async (
  repository: Repository,
  commitSha: string,
  path: string,
): Promise<(TreeEntry & { readonly size: number }) | undefined> => {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const entry = (await listFolder(repository, commitSha, folder))?.find((candidate) => candidate.path === path);
  if (entry === undefined) return undefined;
  const info = await findObject(repository, entry.sha);
  return { ...entry, size: info?.size ?? 0 };
};
