import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStartTime } from './process/process-tree.ts';
import { runRunner } from './run.ts';
import { silentLog } from './runner-log.ts';
import { readRunnerState, StateInUseError } from './runner-state.ts';
import { plainLog, Sandbox, TOKEN, variable } from './testing/sandbox.ts';

let sandbox: Sandbox;
const children: ChildProcess[] = [];

/** The runner as a process of its own, which tests can kill. */
const startRunner = (): ChildProcess => {
  const options = {
    url: sandbox.server.url,
    token: TOKEN,
    stateDir: sandbox.stateDir,
    concurrency: 2,
    logFile: `${sandbox.stateDir}.log`,
    grace: 2000,
    timing: { keepAlive: 100 },
  };
  const module = new URL('main-loop.ts', import.meta.url).href;
  const code = `const { runRunnerProcess } = await import('${module}'); await runRunnerProcess(${JSON.stringify(options)});`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    env: { PATH: process.env['PATH'], HOME: sandbox.folder },
    detached: true,
    stdio: 'ignore',
  });
  children.push(child);
  return child;
};

beforeEach(async () => {
  sandbox = await Sandbox.withoutRunner();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await sandbox.close();
});

describe('the process of a runner', () => {
  it('ends in order on SIGTERM, having stopped and reported its jobs', async () => {
    const child = startRunner();
    const job = sandbox.enqueue(['echo ready; sleep 1000']);
    await sandbox.server.until(() => plainLog(job).includes('\nready\n'));
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(job.updates.at(-1)).toMatchObject({ state: 'failed', failure_reason: 'unknown_failure' });
    expect(await readRunnerState(sandbox.stateDir)).toBeUndefined();
    expect(readFileSync(`${sandbox.stateDir}.log`, 'utf8')).not.toContain(TOKEN);
  });

  it('finishes its jobs on SIGQUIT, and outlives SIGHUP', async () => {
    const child = startRunner();
    const job = sandbox.enqueue([`echo ready; until [ -e ${sandbox.folder}/go ]; do sleep 0.02; done`]);
    await sandbox.server.until(() => plainLog(job).includes('\nready\n'));
    child.kill('SIGHUP');
    child.kill('SIGQUIT');
    await writeFile(join(sandbox.folder, 'go'), '');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(job.updates.at(-1)).toMatchObject({ state: 'success' });
  });

  it('tells others that it is alive, and lets no second one into its folder', async () => {
    const child = startRunner();
    await sandbox.server.until(() => sandbox.server.polls > 0);
    const state = await readRunnerState(sandbox.stateDir);
    expect(state).toMatchObject({ pid: child.pid, isAlive: true, url: sandbox.server.url });
    const second = runRunner({
      url: sandbox.server.url,
      token: TOKEN,
      concurrency: 1,
      stateDir: sandbox.stateDir,
      log: silentLog,
      signal: new AbortController().signal,
    });
    await expect(second).rejects.toThrow(StateInUseError);
  });
});

describe.skipIf(process.platform !== 'linux')('a runner that was killed', () => {
  it('is known to be dead; the next one ends what it left, and reports its job so that it can be retried', async () => {
    const first = startRunner();
    const job = sandbox.enqueue(
      [
        '(env -i setsid sleep 1000 > /dev/null 2>&1 & echo "pid $!")',
        'echo "pid $$"; echo "file $F"; echo ready; sleep 1000',
      ],
      { variables: [variable('F', 'secret', { file: true })] },
    );
    await sandbox.server.until(() => plainLog(job).includes('\nready\n'));
    const pids = [...plainLog(job).matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));
    const file = /^file (.+)$/m.exec(plainLog(job))?.[1] ?? '';
    const { systemId } = (await readRunnerState(sandbox.stateDir)) ?? {};
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(await readRunnerState(sandbox.stateDir)).toMatchObject({ isAlive: false });
    expect(existsSync(file)).toBe(true);
    expect(pids.map(processStartTime)).not.toContain(undefined);

    startRunner();
    expect(await sandbox.server.untilFinished(job)).toMatchObject({
      state: 'failed',
      failure_reason: 'runner_system_failure',
    });
    expect(plainLog(job)).toContain('ready\n\nERROR: Job failed (system failure): the runner was killed\n');
    expect(pids.map(processStartTime)).toEqual([undefined, undefined]);
    expect(existsSync(file)).toBe(false);
    expect(await readRunnerState(sandbox.stateDir)).toMatchObject({ isAlive: true, systemId });
    const next = sandbox.enqueue(['echo next']);
    expect(await sandbox.server.untilFinished(next)).toMatchObject({ state: 'success' });
  });
});
