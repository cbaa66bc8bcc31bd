import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProcesses, processStartTime, stopProcesses } from './process-tree.ts';

const isLinux = process.platform === 'linux';

/** Starts a script; settles when it has written its first line, which holds the pids that it wants to tell. */
const start = async (script: string, cwd: string, env: Record<string, string> = {}) => {
  const child: ChildProcess = spawn('bash', ['-c', script], {
    cwd,
    detached: true,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (child.stdout === null || child.pid === undefined) throw new Error('not started');
  const [line] = await once(child.stdout, 'data');
  return { pid: child.pid, told: String(line).trim().split(/\s+/).map(Number), exit: once(child, 'exit') };
};

const isAlive = (pid: number): boolean => processStartTime(pid) !== undefined;

describe.skipIf(!isLinux)('ending a process tree', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'penstock-tree-')));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reaches children in other sessions and groups', async () => {
    const { pid, told } = await start('setsid sleep 1000 & a=$!; set -m; sleep 1000 & echo $a $!; wait', folder);
    expect(await stopProcesses({ groups: [pid], environment: [] }, 5000)).toEqual([]);
    expect([pid, ...told].filter(isAlive)).toEqual([]);
  });

  it('reaches a daemon without a parent by its environment', async () => {
    const script = '(setsid sleep 1000 >/dev/null 2>&1 & echo $!)';
    const { told, exit } = await start(script, '/', { MARK_OF_TEST: folder });
    await exit;
    expect(told.filter(isAlive)).toEqual(told);
    const mark = { groups: [], environment: [`MARK_OF_TEST=${folder}`] };
    expect(findProcesses(mark)).toEqual(told);
    expect(await stopProcesses(mark, 5000)).toEqual([]);
    expect(told.filter(isAlive)).toEqual([]);
  });

  it('reaches a daemon with an emptied environment by its folder, but none that is older', async () => {
    const script = '(env -i setsid sleep 1000 >/dev/null 2>&1 & echo $!)';
    const older = await start(script, folder);
    const since = (processStartTime(older.told[0] ?? 0) ?? 0) + 1;
    let newer = await start(script, folder);
    // Start times count in hundredths of a second.
    while ((processStartTime(newer.told[0] ?? 0) ?? 0) < since) {
      await stopProcesses({ groups: newer.told, environment: [] }, 0);
      newer = await start(script, folder);
    }
    const mark = { groups: [], environment: [], folder: { path: folder, since } };
    expect(await stopProcesses(mark, 5000)).toEqual([]);
    expect(newer.told.filter(isAlive)).toEqual([]);
    expect(older.told.filter(isAlive)).toEqual(older.told);
    await stopProcesses({ ...mark, folder: { path: folder, since: 0 } }, 0);
    expect(older.told.filter(isAlive)).toEqual([]);
  });

  it('kills what does not listen to SIGTERM after the grace', async () => {
    const { pid, exit } = await start("trap '' TERM; echo 0; while :; do sleep 1000; done", folder);
    expect(await stopProcesses({ groups: [pid], environment: [] }, 50)).toEqual([]);
    expect(await exit).toEqual([null, 'SIGKILL']);
  });

  it('never takes itself or what stands above it', () => {
    const mark = { groups: [], environment: [], folder: { path: process.cwd(), since: 0 } };
    expect(findProcesses(mark)).not.toContain(process.pid);
    expect(findProcesses(mark)).not.toContain(process.ppid);
  });
});
