import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const CONFIG = 'a: { script: a }\n';

describe('a claim that no runner confirms', () => {
  it('goes back to the queue after 20 seconds, and its token is dead', async () => {
    const { pipeline, runner } = await app.scene(CONFIG);
    const lost = await runner.mustTake();
    const queuedAt = app.clock.now();
    app.clock.advance(19);
    await app.tick('unconfirmed jobs');
    expect(await pipeline.statuses()).toEqual({ a: 'running' });
    app.clock.advance(1);
    await app.tick('unconfirmed jobs');
    expect(await pipeline.statuses()).toEqual({ a: 'pending' });
    expect((await pipeline.job('a')).body).toMatchObject({ started_at: null, runner: null, queued_duration: 20 });
    expect([(await lost.put('running')).status, (await lost.patch(Buffer.from('x'), 0)).status]).toEqual([403, 403]);
    app.clock.advance(5);
    const found = await runner.mustTake();
    expect([found.id, found.token === lost.token]).toEqual([lost.id, false]);
    expect(found.payload.job_info.time_in_queue_seconds).toBe((app.clock.now().getTime() - queuedAt.getTime()) / 1000);
    expect((await lost.put('success')).status).toBe(403);
    await found.start();
    await found.succeed();
    expect(await pipeline.status()).toBe('success');
  });

  it('is confirmed by the first word of its runner, also by a piece of its log', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\nb: { script: b }\n');
    await (await runner.mustTake('a')).start();
    await (await runner.mustTake('b')).log('hello\n');
    app.clock.advance(HOUR / 2);
    await app.tick('unconfirmed jobs');
    expect(await pipeline.statuses()).toEqual({ a: 'running', b: 'running' });
  });

  it('wakes a runner that waits', async () => {
    const { runner, project } = await app.scene(CONFIG);
    await runner.mustTake();
    const other = await app.addRunner(project);
    const cursor = (await other.request()).headers.get('x-gitlab-last-update') ?? '';
    const held = other.request({ cursor });
    app.clock.advance(20);
    await app.tick('unconfirmed jobs');
    expect((await held).status).toBe(201);
  });
});

describe('a running job', () => {
  it('fails when its runner has been silent for an hour', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a, timeout: 10h }\n');
    const job = await runner.mustTake();
    await job.start();
    app.clock.advance(HOUR / 2);
    await job.log('still here\n');
    app.clock.advance(HOUR);
    await app.tick('overdue jobs');
    expect(await pipeline.statuses()).toEqual({ a: 'running' });
    app.clock.advance(1);
    await app.tick('overdue jobs');
    expect((await pipeline.job('a')).body).toMatchObject({ status: 'failed', failure_reason: 'no_updates_running' });
    const told = await job.put('success');
    expect([told.status, told.headers.get('job-status')]).toEqual([403, 'failed']);
    expect(await pipeline.status()).toBe('failed');
  });

  it('fails 15 minutes after its timeout, however alive its runner is, and ended when its time was up', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a, timeout: 10 minutes }\n');
    const job = await runner.mustTake();
    const start = app.clock.now();
    await job.start();
    for (let minute = 0; minute < 25; minute += 5) {
      app.clock.advance(5 * MINUTE);
      await job.put('running');
    }
    await app.tick('overdue jobs');
    expect(await pipeline.statuses()).toEqual({ a: 'running' });
    app.clock.advance(1);
    await app.tick('overdue jobs');
    expect((await pipeline.job('a')).body).toMatchObject({
      status: 'failed',
      failure_reason: 'server_timeout_running',
      finished_at: new Date(start.getTime() + 10 * MINUTE * 1000).toISOString(),
      duration: 10 * MINUTE,
    });
    expect((await job.put('running')).status).toBe(403);
  });

  it('that is being canceled ends as canceled when its runner is silent for half an hour', async () => {
    const { pipeline, runner } = await app.scene(CONFIG);
    const job = await runner.mustTake();
    await job.start();
    await pipeline.call('POST', '/cancel');
    app.clock.advance(HOUR / 2);
    await app.tick('overdue jobs');
    expect(await pipeline.statuses()).toEqual({ a: 'canceling' });
    app.clock.advance(1);
    await app.tick('overdue jobs');
    expect(await pipeline.statuses()).toEqual({ a: 'canceled' });
    expect(await pipeline.status()).toBe('canceled');
    expect((await job.put('failed')).headers.get('job-status')).toBe('canceled');
  });

  it('is retried automatically where its configuration says so', async () => {
    const { pipeline, runner } = await app.scene(
      'a: { script: a, retry: { max: 1, when: stuck_or_timeout_failure } }\n',
    );
    await (await runner.mustTake()).start();
    app.clock.advance(HOUR + 1);
    await app.tick('overdue jobs');
    expect(await pipeline.statuses()).toEqual({ a: 'pending' });
    expect(await pipeline.jobs({ retried: true })).toHaveLength(2);
  });
});

describe('a server that has just started', () => {
  it('listens for 20 seconds before it takes back claims that nobody confirmed: their runners could not be heard', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\nb: { script: b }\n');
    const heard = await runner.mustTake('a');
    await runner.mustTake('b');
    app.clock.advance(5 * MINUTE);
    const server = await app.startAnother();
    await app.tick('unconfirmed jobs', server);
    expect(await pipeline.statuses()).toEqual({ a: 'running', b: 'running' });
    expect((await heard.log('I went on\n')).status).toBe(202);
    app.clock.advance(20);
    await app.tick('unconfirmed jobs', server);
    expect(await pipeline.statuses()).toEqual({ a: 'running', b: 'pending' });
  });

  it('listens for two minutes before it ends jobs for silence or for their time', async () => {
    const { pipeline, runner } = await app.scene(
      'a: { script: a, timeout: 10 minutes }\nb: { script: b, timeout: 10h }\n',
    );
    const done = await runner.mustTake('a');
    await done.start();
    await (await runner.mustTake('b')).start();
    app.clock.advance(HOUR + 1);
    const server = await app.startAnother();
    await app.tick('overdue jobs', server);
    expect(await pipeline.statuses()).toEqual({ a: 'running', b: 'running' });
    await done.succeed();
    app.clock.advance(2 * MINUTE);
    await app.tick('overdue jobs', server);
    expect(await pipeline.statuses()).toEqual({ a: 'success', b: 'failed' });
  });
});

