import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeJob } from '../../../test/support/fake-runner.ts';
import type { Answer } from '../../../test/support/http-caller.ts';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

const NOT_FOUND = [404, { message: '404 Not Found' }];
const unauthorized = (text: string) => [401, { message: text }];

let app: TestApp;
let owner: Person;
let target: TestProject;

beforeAll(async () => {
  app = await startTestApp();
  owner = await app.addPerson('owner');
  target = await app.addProject('show:\n  script: env\n', { owner });
});
afterAll(() => app.close());

/** A running job of a project of its own, and that project. */
const runJob = async (by: Person = owner): Promise<{ readonly source: TestProject; readonly job: FakeJob }> => {
  const source = await app.addProject('call:\n  script: curl\n', { owner: by });
  const runner = await app.addRunner(source);
  await source.run();
  const job = await runner.mustTake('call');
  await job.start();
  return { source, job };
};

const trigger = (to: TestProject, token: string, form: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  to.anonymously('POST', '/trigger/pipeline', { form: { token, ref: 'main', ...form } });

/** An administrator lets that project's jobs in; its owner could not where they do not see it. */
const allow = async (to: TestProject, source: TestProject): Promise<void> => {
  const form = { target_project_id: String(source.id) };
  (await to.call('POST', '/job_token_scope/allowlist', { as: await app.root(), form })).must(201);
};

describe('CI_JOB_TOKEN as the token', () => {
  it('makes a pipeline of the job’s user, with source pipeline and a link to the job', async () => {
    const { source, job } = await runJob();
    await allow(target, source);
    const answer = await trigger(target, job.token, { 'variables[A]': '1' });
    expect(answer.must(201).body).toMatchObject({ source: 'pipeline', user: { id: owner.user.id } });
    const rows = await app.db
      .selectFrom('pipeline_sources')
      .selectAll()
      .where('pipeline_id', '=', answer.number('id'))
      .execute();
    expect(rows).toEqual([
      {
        pipeline_id: answer.number('id'),
        project_id: target.id,
        source_project_id: source.id,
        source_pipeline_id: job.payload.job_info.pipeline_id,
        source_job_id: job.id,
      },
    ]);
    const runner = await app.addRunner(target);
    const downstream = await runner.mustTake('show');
    expect(downstream.variable('CI_PIPELINE_SOURCE')).toBe('pipeline');
    expect(downstream.variable('CI_PIPELINE_TRIGGERED')).toBeUndefined();
    expect(downstream.variable('CI_TRIGGER_SHORT_TOKEN')).toBeUndefined();
    expect(downstream.variable('CI_UPSTREAM_PIPELINE_ID')).toBeUndefined();
    expect(JSON.parse(downstream.variable('TRIGGER_PAYLOAD') ?? '')).toEqual({
      ref: 'main',
      id: String(target.id),
      variables: { A: '1' },
    });
  });

  it('works in the job’s own project', async () => {
    const { source, job } = await runJob();
    expect((await trigger(source, job.token)).must(201).string('source')).toBe('pipeline');
  });

  it('is taken as `token` only, not as a header', async () => {
    const { source, job } = await runJob();
    const answer = await source.anonymously('POST', '/trigger/pipeline', {
      form: { ref: 'main' },
      headers: { 'JOB-TOKEN': job.token },
    });
    expect(answer.outcome).toEqual([400, { error: 'token is missing' }]);
  });

  it('404 for a private project that does not allow it', async () => {
    const { job } = await runJob();
    expect((await trigger(target, job.token)).outcome).toEqual(NOT_FOUND);
  });

  it('400 for a public project that does not allow it', async () => {
    const open = await app.addProject('a:\n  script: a\n', { owner, settings: { visibility: 'public' } });
    const { job } = await runJob();
    expect((await trigger(open, job.token)).refusal).toEqual([
      400,
      { message: { base: ['Insufficient permissions to create a new pipeline'] } },
    ]);
  });

  it('404 where the job’s user may not see the project, although it allows the job’s project', async () => {
    const stranger = await app.addPerson('stranger');
    const { source, job } = await runJob(stranger);
    await target.addMember(stranger, ROLES.reporter);
    await allow(target, source);
    expect((await trigger(target, job.token)).refusal).toEqual([
      400,
      { message: { base: ['Insufficient permissions to create a new pipeline'] } },
    ]);
    await target.call('DELETE', `/members/${stranger.user.id}`);
    expect((await trigger(target, job.token)).outcome).toEqual(NOT_FOUND);
  });

  it('has no administrator’s rights', async () => {
    const { source, job } = await runJob(await app.root());
    await allow(target, source);
    expect((await trigger(target, job.token)).outcome).toEqual(NOT_FOUND);
  });

  it('401 with the reason when the job is over, was erased or its project deleted', async () => {
    const { source, job } = await runJob();
    await allow(target, source);
    await job.log('done\n');
    await job.succeed();
    expect((await trigger(target, job.token)).outcome).toEqual(unauthorized('Job is not running'));
    (await source.call('POST', `/jobs/${job.id}/erase`)).must(201);
    expect((await trigger(target, job.token)).outcome).toEqual(unauthorized('Job has been erased!'));

    const other = await runJob();
    (await other.source.call('DELETE', '')).must(202);
    expect((await trigger(target, other.job.token)).outcome).toEqual(unauthorized('Project has been deleted!'));
  });

  it('404 for an unknown project, whatever became of the job', async () => {
    const { job } = await runJob();
    const nowhere = () =>
      app.http('POST', '/projects/999999/trigger/pipeline', { form: { token: job.token, ref: 'main' } });
    expect((await nowhere()).outcome).toEqual(NOT_FOUND);
    await job.succeed();
    expect((await nowhere()).outcome).toEqual(NOT_FOUND);
  });

  it('still works while the job is being canceled', async () => {
    const { source, job } = await runJob();
    const pipeline = source.pipeline(job.payload.job_info.pipeline_id ?? 0);
    await pipeline.call('POST', '/cancel');
    expect(await pipeline.statuses()).toEqual({ call: 'canceling' });
    expect((await trigger(source, job.token)).status).toBe(201);
  });

  it('400 for variables of a user below the role that may set them; the payload alone is free', async () => {
    const developer = await app.addPerson('developer');
    await target.addMember(developer, ROLES.developer);
    const { source, job } = await runJob(developer);
    await allow(target, source);
    await target.commit('a:\n  script: a\n', { branch: 'open' });
    expect((await trigger(target, job.token, { ref: 'open' })).status).toBe(201);
    expect((await trigger(target, job.token, { ref: 'open', 'variables[A]': '1' })).refusal).toEqual([
      400,
      { message: { base: ['Insufficient permissions to set pipeline variables'] } },
    ]);
  });
});
