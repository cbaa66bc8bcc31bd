import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFullRefName } from './ref-name.ts';
import type { Repository } from './repository.ts';

/**
 * Removes the lock files that a git process left behind when it was killed between locking refs and moving them, if they
 * were made before that moment. Nobody else could ever move those refs again.
 */
export const removeStaleLocks = async (
  repository: Repository,
  refs: readonly string[],
  madeBefore: Date,
): Promise<void> => {
  const names = [...refs.filter(isFullRefName), 'packed-refs', 'HEAD'];
  for (const name of names) {
    const path = join(repository.path, `${name}.lock`);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true && found.mtime < madeBefore) await rm(path, { force: true });
  }
};
