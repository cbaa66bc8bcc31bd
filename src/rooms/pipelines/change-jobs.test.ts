import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

const FORBIDDEN = [403, { message: '403 Forbidden' }];
const UNAUTHORIZED = [401, { message: '401 Unauthorized' }];

let app: TestApp;
let project: TestProject;
let developer: Person;
let reporter: Person;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject(`
stages: [build, deploy]
build: { stage: build, script: make }
deploy: { stage: deploy, script: deploy, when: manual }
`);
  developer = await app.addPerson('developer');
  reporter = await app.addPerson('reporter');
  await project.addMember(developer, ROLES.developer);
  await project.addMember(reporter, ROLES.reporter);
});
afterAll(() => app.close());

describe('retry of a job', () => {
  it('answers the new attempt', async () => {
    const own = await app.scene('a:\n  script: a\n');
    await own.runner.work({ a: { exit: 1 } });
    const old = (await own.pipeline.job('a')).number('id');
    const answer = await own.project.call('POST', `/jobs/${old}/retry`);
    expect(answer.must(201).body).toMatchObject({ name: 'a', started_at: null, runner: null, artifacts: [] });
    expect(answer.number('id')).toBeGreaterThan(old);
    expect(await own.pipeline.statuses()).toEqual({ a: 'pending' });
    expect(await own.pipeline.status()).toBe('running');
    expect((await own.project.call('POST', `/jobs/${old}/retry`)).outcome).toEqual([
      403,
      { message: '403 Forbidden - Job is not retryable' },
    ]);
    expect((await own.project.call('GET', `/jobs/${old}`)).at('status')).toBe('failed');
  });

  it('is possible after success and cancel, not for what waits or runs', async () => {
    const own = await app.scene('a:\n  script: a\nb:\n  script: b\nc:\n  script: c\n  when: manual\n  needs: []\n');
    const retry = async (name: string) => (await own.pipeline.post(name, 'retry')).status;
    expect([await retry('a'), await retry('c')]).toEqual([403, 403]);
    const a = await own.runner.mustTake('a');
    await a.start();
    expect(await retry('a')).toBe(403);
    await a.succeed();
    await own.pipeline.post('b', 'cancel');
    expect([await retry('a'), await retry('b')]).toEqual([201, 201]);
  });

  it('happens once, whoever asks at the same time', async () => {
    const own = await app.scene('a:\n  script: a\n');
    await own.runner.work({ a: { exit: 1 } });
    const id = (await own.pipeline.job('a')).number('id');
    const answers = await Promise.all(Array.from({ length: 5 }, () => own.project.call('POST', `/jobs/${id}/retry`)));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 403, 403, 403, 403]);
    expect(await own.pipeline.jobs({ retried: true })).toHaveLength(2);
  });
});

describe('play', () => {
  const MANUAL = 'a:\n  script: a\n  when: manual\nb:\n  script: b\n';

  it('starts a manual job as the one who plays it', async () => {
    const own = await app.scene(MANUAL);
    await own.project.addMember(developer, ROLES.maintainer);
    const answer = await own.pipeline.post('a', 'play', { as: developer });
    expect(answer.outcome).toEqual([200, expect.objectContaining({ name: 'a', status: 'pending' })]);
    expect(answer.at('user', 'username')).toBe('developer');
    const job = await own.runner.mustTake('a');
    expect([job.variable('GITLAB_USER_LOGIN'), job.variable('CI_JOB_MANUAL')]).toEqual(['developer', 'true']);
  });

  it('gives the job its variables, strongest of all', async () => {
    const own = await app.scene(`variables: { A: yaml }\n${MANUAL}`);
    await own.project.addVariable({ key: 'A', value: 'project' });
    const answer = await own.pipeline.post('a', 'play', {
      json: {
        job_variables_attributes: [
          { key: 'A', value: 'played' },
          { key: 'B', value: '$A' },
        ],
      },
    });
    expect(answer.status).toBe(200);
    const job = await own.runner.mustTake('a');
    expect([job.variable('A'), job.variable('B')]).toEqual(['played', 'played']);
    await job.start();
    await job.fail();
    await own.pipeline.post('a', 'retry');
    expect((await own.runner.mustTake('b')).variable('A')).toBe('project');
    expect((await own.runner.mustTake('a')).variable('A')).toBe('played');
  });

  it('makes a new attempt of one that is done', async () => {
    const own = await app.scene(MANUAL);
    await own.pipeline.post('a', 'play');
    await own.runner.work();
    const before = (await own.pipeline.job('a')).number('id');
    const again = await own.pipeline.post('a', 'play');
    expect([again.status, again.number('id') > before, again.at('status')]).toEqual([200, true, 'pending']);
  });

  it('400 for what cannot be played, whatever was given with it', async () => {
    const own = await app.scene(MANUAL);
    const unplayable = [400, { message: '400 Bad request - Unplayable Job' }];
    const json = { job_variables_attributes: [{ key: 'A', value: 'x' }] };
    expect((await own.pipeline.post('b', 'play')).outcome).toEqual(unplayable);
    expect((await own.pipeline.post('b', 'play', { json })).outcome).toEqual(unplayable);
    await own.pipeline.post('a', 'play');
    expect((await own.pipeline.post('a', 'play')).outcome).toEqual(unplayable);
  });

  it.each([
    [[{ value: 'x' }], 'job_variables_attributes[0][key] is missing'],
    [[{ key: 'A' }], 'job_variables_attributes[0][value] is missing'],
    ['x', 'job_variables_attributes is invalid'],
  ])('400 for the variables %j', async (job_variables_attributes, error) => {
    const own = await app.scene(MANUAL);
    const answer = await own.pipeline.post('a', 'play', { json: { job_variables_attributes } });
    expect([answer.status, answer.string('error')]).toEqual([400, expect.stringContaining(error)]);
  });

  it('400 for a variable’s name that no shell could have', async () => {
    const own = await app.scene(MANUAL);
    const json = { job_variables_attributes: [{ key: 'A=B', value: 'x' }] };
    expect((await own.pipeline.post('a', 'play', { json })).outcome).toEqual([
      400,
      { message: { 'job_variables.key': ["can contain only letters, digits and '_'."] } },
    ]);
    expect(await own.pipeline.statuses()).toEqual({ a: 'manual', b: 'pending' });
  });

  it('403 for variables of somebody who may set none', async () => {
    const own = await app.scene(MANUAL);
    await own.project.addMember(developer, ROLES.maintainer);
    await own.project.set({ ci_pipeline_variables_minimum_override_role: 'owner' });
    const json = { job_variables_attributes: [{ key: 'A', value: 'x' }] };
    expect((await own.pipeline.post('a', 'play', { as: developer, json })).outcome).toEqual(FORBIDDEN);
    expect((await own.pipeline.post('a', 'play', { as: developer })).status).toBe(200);
  });
});

