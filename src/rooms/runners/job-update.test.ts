import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeJob } from '../../../test/support/fake-runner.ts';
import type { Answer } from '../../../test/support/http-caller.ts';
import { type Scene, startTestApp, type TestApp } from '../../../test/support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const CONFIG = 'a: { script: a }\n';
const STATUS = 'job-status';

const running = async (config = CONFIG): Promise<Scene & { readonly job: FakeJob }> => {
  const scene = await app.scene(config);
  const job = await scene.runner.mustTake('a');
  await job.start();
  return { ...scene, job };
};

const put = (job: FakeJob, json: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  app.http('PUT', `/jobs/${job.id}`, { json, headers });

/** Numbers as in the checklist of the runner protocol. */
describe('E. PUT jobs/:id', () => {
  it('57. the first one confirms the job and says how it is', async () => {
    const { runner } = await app.scene(CONFIG);
    const job = await runner.mustTake();
    const answer = await job.put('running', { output: {} });
    expect([answer.status, answer.text, answer.headers.get(STATUS)]).toEqual([200, '200', 'running']);
    const row = await app.db
      .selectFrom('jobs')
      .select(['confirmed_at', 'contacted_at'])
      .where('id', '=', job.id)
      .executeTakeFirst();
    expect(row).toEqual({ confirmed_at: app.clock.now(), contacted_at: app.clock.now() });
  });

  it('58. 403 for any other token, which is taken from the body or the header', async () => {
    const { job } = await running();
    const other = await running();
    const wrong = [
      await put(job, { state: 'running' }),
      await put(job, { state: 'running', token: 'glcbt-64_wrong' }),
      await put(job, { state: 'success', token: other.job.token }),
      await put(job, { state: 'success' }, { 'JOB-TOKEN': other.job.token }),
      await put(job, { state: 'running', token: other.runner.token }),
      await put(job, { state: 'running' }, { 'PRIVATE-TOKEN': other.project.owner.token }),
    ];
    expect(wrong.map((answer) => answer.outcome)).toEqual(wrong.map(() => [403, { message: '403 Forbidden' }]));
    expect(wrong.map((answer) => answer.headers.get(STATUS))).toEqual(wrong.map(() => null));
    expect((await put(job, { state: 'running', token: job.token })).status).toBe(200);
    expect((await put(job, { state: 'running' }, { 'JOB-TOKEN': job.token })).status).toBe(200);
  });

  it('59. keeps the job alive', async () => {
    const { job } = await running();
    app.clock.advance(30);
    await job.put('running');
    const row = await app.db.selectFrom('jobs').select('contacted_at').where('id', '=', job.id).executeTakeFirst();
    expect(row?.contacted_at).toEqual(app.clock.now());
  });

  it('60. success ends it; told again it is 403 and changes nothing', async () => {
    const { job, pipeline } = await running();
    app.clock.advance(3);
    const end = await job.put('success');
    expect([end.status, end.headers.get(STATUS)]).toEqual([200, 'success']);
    const ended = (await pipeline.job('a')).body;
    app.clock.advance(3);
    const again = await job.put('success');
    expect([again.status, again.headers.get(STATUS)]).toEqual([403, 'success']);
    expect((await job.put('failed', { failure_reason: 'script_failure' })).status).toBe(403);
    expect((await pipeline.job('a')).body).toEqual(ended);
  });

  const failures: readonly (readonly [object, string, number | null])[] = [
    [{ failure_reason: 'script_failure', exit_code: 3 }, 'script_failure', 3],
    [{ failure_reason: 'runner_system_failure' }, 'runner_system_failure', null],
    [{ failure_reason: 'job_execution_timeout' }, 'job_execution_timeout', null],
    [{ failure_reason: 'job_canceled' }, 'unknown_failure', null],
    [{ failure_reason: 'any nonsense \u{1f980}' }, 'unknown_failure', null],
    [{}, 'unknown_failure', null],
    [{ failure_reason: '' }, 'unknown_failure', null],
    [{ failure_reason: null, exit_code: null }, 'unknown_failure', null],
    [{ failure_reason: 'script_failure', exit_code: -1 }, 'script_failure', 0],
    [{ failure_reason: 'script_failure', exit_code: 99_999 }, 'script_failure', 32_767],
  ];
  it.each(failures)('61, 62. failed with %j is %s with exit code %j', async (fields, reason, exit) => {
    const { job, pipeline } = await running();
    const end = await job.put('failed', fields);
    expect([end.status, end.headers.get(STATUS)]).toEqual([200, 'failed']);
    expect((await pipeline.job('a')).body).toMatchObject({ status: 'failed', failure_reason: reason });
    const row = await app.db.selectFrom('jobs').select('exit_code').where('id', '=', job.id).executeTakeFirst();
    expect(row?.exit_code).toBe(exit);
  });

  it('63. 400 for another state, 403 for a job that is not there', async () => {
    const { job } = await running();
    for (const state of ['canceled', 'pending', '', undefined]) {
      expect((await put(job, { state, token: job.token })).status).toBe(400);
    }
    for (const id of ['999999', 'x', '0']) {
      expect((await app.http('PUT', `/jobs/${id}`, { json: { state: 'success', token: job.token } })).status).toBe(403);
    }
  });

  it('64. keeps what the runner says of its log', async () => {
    const { job } = await running();
    await job.log('hello\n');
    await job.succeed();
    const row = await app.db
      .selectFrom('job_traces')
      .select(['checksum', 'reported_size', 'size'])
      .where('job_id', '=', job.id)
      .executeTakeFirst();
    expect(row).toEqual({ checksum: 'crc32:363a3020', reported_size: 6, size: 6 });
  });

  it('takes the coverage from the log', async () => {
    const { job, pipeline } = await running('a: { script: a, coverage: "/total: (\\\\d+)%/" }\n');
    await job.log('total: 12%\ntotal: 48%\n');
    await job.succeed();
    expect((await pipeline.job('a')).at('coverage')).toBe(48);
  });
});

describe('H. cancel, timeout, retry', () => {
  it.each(['success', 'failed'] as const)(
    '91. graceful: the runner is told, may still send, and ends it with %s',
    async (state) => {
      const { job, pipeline } = await running();
      await job.log('script\n');
      await pipeline.post('a', 'cancel');
      expect((await pipeline.job('a')).at('status')).toBe('canceling');
      const kept = await job.put('running');
      const sent = await job.log('after_script\n');
      const file = await job.upload(Buffer.from('x'), 'junit.xml', {
        artifact_type: 'codequality',
        artifact_format: 'raw',
      });
      expect([kept.status, kept.headers.get(STATUS), sent.headers.get(STATUS), file.status]).toEqual([
        200,
        'canceling',
        'canceling',
        201,
      ]);
      const end = await job.put(state, state === 'failed' ? { failure_reason: 'unknown_failure' } : {});
      expect([end.status, end.headers.get(STATUS)]).toEqual([200, 'canceled']);
      expect((await pipeline.job('a')).body).not.toHaveProperty('failure_reason');
      expect(await pipeline.status()).toBe('canceled');
    },
  );

  it('92. between the job and its first PUT: the runner learns it with that', async () => {
    const { runner, pipeline } = await app.scene(CONFIG);
    const job = await runner.mustTake();
    await pipeline.post('a', 'cancel');
    const first = await job.put('running', { output: {} });
    expect([first.status, first.headers.get(STATUS)]).toEqual([403, 'canceled']);
  });

  it('93. forced: at once, and everything is refused from then on', async () => {
    const { job, pipeline } = await running();
    await pipeline.post('a', 'cancel');
    await pipeline.post('a', 'cancel', { form: { force: 'true' } });
    for (const answer of [await job.put('running'), await job.put('success'), await job.patch(Buffer.from('x'), 0)]) {
      expect([answer.status, answer.headers.get(STATUS)]).toEqual([403, 'canceled']);
    }
    expect((await job.upload(Buffer.from('x'), 'a.zip')).status).toBe(403);
  });

  it('97. a retry has an id and a token of its own', async () => {
    const { job, pipeline, runner } = await running();
    await job.fail();
    await pipeline.post('a', 'retry');
    const again = await runner.mustTake('a');
    expect([again.id === job.id, again.token === job.token]).toEqual([false, false]);
    expect((await app.http('PUT', `/jobs/${again.id}`, { json: { state: 'success', token: job.token } })).status).toBe(
      403,
    );
  });

  it('98. the token of a job that is over writes nothing more', async () => {
    const { job } = await running();
    await job.log('x\n');
    await job.succeed();
    for (const answer of [await job.patch(Buffer.from('y'), 2), await job.upload(Buffer.from('x'), 'a.zip')]) {
      expect([answer.status, answer.headers.get(STATUS)]).toEqual([403, 'success']);
    }
  });

  it('99. 403 when the project is deleted or the job erased', async () => {
    const gone = await running();
    await gone.project.call('DELETE', '');
    expect((await gone.job.put('running')).status).toBe(403);
    expect((await gone.job.patch(Buffer.from('x'), 0)).status).toBe(403);
    const erased = await running();
    await app.db.updateTable('jobs').set({ erased_at: app.clock.now() }).where('id', '=', erased.job.id).execute();
    expect((await erased.job.put('running')).status).toBe(403);
  });
});
