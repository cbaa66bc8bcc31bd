import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXTERNAL_URL, type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

const FORBIDDEN = [403, { message: '403 Forbidden' }];
const UNAUTHORIZED = [401, { message: '401 Unauthorized' }];
const NO_RECORD = [404, { message: '404 Not found' }];
const NO_PROJECT = [404, { message: '404 Project Not Found' }];

/** Keys of a pipeline as create, trigger, retry and cancel answer it. */
const FULL = [
  'archived',
  'before_sha',
  'committed_at',
  'coverage',
  'created_at',
  'detailed_status',
  'duration',
  'finished_at',
  'id',
  'iid',
  'project_id',
  'queued_duration',
  'ref',
  'sha',
  'source',
  'started_at',
  'status',
  'tag',
  'updated_at',
  'user',
  'web_url',
  'yaml_errors',
];
const keysOf = (body: unknown): readonly string[] => Object.keys(Object(body)).sort();

let app: TestApp;
let project: TestProject;
let developer: Person;
let reporter: Person;
let stranger: Person;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject('a:\n  script: a\n');
  await project.commit('a:\n  script: a\n', { branch: 'open' });
  developer = await app.addPerson('developer');
  reporter = await app.addPerson('reporter');
  stranger = await app.addPerson('stranger');
  await project.addMember(developer, ROLES.developer);
  await project.addMember(reporter, ROLES.reporter);
});
afterAll(() => app.close());

describe('POST pipeline', () => {
  const create = (json: object, as: Person = project.owner) => project.call('POST', '/pipeline', { as, json });

  it('answers the pipeline, created, with source api', async () => {
    const answer = await create({ ref: 'main' });
    expect(answer.status).toBe(201);
    expect(keysOf(answer.body)).toEqual(FULL);
    expect(answer.body).toMatchObject({
      status: 'created',
      source: 'api',
      ref: 'main',
      before_sha: '0'.repeat(40),
      user: { username: project.owner.user.username },
    });
  });

  it('numbers the pipelines of each project from 1, without gaps also after refusals', async () => {
    const own = await app.addProject('a:\n  script: a\n');
    await own.commit('a:\n  stage: none\n', { branch: 'broken' });
    const numbers = [];
    for (const ref of ['main', 'broken', 'main', 'nowhere', 'main']) {
      const answer = await own.call('POST', '/pipeline', { json: { ref } });
      if (answer.status === 201) numbers.push(answer.number('iid'));
    }
    expect(numbers).toEqual([1, 2, 3]);
  });

  it('takes variables of both types', async () => {
    const variables = [
      { key: 'A', value: '1' },
      { key: 'F', value: 'text', variable_type: 'file' },
    ];
    const answer = await create({ ref: 'main', variables });
    const id = answer.must(201).number('id');
    expect((await project.pipeline(id).call('GET', '/variables')).body).toEqual([
      { variable_type: 'env_var', key: 'A', value: '1', raw: false },
      { variable_type: 'file', key: 'F', value: 'text', raw: false },
    ]);
  });

  it('takes variables as a form', async () => {
    const form = { ref: 'main', 'variables[][key]': 'A', 'variables[][value]': 'x' };
    const answer = await project.call('POST', '/pipeline', { form });
    const id = answer.must(201).number('id');
    expect((await project.pipeline(id).call('GET', '/variables')).pluck('key')).toEqual(['A']);
  });

  it.each([
    [{}, 'ref is missing, ref is empty'],
    [{ ref: '' }, 'ref is empty'],
    [{ ref: 'main', variables: 'x' }, 'variables is invalid'],
    [{ ref: 'main', variables: [{ value: 'x' }] }, 'variables[0][key] is missing'],
    [
      { ref: 'main', variables: [{ key: 'A', value: 'x', variable_type: 'odd' }] },
      'variables[0][variable_type] does not have a valid value',
    ],
  ])('400 for %j', async (json, error) => {
    expect((await create(json)).outcome).toEqual([400, { error }]);
  });

  it('400 and no pipeline for whatever stands in the way', async () => {
    await project.commit('a:\n  stage: none\n  script: a\n', { branch: 'broken' });
    const before = await project.countPipelines();
    const refusals = [
      await create({ ref: 'nowhere' }),
      await create({ ref: 'broken' }),
      await create({
        ref: 'main',
        variables: [
          { key: 'A', value: '1' },
          { key: 'A', value: '2' },
        ],
      }),
      await create({ ref: 'main', variables: [{ key: 'a-b', value: '1' }] }),
      await create({ ref: 'main' }, developer),
      await create({ ref: 'open', variables: [{ key: 'A', value: '1' }] }, developer),
    ];
    expect(refusals.map((answer) => [answer.status, answer.at('message', 'base', 0)])).toEqual([
      [400, 'Reference not found'],
      [400, expect.stringContaining('none')],
      [400, 'Duplicate variable name: A'],
      [400, 'Failed to build the pipeline!'],
      [400, expect.stringMatching(/^You do not have sufficient permission to run a pipeline on 'main'\./)],
      [400, 'Insufficient permissions to set pipeline variables'],
    ]);
    expect(await project.countPipelines()).toBe(before);
  });

  it('ignores [skip ci]', async () => {
    await project.commit({ x: 'x' }, { branch: 'open', message: '[skip ci] x' });
    expect((await create({ ref: 'open' }, developer)).status).toBe(201);
  });

  it('is for developers and above', async () => {
    expect((await create({ ref: 'open' }, reporter)).outcome).toEqual(FORBIDDEN);
    expect((await create({ ref: 'open' }, stranger)).outcome).toEqual(NO_PROJECT);
    expect((await project.anonymously('POST', '/pipeline', { json: { ref: 'open' } })).outcome).toEqual(UNAUTHORIZED);
    expect((await create({ ref: 'open' }, developer)).status).toBe(201);
  });

  it('does not take a job token', async () => {
    const { project: own, runner } = await app.scene('a:\n  script: a\n');
    const job = await runner.mustTake();
    const answer = await own.anonymously('POST', '/pipeline', {
      json: { ref: 'main' },
      headers: { 'JOB-TOKEN': job.token },
    });
    expect(answer.outcome).toEqual(UNAUTHORIZED);
  });
});