describe('a pending job', () => {
  it('fails after an hour when no online runner could take it', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\nb: { script: b, tags: [rare] }\n');
    expect((await runner.request()).status).toBe(201);
    app.clock.advance(HOUR + 1);
    await runner.request();
    await app.tick('overdue jobs');
    expect((await pipeline.job('b')).body).toMatchObject({
      status: 'failed',
      failure_reason: 'stuck_pending_no_matching_runners',
    });
  });

  it('waits for a runner that is only busy, and gives up after a day', async () => {
    const project = await app.addProject(CONFIG);
    const runner = await app.addRunner(project);
    await runner.request();
    const pipeline = await project.run();
    for (let hour = 0; hour < 24; hour += 1) {
      app.clock.advance(HOUR);
      await app.db.updateTable('runners').set({ contacted_at: app.clock.now() }).where('id', '=', runner.id).execute();
      await app.tick('overdue jobs');
    }
    expect(await pipeline.statuses()).toEqual({ a: 'pending' });
    app.clock.advance(1);
    await app.tick('overdue jobs');
    expect((await pipeline.job('a')).body).toMatchObject({ failure_reason: 'stuck_pending_with_matching_runners' });
  });

  it.each([
    ['paused', { paused: 'true' }],
    ['has other tags', { tag_list: 'other', run_untagged: 'false' }],
    ['takes protected refs only', { access_level: 'ref_protected' }],
  ])('has no runner where the only one %s', async (_what, settings) => {
    const project = await app.addProject(CONFIG);
    await project.call('DELETE', '/protected_branches/main');
    const runner = await app.addRunner(project, settings);
    await runner.request();
    const pipeline = await project.run();
    app.clock.advance(HOUR + 1);
    await runner.request();
    await app.tick('overdue jobs');
    expect((await pipeline.job('a')).body).toMatchObject({ failure_reason: 'stuck_pending_no_matching_runners' });
  });
});

describe('many waiting jobs', () => {
  it('do not keep the sweep from those behind them', async () => {
    const project = await app.addProject(
      ['one', 'two', 'three'].map((name) => `${name}: { script: x, parallel: 200, tags: [busy] }`).join('\n'),
    );
    const runner = await app.addRunner(project, { tag_list: 'busy' });
    await runner.request();
    const waiting = await project.run();
    const own = await app.scene(CONFIG);
    const job = await own.runner.mustTake();
    await job.start();
    app.clock.advance(HOUR + 1);
    await app.db.updateTable('runners').set({ contacted_at: app.clock.now() }).execute();
    await app.tick('overdue jobs');
    expect(await own.pipeline.statuses()).toEqual({ a: 'failed' });
    expect(await waiting.status()).toBe('pending');
    await waiting.call('POST', '/cancel');
  });
});

describe('marks that a crash left', () => {
  const crash = async (jobId: number, status: string): Promise<void> => {
    // What a transition commits before its processing, which a crash then prevents.
    await app.db.updateTable('jobs').set({ status, finished_at: app.clock.now() }).where('id', '=', jobId).execute();
    await sql`insert into dirty_pipelines (pipeline_id, marked_at)
      select pipeline_id, ${app.clock.now()} from jobs where id = ${jobId}`.execute(app.db);
  };

  it('are processed by the sweep, two seconds later at the earliest', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\nb: { script: b, needs: [a] }\n');
    const job = await runner.mustTake();
    await job.start();
    await crash(job.id, 'success');
    await app.tick('dirty pipelines');
    expect(await pipeline.statuses()).toEqual({ a: 'success', b: 'created' });
    app.clock.advance(2);
    await app.tick('dirty pipelines');
    expect(await pipeline.statuses()).toEqual({ a: 'success', b: 'pending' });
    expect(await app.db.selectFrom('dirty_pipelines').select('id').execute()).toEqual([]);
  });

  it('are processed although another pipeline cannot be', async () => {
    const sick = await app.scene(CONFIG);
    const well = await app.scene(CONFIG);
    for (const { runner } of [sick, well]) await crash((await runner.mustTake()).id, 'success');
    await sql
      .raw(`
        create function refuse() returns trigger language plpgsql as $$ begin raise exception 'sick'; end $$;
        create trigger refuse before update on pipelines for each row when (old.id = ${sick.pipeline.id})
          execute function refuse();`)
      .execute(app.db);
    app.clock.advance(2);
    await expect(app.tick('dirty pipelines')).rejects.toThrow('sick');
    expect(await well.pipeline.status()).toBe('success');
    await sql.raw('drop trigger refuse on pipelines; drop function refuse();').execute(app.db);
    await app.tick('dirty pipelines');
    expect(await sick.pipeline.status()).toBe('success');
  });

  it('are left alone by who finds none', async () => {
    const { pipeline } = await app.scene(CONFIG);
    const before = (await pipeline.get()).body;
    app.clock.advance(10);
    await app.tick('dirty pipelines');
    expect((await pipeline.get()).body).toEqual(before);
  });
});
