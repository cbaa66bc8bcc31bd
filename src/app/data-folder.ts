import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from './config-error.ts';

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * One folder after the other, from the top down: `recursive: true` of Node never returns where the system answers ENOENT
 * for a folder whose parent is there, as /proc does.
 */
const makeFolders = (folder: string): void => {
  if (isFolder(folder)) return;
  if (dirname(folder) !== folder) makeFolders(dirname(folder));
  mkdirSync(folder);
};

/** An error of the operating system, with its code (`EACCES`, …). */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error;

/**
 * Makes the data folder where it is missing; absolute path. Root's PostgreSQL runs as another user, who must be able to
 * pass through it (but not to list it). Throws `ConfigError` where that cannot be.
 */
export function makeDataFolder(folder: string): void {
  try {
    makeFolders(folder);
    if (process.getuid?.() === 0) chmodSync(folder, 0o711);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new ConfigError(`the data folder ${folder} cannot be made (${error.message}): choose another with --data`);
  }
}
