import { runGit } from './run-git.ts';

/** The sha of a branch, tag or sha in a checkout; in clones a branch may be known by its remote name only. */
export const findCommit = async (folder: string, ref: string): Promise<string | undefined> => {
  for (const name of [ref, `origin/${ref}`]) {
    const sha = await runGit(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
    if (sha !== undefined) return sha.trim();
  }
  return undefined;
};
