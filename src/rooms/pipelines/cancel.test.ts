import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('auto_cancel: on_job_failure: all', () => {
  const CONFIG = `
workflow: { auto_cancel: { on_job_failure: all } }
stages: [one, two]
bad: { stage: one, script: b }
long: { stage: one, script: l }
waits: { stage: one, script: w }
gate: { stage: two, script: g, when: manual }
`;

  it('cancels everything else when a job fails', async () => {
    const { pipeline, runner } = await app.scene(CONFIG);
    const bad = await runner.mustTake('bad');
    const long = await runner.mustTake('long');
    await bad.start();
    await long.start();
    await bad.fail();
    expect(await pipeline.statuses()).toEqual({
      bad: 'failed',
      long: 'canceling',
      waits: 'canceled',
      gate: 'canceled',
    });
    await long.fail(0, 'job_canceled');
    expect(await pipeline.status()).toBe('failed');
  });

  it('not for a job that is allowed to, or is retried', async () => {
    const { pipeline, runner } = await app.scene(`
workflow: { auto_cancel: { on_job_failure: all } }
allowed: { script: a, allow_failure: true }
retried: { script: r, retry: 1 }
other: { script: o }
`);
    await runner.work({ allowed: { exit: 1 }, retried: [{ exit: 1 }, 'success'] });
    expect(await pipeline.statuses()).toEqual({ allowed: 'failed', other: 'success', retried: 'success' });
  });

  it('and a crash between the failure and the cancel is made good by the sweep', async () => {
    const { pipeline, runner } = await app.scene(CONFIG);
    const bad = await runner.mustTake('bad');
    await bad.start();
    // What advanceJob commits before it processes.
    await app.db
      .updateTable('jobs')
      .set({ status: 'failed', finished_at: app.clock.now() })
      .where('id', '=', bad.id)
      .execute();
    await app.db
      .insertInto('dirty_pipelines')
      .values({ pipeline_id: pipeline.id, marked_at: app.clock.now(), cancel_rest: true })
      .execute();
    app.clock.advance(5);
    await app.tick('dirty pipelines');
    expect(await pipeline.statuses()).toEqual({ bad: 'failed', long: 'canceled', waits: 'canceled', gate: 'canceled' });
    expect(await pipeline.status()).toBe('failed');
    expect(await app.db.selectFrom('dirty_pipelines').select('id').execute()).toEqual([]);
  });
});

describe('cancel', () => {
  it('of a pipeline that has not begun', async () => {
    const { pipeline, runner } = await app.scene(
      'stages: [one, two]\na: { stage: one, script: a }\nb: { stage: two, script: b, when: manual }\n',
    );
    expect((await pipeline.call('POST', '/cancel')).outcome).toEqual([
      200,
      expect.objectContaining({ status: 'canceled' }),
    ]);
    expect(await pipeline.statuses()).toEqual({ a: 'canceled', b: 'canceled' });
    expect(await runner.take()).toBeUndefined();
    expect((await pipeline.get()).at('finished_at')).toBe(app.clock.now().toISOString());
  });

  it('of one that is over changes nothing, and answers 200', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\n');
    await runner.work();
    expect((await pipeline.call('POST', '/cancel')).outcome).toEqual([
      200,
      expect.objectContaining({ status: 'success' }),
    ]);
  });

  it('lets a running job with a runner that can do so clean up first', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\nb: { script: b, needs: [a], when: always }\n');
    const job = await runner.mustTake('a');
    await job.start();
    expect((await pipeline.call('POST', '/cancel')).at('status')).toBe('canceling');
    expect(await pipeline.statuses()).toEqual({ a: 'canceling', b: 'canceled' });
    expect((await job.put('running')).headers.get('job-status')).toBe('canceling');
    expect((await job.log('after_script\n')).headers.get('job-status')).toBe('canceling');
    const end = await job.succeed();
    expect([end.status, end.headers.get('job-status')]).toEqual([200, 'canceled']);
    expect(await pipeline.status()).toBe('canceled');
  });

  it('ends one at once whose runner cannot', async () => {
    const features = ['variables', 'artifacts', 'upload_multiple_artifacts', 'return_exit_code'] as const;
    const { pipeline, runner } = await app.scene('a: { script: a }\n', { features });
    const job = await runner.mustTake('a');
    await job.start();
    await pipeline.call('POST', '/cancel');
    expect(await pipeline.statuses()).toEqual({ a: 'canceled' });
    const told = await job.put('running');
    expect([told.status, told.headers.get('job-status')]).toEqual([403, 'canceled']);
    const patched = await job.patch(Buffer.from('x'), 0);
    expect([patched.status, patched.headers.get('job-status')]).toEqual([403, 'canceled']);
  });

  it('between the claim and its confirmation ends the job at once', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\n');
    const job = await runner.mustTake('a');
    await pipeline.call('POST', '/cancel');
    expect(await pipeline.statuses()).toEqual({ a: 'canceled' });
    const told = await job.put('running', { output: {} });
    expect([told.status, told.headers.get('job-status')]).toEqual([403, 'canceled']);
  });
});
