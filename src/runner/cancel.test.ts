import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStartTime } from './process/process-tree.ts';
import { plainLog, Sandbox, step, variable } from './testing/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.open();
});
afterEach(() => sandbox.close());

/** Starts processes in every way that leaves the group, tells their pids, and waits. */
const HYDRA = [
  'setsid sleep 1000 > /dev/null 2>&1 & echo "pid $!"',
  '(setsid sleep 1000 > /dev/null 2>&1 & echo "pid $!")',
  '(env -i setsid sleep 1000 > /dev/null 2>&1 & echo "pid $!")',
  '(trap \'\' TERM; sleep 1000) > /dev/null 2>&1 & echo "pid $!"',
  'echo "pid $$"; echo ready; sleep 1000',
];

const pids = (log: string): readonly number[] => [...log.matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));
const alive = (log: string): readonly number[] => pids(log).filter((pid) => processStartTime(pid) !== undefined);

describe.skipIf(process.platform !== 'linux')('cancel', () => {
  it('with grace: the script and all its processes end, after_script runs, uploads work', async () => {
    const { server } = sandbox;
    const job = sandbox.enqueue([], {
      steps: [step('script', HYDRA), step('after_script', ['echo "status is $CI_JOB_STATUS" | tee after.txt'])],
      artifacts: [{ paths: ['after.txt'], when: 'always', artifact_type: 'archive', artifact_format: 'zip' }],
    });
    await server.until(() => plainLog(job).includes('\nready\n'));
    expect(alive(plainLog(job))).toHaveLength(5);
    job.status = 'canceling';
    const final = await server.untilFinished(job);
    expect(final).toMatchObject({ state: 'failed', failure_reason: 'unknown_failure' });
    expect(final.exit_code).toBeUndefined();
    expect(alive(plainLog(job))).toEqual([]);
    expect(plainLog(job)).toContain('status is canceled');
    expect(job.artifacts).toHaveLength(1);
  });

  it('at once: everything ends, nothing else runs, secrets are removed', async () => {
    const { server } = sandbox;
    const job = sandbox.enqueue([], {
      variables: [variable('F', 'secret', { file: true })],
      steps: [step('script', HYDRA), step('after_script', ['echo after'])],
    });
    await server.until(() => plainLog(job).includes('\nready\n'));
    const before = plainLog(job);
    job.isDead = true;
    job.status = 'canceled';
    await sandbox.drainRunner();
    expect(pids(before)).toHaveLength(5);
    expect(alive(before)).toEqual([]);
    expect(job.updates.filter((update) => update.state !== 'running')).toEqual([]);
    expect(plainLog(job)).not.toContain('after');
    expect(existsSync(join(sandbox.stateDir, 'builds/runnertok/0/group/app-empty.tmp'))).toBe(false);
  });

  it('reaches a script that ignores SIGTERM', async () => {
    const { server } = sandbox;
    const job = sandbox.enqueue(["trap '' TERM; echo ready", 'while :; do sleep 1000; done']);
    await server.until(() => plainLog(job).includes('\nready\n'));
    job.status = 'canceling';
    expect(await server.untilFinished(job)).toMatchObject({ state: 'failed' });
  });

  it('before the script ends the job without it', async () => {
    const { server } = sandbox;
    const repository = sandbox.repository('group/app', { a: 'a' });
    const job = sandbox.enqueue([], {
      git_info: sandbox.gitInfo('group/app', repository),
      steps: [step('script', ['echo never']), step('after_script', ['echo never'])],
    });
    let open = (): void => {};
    server.answerOnce('GET', /app\.git\/info\/refs$/, (_, response) => {
      job.status = 'canceling';
      return new Promise((resolve) => {
        open = resolve;
        response.on('close', resolve);
      });
    });
    const final = await server.untilFinished(job);
    open();
    expect(final).toMatchObject({ state: 'failed', failure_reason: 'unknown_failure' });
    expect(plainLog(job)).not.toContain('never');
    expect(plainLog(job).endsWith('ERROR: Job failed: canceled\n')).toBe(true);
  });

  it('in after_script comes too late', async () => {
    const { server } = sandbox;
    const after = [`echo ready; until [ -e ${sandbox.folder}/go ]; do sleep 0.02; done`];
    const job = sandbox.enqueue([], { steps: [step('script', ['true']), step('after_script', after)] });
    await server.until(() => plainLog(job).includes('\nready\n'));
    job.status = 'canceling';
    const heard = job.updates.length;
    await server.until(() => job.updates.length > heard + 1);
    await writeFile(join(sandbox.folder, 'go'), '');
    expect(await server.untilFinished(job)).toMatchObject({ state: 'success' });
  });

  it('sends reasons as they are when the server knows them', async () => {
    const { server } = sandbox;
    const job = sandbox.enqueue(['echo ready; sleep 1000'], {
      features: { failure_reasons: ['job_canceled', 'runner_interrupted'] },
    });
    await server.until(() => plainLog(job).includes('\nready\n'));
    job.status = 'canceling';
    expect(await server.untilFinished(job)).toMatchObject({ failure_reason: 'job_canceled' });
  });
});

describe('the end of the runner', () => {
  it('by its signal stops jobs and reports them as interrupted', async () => {
    const { server } = sandbox;
    const job = sandbox.enqueue(HYDRA, { features: { failure_reasons: ['runner_interrupted'] } });
    await server.until(() => plainLog(job).includes('\nready\n'));
    await sandbox.stopRunner();
    expect(job.updates.at(-1)).toMatchObject({ state: 'failed', failure_reason: 'runner_interrupted' });
    expect(alive(plainLog(job))).toEqual([]);
    expect(plainLog(job)).toContain('ERROR: Job failed: aborted: terminated');
  });

  it('by draining finishes jobs and takes no more', async () => {
    const { server } = sandbox;
    const job = sandbox.enqueue([`echo ready; until [ -e ${sandbox.folder}/go ]; do sleep 0.02; done`]);
    await server.until(() => plainLog(job).includes('\nready\n'));
    const drained = sandbox.drainRunner();
    const late = sandbox.enqueue(['echo never']);
    await writeFile(join(sandbox.folder, 'go'), '');
    await drained;
    expect(job.updates.at(-1)).toMatchObject({ state: 'success' });
    expect(late.updates).toEqual([]);
  });
});
