import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/http-caller.ts';
import { type Person, startTestApp, type TestApp } from '../support/test-app.ts';

/*
 * Whoever loses their account loses, in that moment, everything that works in their name: tokens, trigger tokens, jobs
 * that wait, jobs that run.
 */

const CONFIG = `
stages: [build, deploy]
one: {stage: build, script: [make], retry: {max: 2, when: always}}
two: {stage: build, script: [make]}
ship: {stage: deploy, script: [make]}
hold: {stage: deploy, script: [make], when: manual}
`;

let app: TestApp;
let root: Person;

beforeAll(async () => {
  app = await startTestApp();
  root = await app.root();
});
afterAll(() => app.close());

const order = async (person: Person, verb: string): Promise<Answer> =>
  (await app.http('POST', `/users/${person.user.id}/${verb}`, { as: root })).must(201);

/** A running job, one that waits, one behind them. */
const running = async () => {
  const scene = await app.scene(CONFIG);
  const job = await scene.runner.mustTake('one');
  await job.start();
  await job.log('at work\n');
  const currentJob = () => app.http('GET', '/job', { headers: { 'JOB-TOKEN': job.token } });
  return { ...scene, job, currentJob, owner: scene.project.owner };
};

describe('a user who is blocked', () => {
  it('has every job failed, and the runner learns of it', async () => {
    const { project, pipeline, runner, job, currentJob, owner } = await running();
    expect((await currentJob()).status).toBe(200);
    await order(owner, 'block');

    const jobs = await pipeline.project.call('GET', `/pipelines/${pipeline.id}/jobs`, {
      as: root,
      query: { include_retried: 'true', per_page: '100' },
    });
    const found = jobs.rows().map((row) => [row.at('name'), row.at('status'), row.at('failure_reason')]);
    expect(new Set(found.map((row) => JSON.stringify(row)))).toEqual(
      new Set(
        [
          ['one', 'failed', 'user_blocked'],
          ['two', 'failed', 'user_blocked'],
          ['ship', 'failed', 'user_blocked'],
          ['hold', 'failed', 'user_blocked'],
        ].map((row) => JSON.stringify(row)),
      ),
    );
    expect((await currentJob()).status).toBe(401);
    const told = await job.patch(Buffer.from('more'), 8);
    expect([told.status, told.headers.get('job-status')]).toEqual([403, 'failed']);
    expect((await job.put('success')).status).toBe(403);
    expect(await runner.take()).toBeUndefined();
    expect((await project.call('GET', '')).outcome).toEqual([
      403,
      { message: '403 Forbidden - Your account has been blocked.' },
    ]);
  });

  it('starts nothing through a trigger token or a job token; unblocked, the trigger token works again', async () => {
    const { project, job, owner } = await running();
    const trigger = await project.addTrigger();
    const call = (token: string) => project.anonymously('POST', '/trigger/pipeline', { form: { token, ref: 'main' } });
    await order(owner, 'block');
    expect((await call(trigger)).status).toBe(400);
    expect((await call(job.token)).outcome).toEqual([401, { message: 'Job is not running' }]);
    await order(owner, 'unblock');
    expect((await call(trigger)).status).toBe(201);
  });

  it('is found by the sweep where a crash came between the block and its consequences', async () => {
    const { pipeline, owner, currentJob } = await running();
    await app.db.updateTable('users').set({ state: 'blocked' }).where('id', '=', owner.user.id).execute();
    expect((await currentJob()).status).toBe(403);
    await app.tick('jobs of blocked users');
    const job = await app.db
      .selectFrom('jobs')
      .select(['status', 'failure_reason'])
      .where('pipeline_id', '=', pipeline.id)
      .where('name', '=', 'two')
      .executeTakeFirstOrThrow();
    expect(job).toEqual({ status: 'failed', failure_reason: 'user_blocked' });
  });

  it('takes along what they started in the projects of others, and nothing else', async () => {
    const guest = await app.addPerson('busy-guest');
    const project = await app.addProject(CONFIG);
    await project.addMember(guest, 40);
    const [theirs, others] = [await project.run({ as: guest }), await project.run()];
    await order(guest, 'block');
    expect(await theirs.statuses()).toMatchObject({ one: 'failed', two: 'failed' });
    expect(await others.statuses()).toMatchObject({ one: 'pending', two: 'pending' });
  });
});

