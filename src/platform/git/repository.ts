import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessPool, type ProcessPoolOptions } from './process-pool.ts';
import { isShortRefName } from './ref-name.ts';
import { runGit } from './run-git.ts';

/** A bare repository on disk. Made by `Git`; the functions of this folder take it as their first argument. */
export interface Repository {
  /** Absolute path of the folder. */
  readonly path: string;
  readonly processes: ProcessPool;
}

/** The git processes that are kept open, and the way to repositories. One for the whole server. */
export class Git {
  readonly #processes: ProcessPool;

  constructor(options: ProcessPoolOptions = {}) {
    this.#processes = new ProcessPool(options);
  }

  /** A handle; nothing is opened or checked. `path` must be absolute. */
  repository(path: string): Repository {
    return { path, processes: this.#processes };
  }

  /** Ends every process that is kept open. The object stays usable. */
  close(): void {
    this.#processes.close();
  }
}

/** Makes an empty bare repository whose HEAD is `defaultBranch`. Does nothing harmful when it is already there. */
export const initRepository = async (repository: Repository, defaultBranch: string): Promise<void> => {
  if (!isShortRefName(defaultBranch)) throw new Error('not the name of a branch');
  const again = existsSync(join(repository.path, 'HEAD'));
  await runGit(undefined, [
    'init',
    '--quiet',
    '--bare',
    '--template=',
    '--object-format=sha1',
    `--initial-branch=${defaultBranch}`,
    '--',
    repository.path,
  ]);
  // A second init leaves HEAD as it is.
  if (again) await setDefaultBranch(repository, defaultBranch);
};

/** Points HEAD to a branch, which need not exist. */
export const setDefaultBranch = async (repository: Repository, branch: string): Promise<void> => {
  if (!isShortRefName(branch)) throw new Error('not the name of a branch');
  await runGit(repository.path, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
};

/** Deletes the folder. */
export const removeRepositoryFolder = async (repository: Repository): Promise<void> => {
  repository.processes.close(repository.path);
  await rm(repository.path, { recursive: true, force: true, maxRetries: 3 });
};
