import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * A folder that git has checked out, as its files say: no git is started to look, which would take longer than
 * everything else that lint does.
 */
export interface GitCheckout {
  readonly root: string;
  /** Short name; undefined when no branch is checked out. */
  readonly branch: string | undefined;
  /** Undefined before the first commit. */
  readonly sha: string | undefined;
  readonly defaultBranch: string | undefined;
  /** Address of the remote `origin`. */
  readonly origin: string | undefined;
  /** Commit or tag object of a full ref name (`refs/tags/v1`). */
  readonly findRef: (fullName: string) => string | undefined;
}

/** The checkout that the folder is in; undefined when it is in none. */
export const findCheckout = (folder: string): GitCheckout | undefined => {
  const root = findRoot(resolve(folder));
  if (root === undefined) return undefined;
  const own = gitFolderOf(root);
  if (own === undefined) return undefined;
  const shared = resolve(own, readText(join(own, 'commondir'))?.trim() ?? '.');
  const findRef = (name: string): string | undefined => readRef(shared, name);
  const head = readText(join(own, 'HEAD'))?.trim() ?? '';
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  return {
    root,
    branch: ref?.replace(/^refs\/heads\//, ''),
    sha: ref === undefined ? head || undefined : findRef(ref),
    defaultBranch: defaultBranchOf(shared, findRef),
    origin: originOf(shared),
    findRef,
  };
};

const findRoot = (folder: string): string | undefined => {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, '.git'))) return current;
    if (dirname(current) === current) return undefined;
  }
};

/** `.git` is a folder, or (in a worktree or submodule) a file that names one. */
const gitFolderOf = (root: string): string | undefined => {
  const path = join(root, '.git');
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return path;
  const target = /^gitdir: (.+)$/m.exec(readText(path) ?? '')?.[1];
  return target === undefined ? undefined : resolve(root, target.trim());
};

const readRef = (shared: string, name: string): string | undefined => {
  const loose = readText(join(shared, name))?.trim();
  if (loose !== undefined && /^[0-9a-f]{40,64}$/.test(loose)) return loose;
  const line = readText(join(shared, 'packed-refs'))
    ?.split('\n')
    .find((packed) => packed.endsWith(` ${name}`));
  return line?.slice(0, line.indexOf(' '));
};

const defaultBranchOf = (shared: string, findRef: GitCheckout['findRef']): string | undefined => {
  const remote = /^ref: refs\/remotes\/origin\/(.+)$/m.exec(readText(join(shared, 'refs/remotes/origin/HEAD')) ?? '');
  if (remote?.[1] !== undefined) return remote[1];
  return ['main', 'master'].find((name) => findRef(`refs/heads/${name}`) !== undefined);
};

const originOf = (shared: string): string | undefined => {
  const section = /^\[remote "origin"\]\n((?:[ \t].*\n?)*)/m.exec(readText(join(shared, 'config')) ?? '')?.[1];
  return /^\s*url\s*=\s*(.+)$/m.exec(section ?? '')?.[1]?.trim();
};

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
