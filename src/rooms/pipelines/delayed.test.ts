import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAILED } from '../../../test/support/fake-runner.ts';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';

const HOUR = 3600;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const CONFIG = `
stages: [build, deploy, report]
build: { stage: build, script: b }
deploy: { stage: deploy, script: d, when: delayed, start_in: 30 minutes }
report: { stage: report, script: r }
`;

/** A pipeline whose first stage is over. */
const afterBuild = async () => {
  const scene = await app.scene(CONFIG);
  await scene.runner.work();
  return scene;
};

describe('a delayed job', () => {
  it('waits from the moment of its turn, and its stage and the pipeline with it', async () => {
    const { pipeline, runner } = await app.scene(CONFIG);
    app.clock.advance(HOUR);
    await app.tick('delayed jobs');
    expect(await pipeline.statuses()).toEqual({ build: 'pending', deploy: 'created', report: 'created' });
    expect(await runner.work()).toEqual(['build']);
    expect(await pipeline.statuses()).toEqual({ build: 'success', deploy: 'scheduled', report: 'created' });
    expect((await pipeline.get()).body).toMatchObject({
      status: 'scheduled',
      detailed_status: { text: 'Delayed', label: 'waiting for delayed job', group: 'scheduled' },
    });
    app.clock.advance(30 * 60 - 1);
    await app.tick('delayed jobs');
    expect(await runner.take()).toBeUndefined();
    app.clock.advance(1);
    await app.tick('delayed jobs');
    expect(await pipeline.statuses()).toEqual({ build: 'success', deploy: 'pending', report: 'created' });
    expect(await runner.work()).toEqual(['deploy', 'report']);
    expect(await pipeline.status()).toBe('success');
  });

  it('of the first stage counts from the creation; a rule may give another delay', async () => {
    const { pipeline, runner } = await app.scene(`
a: { script: a, when: delayed, start_in: 10 seconds }
b: { script: b, rules: [{ if: $CI_COMMIT_BRANCH, when: delayed, start_in: 20 seconds }] }
c: { script: c, rules: [{ when: delayed, start_in: 10 seconds, allow_failure: true }] }
`);
    expect(await pipeline.statuses()).toEqual({ a: 'scheduled', b: 'scheduled', c: 'scheduled' });
    app.clock.advance(10);
    await app.tick('delayed jobs');
    expect(await pipeline.statuses()).toEqual({ a: 'pending', b: 'scheduled', c: 'pending' });
    expect(await runner.work({ c: FAILED })).toEqual(['a', 'c']);
    expect(await pipeline.status()).toBe('scheduled');
    app.clock.advance(10);
    await app.tick('delayed jobs');
    expect(await runner.work()).toEqual(['b']);
    expect(await pipeline.status()).toBe('success');
  });

  it('is skipped like any other when what comes before it fails', async () => {
    const { pipeline, runner } = await app.scene(CONFIG);
    await runner.work({ build: FAILED });
    expect(await pipeline.statuses()).toEqual({ build: 'failed', deploy: 'skipped', report: 'skipped' });
  });

  it('wakes a runner that waits', async () => {
    const { project } = await afterBuild();
    const other = await app.addRunner(project);
    const cursor = (await other.request()).headers.get('x-gitlab-last-update') ?? '';
    const held = other.request({ cursor });
    app.clock.advance(30 * 60);
    await app.tick('delayed jobs');
    expect((await held).status).toBe(201);
  });

  it('is started by any server, once, however late', async () => {
    const { pipeline, runner } = await afterBuild();
    const other = await app.startAnother();
    app.clock.advance(100 * HOUR);
    await Promise.all([app.tick('overdue jobs'), app.tick('delayed jobs'), app.tick('delayed jobs', other)]);
    await app.tick('delayed jobs', other);
    expect(await runner.work()).toEqual(['deploy', 'report']);
    expect(await pipeline.status()).toBe('success');
  });
});

describe('a person and a delayed job', () => {
  it('play starts it at once, and its time does nothing any more', async () => {
    const { pipeline, runner } = await afterBuild();
    const played = await pipeline.post('deploy', 'play');
    expect([played.status, played.at('status')]).toEqual([200, 'pending']);
    app.clock.advance(HOUR);
    await app.tick('delayed jobs');
    await app.tick('overdue jobs');
    expect(await runner.work()).toEqual(['deploy', 'report']);
  });

  it('cancel of the pipeline ends it; cancel of the job alone leaves it, as in GitLab', async () => {
    const { pipeline } = await afterBuild();
    const left = await pipeline.post('deploy', 'cancel');
    expect([left.status, left.at('status')]).toEqual([201, 'scheduled']);
    (await pipeline.call('POST', '/cancel')).must(200);
    expect(await pipeline.statuses()).toEqual({ build: 'success', deploy: 'canceled', report: 'canceled' });
    app.clock.advance(HOUR);
    await app.tick('delayed jobs');
    expect((await pipeline.job('deploy')).at('status')).toBe('canceled');
  });

  it('a retry of the job starts at once, a retry of the pipeline waits again', async () => {
    const { pipeline, runner } = await afterBuild();
    await pipeline.post('deploy', 'play');
    await runner.work({ deploy: FAILED });
    (await pipeline.post('deploy', 'retry')).must(201);
    expect((await pipeline.job('deploy')).at('status')).toBe('pending');
    await runner.work({ deploy: FAILED });
    (await pipeline.call('POST', '/retry')).must(201);
    expect((await pipeline.job('deploy')).at('status')).toBe('scheduled');
    app.clock.advance(30 * 60);
    await app.tick('delayed jobs');
    expect(await runner.work()).toEqual(['deploy', 'report']);
    expect(await pipeline.status()).toBe('success');
  });

  it('a played job that is done can be played again: a new attempt at once', async () => {
    const { pipeline, runner } = await afterBuild();
    await pipeline.post('deploy', 'play');
    const first = await pipeline.job('deploy');
    await runner.work();
    const again = (await pipeline.post('deploy', 'play')).must(200);
    expect(again.at('status')).toBe('pending');
    expect(again.at('id')).not.toBe(first.at('id'));
  });

  it('is among the jobs of the scope `scheduled`', async () => {
    const { pipeline } = await afterBuild();
    const jobs = (await pipeline.call('GET', '/jobs', { query: { 'scope[]': 'scheduled' } })).must(200).rows();
    expect(jobs.map((job) => job.at('name'))).toEqual(['deploy']);
  });
});