describe('GET pipelines/:id', () => {
  it('answers the pipeline with its name', async () => {
    await project.commit('workflow: { name: "Ship $CI_COMMIT_REF_NAME" }\na:\n  script: a\n', { branch: 'named' });
    const { id } = await project.run({ ref: 'named' });
    const answer = await project.call('GET', `/pipelines/${id}`);
    expect(answer.status).toBe(200);
    expect(keysOf(answer.body)).toEqual([...FULL, 'name'].sort());
    expect(answer.body).toMatchObject({
      name: 'Ship named',
      status: 'pending',
      detailed_status: { icon: 'status_pending', text: 'Pending', label: 'pending', group: 'pending' },
      web_url: `${EXTERNAL_URL}/${project.fullPath}/-/pipelines/${id}`,
    });
  });

  it('404 for one that is not there or is another project’s', async () => {
    const other = await app.addProject('a:\n  script: a\n');
    const foreign = await other.run();
    for (const id of ['999999', '0', '-1', String(foreign.id), '99999999999999999999']) {
      expect((await project.call('GET', `/pipelines/${id}`)).outcome).toEqual(NO_RECORD);
    }
    expect((await project.call('GET', '/pipelines/1', { as: stranger })).outcome).toEqual(NO_PROJECT);
    expect((await project.anonymously('GET', '/pipelines/1')).outcome).toEqual(NO_PROJECT);
  });

  it('tells times as whole seconds and knows how long it waited', async () => {
    const { pipeline, runner } = await app.scene('a:\n  script: a\n  coverage: /(\\d+\\.\\d+)%/\n');
    app.clock.advance(7.5);
    const job = await runner.mustTake();
    await job.start();
    expect((await pipeline.get()).body).toMatchObject({ queued_duration: 7, duration: null, finished_at: null });
    app.clock.advance(61.3);
    await job.log('covered 81.25%\n');
    await job.succeed();
    const done = await pipeline.get();
    expect(done.body).toMatchObject({
      status: 'success',
      duration: 61,
      queued_duration: 7,
      coverage: '81.25',
      finished_at: app.clock.now().toISOString(),
      updated_at: app.clock.now().toISOString(),
      detailed_status: { text: 'Passed', label: 'passed', group: 'success' },
    });
  });

  it('passes with warnings when a job that may fail did', async () => {
    const { pipeline, runner } = await app.scene('a:\n  script: a\n  allow_failure: true\nb:\n  script: b\n');
    await runner.work({ a: { exit: 1 } });
    expect((await pipeline.get()).body).toMatchObject({
      status: 'success',
      detailed_status: {
        icon: 'status_warning',
        text: 'Warning',
        label: 'passed with warnings',
        group: 'success-with-warnings',
        tooltip: 'passed with warnings',
      },
    });
  });
});

