import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const MOST_BYTES = 256 * 1024 * 1024;

/** What git prints in a folder; undefined when it fails or is not there. */
export const runGit = async (
  folder: string,
  args: readonly string[],
  literalPaths = true,
): Promise<string | undefined> => {
  try {
    // What comes from a configuration is not taken for a pattern, unless it is one.
    const given = ['--no-optional-locks', ...(literalPaths ? ['--literal-pathspecs'] : []), '-C', folder, ...args];
    const { stdout } = await promisify(execFile)('git', given, { encoding: 'utf8', maxBuffer: MOST_BYTES });
    return stdout;
  } catch {
    return undefined;
  }
};

/** Its output with `-z`, entry by entry. */
export const runGitList = async (folder: string, args: readonly string[]): Promise<readonly string[] | undefined> =>
  (await runGit(folder, args))?.split('\0').filter((entry) => entry !== '');
