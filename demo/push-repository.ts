import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SOURCE = join(import.meta.dirname, 'repository');

/** Makes a git repository of the folder `repository` and pushes its branch main, as a person would. */
export async function pushRepository(cloneUrl: string, token: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-demo-repository-'));
  const remote = new URL(cloneUrl);
  remote.username = 'root';
  remote.password = token;
  const git = (...args: readonly string[]) =>
    run('git', [...args], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_AUTHOR_NAME: 'Demo',
        GIT_AUTHOR_EMAIL: 'demo@example.org',
        GIT_COMMITTER_NAME: 'Demo',
        GIT_COMMITTER_EMAIL: 'demo@example.org',
      },
    });
  try {
    await cp(SOURCE, folder, { recursive: true });
    await git('init', '--quiet', '--initial-branch=main');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'A small application [skip ci]');
    await git('push', '--quiet', remote.href, 'main');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
