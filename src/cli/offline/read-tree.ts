import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { runGit, runGitList } from './run-git.ts';

/** Files of a folder as they are now, or as they were at a commit. */
export interface FileTree {
  readonly readText: (path: string) => Promise<string | undefined>;
  readonly listPaths: () => Promise<readonly string[]>;
}

/** The folder's present files; in a git checkout without those that git ignores. */
export const workingTree = (root: string, isCheckout: boolean): FileTree => ({
  readText: async (path) => {
    const file = resolve(root, path);
    // A path that leads out of the project is no file of it.
    if (relative(root, file).startsWith('..')) return undefined;
    try {
      return await readFile(file, 'utf8');
    } catch {
      return undefined;
    }
  },
  listPaths: async () => {
    const tracked = isCheckout
      ? await runGitList(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
      : undefined;
    return tracked ?? listFolder(root);
  },
});

/** The files of a commit. */
export const commitTree = (root: string, sha: string): FileTree => ({
  readText: (path) => runGit(root, ['cat-file', 'blob', `${sha}:${path}`]),
  listPaths: async () => (await runGitList(root, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', sha])) ?? [],
});

/** Folders that no repository holds. */
const PASSED_OVER = new Set(['.git', 'node_modules']);

const listFolder = async (root: string): Promise<readonly string[]> => {
  const paths: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) paths.push(relative(root, path).split(sep).join('/'));
      else if (!PASSED_OVER.has(entry.name)) await visit(path);
    }
  };
  await visit(root);
  return paths.toSorted();
};
