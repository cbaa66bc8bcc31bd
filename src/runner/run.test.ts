import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainLog, Sandbox, step, variable } from './testing/sandbox.ts';

describe('a job', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await Sandbox.open();
  });
  afterEach(() => sandbox.close());

  it('runs its script, sends its log and its result', async () => {
    const job = sandbox.enqueue(['echo hello', 'echo "two\nlines"']);
    const final = await sandbox.server.untilFinished(job);
    expect(job.updates[0]).toMatchObject({ state: 'running', output: {} });
    expect(final).toMatchObject({ state: 'success' });
    expect(final.exit_code).toBeUndefined();
    expect(plainLog(job)).toContain('$ echo hello\nhello\n');
    expect(plainLog(job)).toContain('$ echo "two # collapsed multi-line command\ntwo\nlines\n');
    expect(plainLog(job)).toMatch(/^Running with penstock-runner .*\n {2}on .* runnertok, system ID: s_[a-z0-9]{12}\n/);
    expect(plainLog(job).endsWith('Job succeeded\n')).toBe(true);
  });
});
