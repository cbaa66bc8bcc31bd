import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedVariables } from './variables.ts';

/** Path of the file through which one stage hands variables to the next ones (`KEY=value` lines). */
export const gitlabEnvPath = (temp: string): string => join(temp, 'gitlab_runner_env');

/** Makes the job's temporary folder anew: nothing of an earlier job in the same slot is left. */
export const prepareTemp = async (temp: string): Promise<void> => {
  await rm(temp, { recursive: true, force: true });
  await mkdir(temp, { recursive: true, mode: 0o700 });
};

/** Writes every file variable, byte-exact; again before each stage, since a script may have changed them. */
export const writeFileVariables = async (temp: string, variables: ResolvedVariables): Promise<void> => {
  await mkdir(temp, { recursive: true, mode: 0o700 });
  for (const variable of variables.values()) {
    if (!variable.isFile) continue;
    // Not through whatever a script may have put there (a link, a folder).
    await rm(variable.value, { recursive: true, force: true });
    await writeFile(variable.value, variable.content, { mode: 0o600, flag: 'wx' });
  }
};

/** Variables that earlier stages wrote to GITLAB_ENV. Lines without a name are skipped. */
export const readGitlabEnv = async (temp: string): Promise<ReadonlyMap<string, string>> => {
  const text = await readFile(gitlabEnvPath(temp), 'utf8').catch(() => '');
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match?.[1] !== undefined) found.set(match[1], match[2] ?? '');
  }
  return found;
};
