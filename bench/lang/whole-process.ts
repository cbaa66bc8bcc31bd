import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { line, measure, ms, percentile, type Times } from '../figures.ts';
import { CONFIG, type LangProject } from './generate.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const PENSTOCK = join(root, 'bin/penstock');
const GITLAB_CI_LOCAL = join(root, 'node_modules/gitlab-ci-local/dist/index.js');

/** Both tools find a git repository with a remote, as they would at work. */
async function writeProject(folder: string, project: LangProject): Promise<void> {
  for (const [path, text] of project.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const git = (...args: readonly string[]) => run('git', ['-C', folder, ...args]);
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('remote', 'add', 'origin', 'https://git.example.com/group/project.git');
  await git('add', '.');
  await git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', 'commit', '--quiet', '--message', 'all');
}

const timesOf = async (rounds: number, work: () => Promise<unknown>): Promise<Times> => {
  const once = async (): Promise<void> => {
    await work();
  };
  await measure(1, 1, once);
  return (await measure(rounds, 1, once)).times;
};

/** Prints p50 of each, the ratio, and what an empty Node costs. */
export async function benchWholeProcess(projects: readonly LangProject[]): Promise<void> {
  const bare = percentile(await timesOf(10, () => run(process.execPath, ['--eval', '0'])), 0.5);
  line('empty Node', `p50 ${ms(bare)}`);
  for (const project of projects) {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
    try {
      await writeProject(folder, project);
      const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
      const own = percentile(await timesOf(10, () => run(PENSTOCK, ['lint', CONFIG], options)), 0.5);
      const local = [GITLAB_CI_LOCAL, '--list'];
      const rounds = project.jobs > 1000 ? 2 : 5;
      const others = percentile(await timesOf(rounds, () => run(process.execPath, local, options)), 0.5);
      const ratio = (others / own).toFixed(1);
      line(project.name, `penstock lint p50 ${ms(own)}   gitlab-ci-local --list p50 ${ms(others)}   ×${ratio}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  line('aim', 'whole process 8 times faster at 200 jobs');
}
