import { appendFile, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes the folder if it is missing. A link in its place (an earlier job may have put it there) is removed first. */
export const ensureFolder = async (path: string): Promise<void> => {
  const found = await lstat(path).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) await rm(path, { force: true });
  await mkdir(path, { recursive: true });
};

/** Deletes the folder with everything in it and makes it anew. */
export const emptyFolder = async (path: string): Promise<void> => {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
};

/** True when the folder holds a repository that can be used again. */
export const hasRepository = async (folder: string): Promise<boolean> => {
  const git = await lstat(join(folder, '.git')).catch(() => undefined);
  if (git === undefined) return false;
  if (git.isDirectory()) return true;
  await rm(join(folder, '.git'), { force: true });
  return false;
};

/**
 * Removes what a killed git or an earlier job left behind: lock files, and the configuration and hooks, which are made
 * anew (a job could have planted commands there).
 */
export const scrubRepository = async (folder: string): Promise<void> => {
  const git = join(folder, '.git');
  for (const name of ['index.lock', 'shallow.lock', 'HEAD.lock', 'packed-refs.lock', 'config.lock', 'config']) {
    await rm(join(git, name), { force: true });
  }
  await rm(join(git, 'hooks'), { recursive: true, force: true });
  await removeLocks(join(git, 'refs'));
  const modules = join(git, 'modules');
  if ((await lstat(modules).catch(() => undefined))?.isDirectory() === true) await removeLocks(modules);
};

const removeLocks = async (folder: string): Promise<void> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isFile() && entry.name.endsWith('.lock')) await rm(join(entry.parentPath, entry.name), { force: true });
  }
};

export const appendConfig = (folder: string, text: string): Promise<void> =>
  appendFile(join(folder, '.git', 'config'), text);

/** True when the repository's history is cut off. */
export const isShallow = async (folder: string): Promise<boolean> =>
  (await lstat(join(folder, '.git', 'shallow')).catch(() => undefined)) !== undefined;