describe('who may change jobs and pipelines', () => {
  const changes = async (as: Person, branch: string) => {
    const { id } = await project.run({ ref: branch });
    const one = project.pipeline(id);
    const manual = (await one.job('deploy')).number('id');
    const built = (await one.job('build')).number('id');
    const statuses = [
      await one.call('POST', '/retry', { as }),
      await project.call('POST', `/jobs/${built}/cancel`, { as }),
      await project.call('POST', `/jobs/${built}/retry`, { as }),
      await project.call('POST', `/jobs/${manual}/play`, { as }),
      await one.call('POST', '/cancel', { as }),
    ].map((answer) => answer.status);
    await one.call('POST', '/cancel');
    return statuses;
  };

  it('developers on a branch that is not protected', async () => {
    await project.commit({}, { branch: 'open', from: (await project.headOf('main')) ?? '' });
    expect(await changes(developer, 'open')).toEqual([201, 201, 201, 400, 200]);
    expect(await changes(reporter, 'open')).toEqual([403, 403, 403, 403, 403]);
  });

  it('on a protected one those who may push or merge to it', async () => {
    expect(await changes(developer, 'main')).toEqual([403, 403, 403, 403, 403]);
    expect(await changes(project.owner, 'main')).toEqual([201, 201, 201, 400, 200]);
    await project.protect('rel-*', { push_access_level: '40', merge_access_level: '30' });
    await project.commit({}, { branch: 'rel-1', from: (await project.headOf('main')) ?? '' });
    expect(await changes(developer, 'rel-1')).toEqual([201, 201, 201, 400, 200]);
  });

  it('nobody who is not signed in, and no job', async () => {
    const job = await (await app.scene('a:\n  script: a\n')).runner.mustTake();
    const pipeline = await project.run();
    const id = (await pipeline.job('build')).number('id');
    for (const path of [
      `/pipelines/${pipeline.id}/retry`,
      `/pipelines/${pipeline.id}/cancel`,
      `/jobs/${id}/retry`,
      `/jobs/${id}/cancel`,
      `/jobs/${id}/play`,
    ]) {
      expect((await project.anonymously('POST', path)).outcome).toEqual(UNAUTHORIZED);
      const headers = { 'JOB-TOKEN': job.token };
      expect((await project.anonymously('POST', path, { headers })).outcome).toEqual(UNAUTHORIZED);
    }
  });

  it('nobody in an archived project', async () => {
    const own = await app.scene('a:\n  script: a\n');
    await own.project.call('POST', '/archive');
    expect((await own.pipeline.call('POST', '/retry')).outcome).toEqual(FORBIDDEN);
    expect((await own.pipeline.post('a', 'cancel')).outcome).toEqual(FORBIDDEN);
    expect((await own.project.call('POST', '/pipeline', { json: { ref: 'main' } })).outcome).toEqual(FORBIDDEN);
  });
});

describe('cancel of a job', () => {
  it('answers it unchanged where it cannot be canceled', async () => {
    const own = await app.scene('a:\n  script: a\nb:\n  script: b\n  when: manual\n  needs: []\n');
    expect((await own.pipeline.post('b', 'cancel')).must(201).at('status')).toBe('manual');
    expect((await own.pipeline.post('a', 'cancel')).must(201).at('status')).toBe('canceled');
    expect((await own.pipeline.post('a', 'cancel')).must(201).at('status')).toBe('canceled');
  });

  it('forced: for maintainers, and only while it is being canceled', async () => {
    const own = await app.scene('a:\n  script: a\n');
    await own.project.addMember(developer, ROLES.developer);
    await own.project.call('DELETE', '/protected_branches/main');
    await own.project.protect('main', { push_access_level: '30' });
    const form = { force: 'true' };
    expect((await own.pipeline.post('a', 'cancel', { form, as: developer })).outcome).toEqual(FORBIDDEN);
    expect((await own.pipeline.post('a', 'cancel', { form })).must(201).at('status')).toBe('pending');
    const job = await own.runner.mustTake();
    await job.start();
    expect((await own.pipeline.post('a', 'cancel', { form })).must(201).at('status')).toBe('running');
    expect((await own.pipeline.post('a', 'cancel')).must(201).at('status')).toBe('canceling');
    expect((await own.pipeline.post('a', 'cancel')).must(201).at('status')).toBe('canceling');
    expect((await own.pipeline.post('a', 'cancel', { form })).must(201).at('status')).toBe('canceled');
    expect(await own.pipeline.status()).toBe('canceled');
  });
});
