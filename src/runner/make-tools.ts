import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from './job/shell-script.ts';

/** Writes the programs that the runner lends its jobs. @returns their folder; undefined when there are none. */
export const makeTools = async (
  stateDir: string,
  releaseCli: readonly string[] | undefined,
): Promise<string | undefined> => {
  if (releaseCli === undefined) return undefined;
  const folder = join(stateDir, 'bin');
  const path = join(folder, 'release-cli');
  await mkdir(folder, { recursive: true });
  await writeFile(path, `#!/bin/sh\nexec ${releaseCli.map(quote).join(' ')} "$@"\n`);
  await chmod(path, 0o755);
  return folder;
};