describe('who sees pipelines', () => {
  it('everybody on a public project, reporters and above with public pipelines off', async () => {
    const open = await app.addProject('a:\n  script: a\n', { settings: { visibility: 'public' } });
    const { id } = await open.run();
    const guest = await app.addPerson('guest');
    await open.addMember(guest, ROLES.guest);
    await open.addMember(reporter, ROLES.reporter);
    const seen = async () => {
      const calls = await Promise.all([
        open.anonymously('GET', `/pipelines/${id}`),
        open.anonymously('GET', '/pipelines'),
        open.anonymously('GET', `/pipelines/${id}/jobs`),
        open.call('GET', `/pipelines/${id}`, { as: stranger }),
        open.call('GET', `/pipelines/${id}`, { as: guest }),
        open.call('GET', `/pipelines/${id}`, { as: reporter }),
      ]);
      return calls.map((answer) => answer.status);
    };
    expect(await seen()).toEqual([200, 200, 200, 200, 200, 200]);
    await open.set({ public_jobs: 'false' });
    expect(await seen()).toEqual([403, 403, 403, 403, 403, 200]);
  });
});

describe('GET pipelines/latest', () => {
  const latest = (query: Readonly<Record<string, string>> = {}) => project.call('GET', '/pipelines/latest', { query });

  it('is the newest of the ref’s head', async () => {
    await project.run({ ref: 'open' });
    const second = await project.run({ ref: 'open' });
    const answer = await latest({ ref: 'open' });
    expect([answer.status, answer.at('id')]).toEqual([200, second.id]);
    expect(keysOf(answer.body)).toEqual([...FULL, 'name'].sort());
  });

  it('is that of the default branch without a ref, also an empty one', async () => {
    const { id } = await project.run();
    expect((await latest()).at('id')).toBe(id);
    expect((await latest({ ref: '' })).at('id')).toBe(id);
  });

  it('knows tags too', async () => {
    await project.tag('v1', (await project.headOf('main')) ?? '');
    const { id } = await project.run({ ref: 'v1' });
    expect((await latest({ ref: 'v1' })).at('id')).toBe(id);
  });

  it('403 where the head has none', async () => {
    await project.commit({ y: 'y' }, { branch: 'open' });
    expect((await latest({ ref: 'open' })).outcome).toEqual(FORBIDDEN);
    expect((await latest({ ref: 'nowhere' })).outcome).toEqual(FORBIDDEN);
  });
});

describe('GET pipelines/:id/variables', () => {
  const read = async (
    as: Person | undefined,
    by: Person = project.owner,
    variables: readonly { key: string; value: string }[] = [],
  ) => {
    const pipeline = await project.run({ ref: 'open', as: by, variables });
    return as === undefined
      ? project.anonymously('GET', `/pipelines/${pipeline.id}/variables`)
      : pipeline.call('GET', '/variables', { as });
  };

  it('is for maintainers, and for the developer who started the pipeline', async () => {
    const given = [{ key: 'A', value: '1' }];
    expect((await read(project.owner, project.owner, given)).pluck('value')).toEqual(['1']);
    expect((await read(await app.root(), project.owner, given)).status).toBe(200);
    expect((await read(developer, project.owner, given)).outcome).toEqual(FORBIDDEN);
    expect((await read(developer, developer)).outcome).toEqual([200, []]);
    expect((await read(reporter)).outcome).toEqual(FORBIDDEN);
    expect((await read(stranger)).outcome).toEqual(NO_PROJECT);
    expect((await read(undefined)).outcome).toEqual(NO_PROJECT);
    await project.set({ visibility: 'public' });
    expect((await read(undefined)).outcome).toEqual(FORBIDDEN);
    await project.set({ visibility: 'private' });
  });

  it('is not for a maintainer’s former developer self', async () => {
    const fallen = await app.addPerson('fallen');
    await project.addMember(fallen, ROLES.developer);
    const pipeline = await project.run({ ref: 'open', as: fallen });
    await project.call('PUT', `/members/${fallen.user.id}`, { form: { access_level: String(ROLES.reporter) } });
    expect((await pipeline.call('GET', '/variables', { as: fallen })).outcome).toEqual(FORBIDDEN);
  });
});

