import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { BenchProject } from './bench-project.ts';
import { call, makeBenchProject, trigger } from './bench-project.ts';
import type { BenchServer } from './bench-server.ts';
import { compare, heading, line, measure, ms, percentile } from './figures.ts';

const run = promisify(execFile);
const ROUNDS = 30;
const CONFIG = 'hello:\n  script:\n    - echo "now=$(date +%s%3N)"\n';

interface BenchJob {
  readonly id: number;
  readonly status: string;
}

/** Pending → the script's first command, by the script's own clock; and → its line readable through the API. */
async function oneJob(
  server: BenchServer,
  project: BenchProject,
): Promise<{ readonly ran: number; readonly shown: number }> {
  const began = Date.now();
  const pipeline = await trigger(server, project);
  const queued = Date.now();
  for (;;) {
    const [job] = await call<readonly BenchJob[]>(server, 'GET', `/projects/${project.id}/pipelines/${pipeline}/jobs`);
    const trace =
      job === undefined ? '' : await call<string>(server, 'GET', `/projects/${project.id}/jobs/${job.id}/trace`);
    const now = /^now=(\d+)/m.exec(trace)?.[1];
    if (now !== undefined) {
      const shown = Date.now() - queued;
      await untilOver(server, project, pipeline);
      return { ran: Number(now) - Math.round((began + queued) / 2), shown };
    }
    await pause(2);
  }
}

async function untilOver(server: BenchServer, project: BenchProject, pipeline: number): Promise<void> {
  for (;;) {
    const { status } = await call<BenchJob>(server, 'GET', `/projects/${project.id}/pipelines/${pipeline}`);
    if (status === 'success' || status === 'failed') return;
    await pause(5);
  }
}

/** What the same machine needs for the same checkout (git over HTTP from the same server) and a shell, with no runner. */
async function bareCost(server: BenchServer, project: BenchProject, folder: string): Promise<void> {
  const remote = new URL(`${server.url}/root/bench-hello.git`);
  remote.username = 'root';
  remote.password = server.token;
  await run('git', ['init', '--quiet', folder]);
  await run('git', [
    '-C',
    folder,
    'fetch',
    '--quiet',
    '--depth',
    '20',
    remote.href,
    `+main:refs/pipelines/${project.id}`,
  ]);
  await run('git', ['-C', folder, 'checkout', '--quiet', '--force', `refs/pipelines/${project.id}`]);
  await run('git', ['-C', folder, 'clean', '-ffdx']);
  await run('bash', ['-c', 'true']);
}

export async function benchFirstOutput(server: BenchServer): Promise<void> {
  heading('pending → first output, embedded runner');
  const project = await makeBenchProject(server, 'bench-hello', CONFIG);
  const ran: number[] = [];
  const shown: number[] = [];
  for (let round = 0; round < ROUNDS + 3; round += 1) {
    const times = await oneJob(server, project);
    // The first ones clone and warm up.
    if (round < 3) continue;
    ran.push(times.ran);
    shown.push(times.shown);
  }
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-bare-'));
  const bare = await measure(ROUNDS, 1, () => bareCost(server, project, folder));
  const shell = await measure(ROUNDS, 1, async () => void (await run('bash', ['-c', 'true'])));
  await rm(folder, { recursive: true, force: true });
  const sorted = ran.toSorted((a, b) => a - b);
  compare('pending → first command (bare: checkout + bash)', sorted, bare.times);
  line(
    '',
    `p50 above bare: ${ms(percentile(sorted, 0.5) - percentile(bare.times, 0.5))}; bash -c true alone p50 ${ms(percentile(shell.times, 0.5))}`,
  );
  line(
    'pending → line readable by API',
    `p50 ${ms(
      percentile(
        shown.toSorted((a, b) => a - b),
        0.5,
      ),
    )}`,
  );
}