describe('a user who is deactivated', () => {
  it('keeps running jobs, which have no rights any more', async () => {
    const { project, job, currentJob, owner } = await running();
    const trigger = await project.addTrigger();
    await order(owner, 'deactivate');
    expect((await currentJob()).status).toBe(403);
    const form = { token: trigger, ref: 'main' };
    expect((await project.anonymously('POST', '/trigger/pipeline', { form })).status).toBe(400);
    expect((await job.put('running')).status).toBe(200);
    await order(owner, 'activate');
    expect((await currentJob()).status).toBe(200);
  });
});

describe('a user who is deleted', () => {
  it('leaves a trigger token that is unknown, and pipelines without a user in the projects of others', async () => {
    const gone = await app.addPerson('soon-gone');
    const project = await app.addProject(CONFIG);
    await project.addMember(gone, 40);
    const trigger = await project.addTrigger(gone);
    const pipeline = await project.run({ as: gone });
    (await app.http('DELETE', `/users/${gone.user.id}`, { as: root })).must(204);
    expect(await pipeline.statuses()).toMatchObject({ one: 'failed', two: 'failed' });
    const form = { token: trigger, ref: 'main' };
    expect((await project.anonymously('POST', '/trigger/pipeline', { form })).outcome).toEqual([
      404,
      { message: '404 Not Found' },
    ]);
    expect((await project.call('GET', `/pipelines/${pipeline.id}`)).must(200).at('user')).toBeNull();
    expect((await app.http('GET', `/users/${gone.user.id}`, { as: root })).status).toBe(404);
  });

  it('is removed with the projects of the own namespace', async () => {
    const { project, owner, job } = await running();
    (await app.http('DELETE', `/users/${owner.user.id}`, { as: root })).must(204);
    expect((await job.put('running')).status).toBe(403);
    expect((await app.http('GET', `/projects/${project.id}`, { as: root })).status).toBe(404);
    app.clock.advance(120);
    await app.tick('deleted projects');
    await app.tick('deleted users');
    const rows = await app.db.selectFrom('users').select('id').where('id', '=', owner.user.id).execute();
    expect(rows).toEqual([]);
  });
});

describe('a project access token that is revoked', () => {
  it('stops what its bot has started', async () => {
    const project = await app.addProject(CONFIG);
    const json = { name: 'robot', scopes: ['api'], access_level: 40 };
    const made = (await project.call('POST', '/access_tokens', { json })).must(201);
    const bot = { as: made.string('token') };
    const pipeline = project.pipeline(
      (await project.call('POST', '/pipeline', { ...bot, json: { ref: 'main' } })).must(201).number('id'),
    );
    const trigger = (await project.call('POST', '/triggers', { ...bot, form: { description: 'x' } })).must(201);
    expect((await project.call('GET', `/pipelines/${pipeline.id}`)).at('user', 'id')).toBe(made.number('user_id'));
    (await project.call('DELETE', `/access_tokens/${made.number('id')}`)).must(204);
    expect(await pipeline.statuses()).toMatchObject({ one: 'failed', two: 'failed' });
    const form = { token: trigger.string('token'), ref: 'main' };
    expect((await project.anonymously('POST', '/trigger/pipeline', { form })).status).toBe(400);
  });
});

describe('a member who is removed or demoted', () => {
  it('loses the trigger token’s power, and the job token’s', async () => {
    const member = await app.addPerson('leaving');
    const project = await app.addProject(CONFIG);
    await project.addMember(member, 40);
    const trigger = await project.addTrigger(member);
    const runner = await app.addRunner(project);
    await project.run({ as: member });
    const job = await runner.mustTake();
    const call = () => project.anonymously('POST', '/trigger/pipeline', { form: { token: trigger, ref: 'main' } });
    const list = () => project.anonymously('GET', '/pipelines', { headers: { 'JOB-TOKEN': job.token } });
    expect([(await call()).status, (await list()).status]).toEqual([201, 200]);
    (await project.call('PUT', `/members/${member.user.id}`, { json: { access_level: 20 } })).must(200);
    expect((await call()).status).toBe(400);
    (await project.call('DELETE', `/members/${member.user.id}`)).must(204);
    expect((await call()).status).toBe(404);
    expect((await list()).status).toBe(404);
  });
});