describe('PUT pipelines/:id/metadata', () => {
  const rename = async (form: Readonly<Record<string, string>>, as: Person = project.owner) => {
    const pipeline = await project.run({ ref: 'open' });
    return pipeline.call('PUT', '/metadata', { form, as });
  };

  it('changes the name', async () => {
    const answer = await rename({ name: '  New name ' });
    expect([answer.status, answer.at('name')]).toEqual([200, 'New name']);
    expect(keysOf(answer.body)).toEqual([...FULL, 'name'].sort());
    expect((await rename({ name: 'x'.repeat(255) }, developer)).status).toBe(200);
  });

  it.each([
    [{}, { error: 'name is missing, name is empty' }],
    [{ name: '' }, { error: 'name is empty' }],
    [{ name: ' ' }, { error: 'name is empty' }],
    [
      { name: 'x'.repeat(256) },
      { message: 'Failed to update pipeline - Name is too long (maximum is 255 characters)' },
    ],
  ])('400 for %j', async (form, body) => {
    expect((await rename(form as Record<string, string>)).outcome).toEqual([400, body]);
  });

  it('is for developers, and for jobs', async () => {
    expect((await rename({ name: 'x' }, reporter)).outcome).toEqual(FORBIDDEN);
    const { pipeline, project: own, runner } = await app.scene('a:\n  script: a\n');
    const job = await runner.mustTake();
    const answer = await own.anonymously('PUT', `/pipelines/${pipeline.id}/metadata`, {
      form: { name: 'by a job' },
      headers: { 'JOB-TOKEN': job.token },
    });
    expect([answer.status, answer.at('name')]).toEqual([200, 'by a job']);
  });
});

describe('DELETE pipelines/:id', () => {
  it('removes it with everything, and its runner learns so', async () => {
    const { pipeline, project: own, runner } = await app.scene('a:\n  script: a\nb:\n  script: b\n  needs: [a]\n');
    const job = await runner.mustTake();
    await job.start();
    await job.log('x\n');
    expect((await pipeline.call('DELETE')).outcome).toEqual([204, undefined]);
    expect((await pipeline.call('GET')).outcome).toEqual(NO_RECORD);
    expect((await own.call('GET', `/jobs/${job.id}`)).outcome).toEqual(NO_RECORD);
    expect((await job.put('success')).status).toBe(403);
    expect(await runner.take()).toBeUndefined();
  });

  it('is for owners', async () => {
    const pipeline = await project.run({ ref: 'open' });
    const maintainer = await app.addPerson('maintainer');
    await project.addMember(maintainer, ROLES.maintainer);
    expect((await pipeline.call('DELETE', '', { as: maintainer })).outcome).toEqual(FORBIDDEN);
    expect((await project.anonymously('DELETE', `/pipelines/${pipeline.id}`)).outcome).toEqual(UNAUTHORIZED);
    expect((await project.call('DELETE', '/pipelines/999999')).outcome).toEqual(NO_RECORD);
  });

  it('412 where it has changed since the caller looked', async () => {
    const pipeline = await project.run({ ref: 'open' });
    const since = (seconds: number) => new Date(app.clock.now().getTime() + seconds * 1000).toUTCString();
    const stale = await pipeline.call('DELETE', '', { headers: { 'If-Unmodified-Since': since(-60) } });
    expect(stale.outcome).toEqual([412, { message: '412 Precondition Failed' }]);
    const fresh = await pipeline.call('DELETE', '', { headers: { 'If-Unmodified-Since': since(60) } });
    expect(fresh.status).toBe(204);
  });
});
