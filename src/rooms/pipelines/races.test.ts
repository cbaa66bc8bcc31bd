import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAILED, type FakeJob, type FakeRunner } from '../../../test/support/fake-runner.ts';
import { startTestApp, type TestApp, type TestServer } from '../../../test/support/test-app.ts';
import type { TestPipeline } from '../../../test/support/test-project.ts';

let app: TestApp;
let second: TestServer;
beforeAll(async () => {
  app = await startTestApp();
  second = await app.startAnother();
});
afterAll(() => app.close());

/** Every job that is waiting, taken and confirmed. */
const takeAll = async (runner: FakeRunner): Promise<readonly FakeJob[]> => {
  const jobs: FakeJob[] = [];
  for (let job = await runner.take(); job !== undefined; job = await runner.take()) {
    await job.start();
    jobs.push(job);
  }
  return jobs;
};

const all = <T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<readonly R[]> =>
  Promise.all(items.map(work));

/** Stages and pipeline agree with the jobs, and nobody has to look again. */
const expectSettled = async (pipeline: TestPipeline): Promise<void> => {
  expect(
    await app.db.selectFrom('dirty_pipelines').select('id').where('pipeline_id', '=', pipeline.id).execute(),
  ).toEqual([]);
  const before = [(await pipeline.get()).body, await pipeline.statuses(), await stagesOf(pipeline)];
  await sql`insert into dirty_pipelines (pipeline_id, marked_at) values (${pipeline.id}, ${new Date(0)})`.execute(
    app.db,
  );
  await app.tick('dirty pipelines');
  expect([(await pipeline.get()).body, await pipeline.statuses(), await stagesOf(pipeline)]).toEqual(before);
};

const stagesOf = async (pipeline: TestPipeline) =>
  app.db
    .selectFrom('stages')
    .select(['name', 'status'])
    .where('pipeline_id', '=', pipeline.id)
    .orderBy('position')
    .execute();

describe('jobs that end at the same time', () => {
  it('the last two of a stage: the next stage starts once', async () => {
    const { pipeline, runner } = await app.scene(`
stages: [one, two]
a: { stage: one, script: a }
b: { stage: one, script: b }
c: { stage: two, script: c }
`);
    const jobs = await takeAll(runner);
    expect(jobs).toHaveLength(2);
    await all(jobs, (job) => job.succeed());
    expect(await pipeline.statuses()).toEqual({ a: 'success', b: 'success', c: 'pending' });
    expect(await runner.work()).toEqual(['c']);
    await expectSettled(pipeline);
  });

  it('fifty of them, some failing, on two servers', async () => {
    const { pipeline, runner, project } = await app.scene(`
stages: [one, two]
many: { stage: one, script: m, parallel: 50 }
after: { stage: two, script: a }
rescue: { stage: two, script: r, when: on_failure }
`);
    const here = await takeAll(runner);
    expect(here).toHaveLength(50);
    const failing = (index: number): boolean => index % 10 === 3;
    await all(here, (job, index) => (failing(index) ? job.fail() : job.succeed()));
    const statuses = await pipeline.statuses();
    expect(Object.values(statuses).filter((status) => status === 'success')).toHaveLength(45);
    expect(Object.values(statuses).filter((status) => status === 'failed')).toHaveLength(5);
    expect([statuses['after'], statuses['rescue']]).toEqual(['skipped', 'pending']);
    expect(await runner.work()).toEqual(['rescue']);
    expect(await pipeline.status()).toBe('failed');
    await expectSettled(pipeline);

    const again = await project.run();
    const there = await app.addRunner(project, {}, { url: second.url });
    const [ours, theirs] = await Promise.all([takeAll(runner), takeAll(there)]);
    expect([...ours, ...theirs]).toHaveLength(50);
    await all([...ours, ...theirs], (job) => job.succeed());
    expect(await runner.work()).toEqual(['after']);
    expect(await again.status()).toBe('success');
    await expectSettled(again);
  });

  it('with retries: each failed job has one new attempt', async () => {
    const { pipeline, runner } = await app.scene('many: { script: m, parallel: 20, retry: 1 }\n');
    const jobs = await takeAll(runner);
    await all(jobs, (job) => job.fail());
    expect(Object.values(await pipeline.statuses())).toEqual(Array.from({ length: 20 }, () => 'pending'));
    expect(await pipeline.jobs({ retried: true })).toHaveLength(40);
    await all(await takeAll(runner), (job) => job.succeed());
    expect(await pipeline.status()).toBe('success');
    await expectSettled(pipeline);
  });

  it('the same job told twice ends once', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\n');
    const job = await runner.mustTake();
    await job.start();
    const answers = await Promise.all([job.put('success'), job.put('success'), job.put('failed'), job.put('success')]);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 403)).toHaveLength(3);
    expect(await pipeline.jobs({ retried: true })).toHaveLength(1);
    await expectSettled(pipeline);
  });
});

describe('many runners', () => {
  it('twenty polls at once on two servers: each of a hundred jobs is given out once', async () => {
    const { project, pipeline } = await app.scene('many: { script: m, parallel: 100 }\n');
    const runners = await all(Array.from({ length: 20 }), (_, index) =>
      app.addRunner(project, {}, { url: index % 2 === 0 ? app.url : second.url, systemId: `s_${index}` }),
    );
    const taken: number[] = [];
    const tokens = new Set<string>();
    await all(runners, async (runner) => {
      for (let job = await runner.take(); job !== undefined; job = await runner.take()) {
        taken.push(job.id);
        tokens.add(job.token);
      }
    });
    expect([taken.length, new Set(taken).size, tokens.size]).toEqual([100, 100, 100]);
    expect(new Set(Object.values(await pipeline.statuses()))).toEqual(new Set(['running']));
    await pipeline.call('POST', '/cancel');
  });

  it('two for one job: one gets it, the other nothing', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { project, runner } = await app.scene('a: { script: a }\n');
      const other = await app.addRunner(project, {}, { url: second.url });
      const answers = await Promise.all([runner.request(), other.request(), runner.request()]);
      expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 204, 204]);
    }
  });
});

describe('changes by people while jobs move', () => {
  it('a cancel while jobs are taken and end leaves everything over', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { pipeline, runner } = await app.scene(`
stages: [one, two]
many: { stage: one, script: m, parallel: 12 }
after: { stage: two, script: a, when: always }
`);
      const running = await all(Array.from({ length: 4 }), async () => {
        const job = await runner.mustTake();
        await job.start();
        return job;
      });
      await Promise.all([
        pipeline.call('POST', '/cancel'),
        all(running, (job, index) => job.put(index % 2 === 0 ? 'success' : 'failed')),
        all(Array.from({ length: 3 }), () => runner.request()),
      ]);
      for (const job of running) await job.put('success');
      const statuses = Object.values(await pipeline.statuses());
      expect(statuses.filter((status) => !['canceled', 'success', 'failed', 'skipped'].includes(status))).toEqual([]);
      expect(['canceled', 'failed']).toContain(await pipeline.status());
      expect(await runner.take()).toBeUndefined();
      await expectSettled(pipeline);
    }
  });

  it('a retry of the pipeline by five people makes one attempt of each job', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\nb: { script: b }\nc: { script: c, needs: [a] }\n');
    await runner.work({ a: FAILED, b: FAILED });
    const answers = await all(Array.from({ length: 5 }), () => pipeline.call('POST', '/retry'));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(await pipeline.jobs({ retried: true })).toHaveLength(5);
    expect((await runner.work()).toSorted()).toEqual(['a', 'b', 'c']);
    await expectSettled(pipeline);
  });

  it('a retry while the failing job’s dependents are being skipped frees them all', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { pipeline, runner } = await app.scene(`
a: { script: a }
b: { script: b }
c: { script: c, needs: [a] }
d: { script: d, needs: [c] }
e: { script: e, needs: [d, b] }
`);
      const [a, b] = await takeAll(runner);
      await a?.fail();
      const [retried] = await Promise.all([pipeline.post('a', 'retry'), b?.succeed()]);
      expect(retried.status).toBe(201);
      expect(await runner.work()).toEqual(['a', 'c', 'd', 'e']);
      expect(await pipeline.status()).toBe('success');
      await expectSettled(pipeline);
    }
  });

  it('a play and a cancel of the pipeline at the same time leave nothing in between', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { pipeline, runner } = await app.scene('a: { script: a, when: manual }\nb: { script: b }\n');
      const manual = (await pipeline.job('a')).number('id');
      await Promise.all([
        pipeline.project.call('POST', `/jobs/${manual}/play`),
        pipeline.call('POST', '/cancel'),
        runner.request(),
      ]);
      await expectSettled(pipeline);
      await pipeline.call('POST', '/cancel');
    }
  });

  it('a deletion while its jobs end is no error for anybody', async () => {
    const { pipeline, runner } = await app.scene('many: { script: m, parallel: 10 }\n');
    const jobs = await takeAll(runner);
    const [deleted, ...ended] = await Promise.all([
      pipeline.call('DELETE'),
      ...jobs.map((job) => job.put('success')),
      ...jobs.map((job) => job.patch(Buffer.from('x'), 0)),
    ]);
    expect(deleted?.status).toBe(204);
    expect(ended.filter((answer) => ![200, 202, 403].includes(answer.status))).toEqual([]);
    expect(await app.db.selectFrom('jobs').select('id').where('pipeline_id', '=', pipeline.id).execute()).toEqual([]);
  });
});
