import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeRunner } from '../../../test/support/fake-runner.ts';
import { EXTERNAL_URL, type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestPipeline, TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

const UNAUTHORIZED = [401, { message: '401 Unauthorized' }];
const NO_RECORD = [404, { message: '404 Not found' }];

const CONFIG = `
stages: [build, test, deploy]
build: { stage: build, script: make, tags: [b, a] }
lint: { stage: build, script: lint, allow_failure: true, tags: [a] }
test: { stage: test, script: test, tags: [a] }
deploy: { stage: deploy, script: deploy, when: manual, tags: [a] }
`;

let app: TestApp;
let project: TestProject;
let pipeline: TestPipeline;
let runner: FakeRunner;
let developer: Person;
let reporter: Person;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject(CONFIG);
  runner = await app.addRunner(project, { tag_list: 'a,b' });
  developer = await app.addPerson('developer');
  reporter = await app.addPerson('reporter');
  await project.addMember(developer, ROLES.developer);
  await project.addMember(reporter, ROLES.reporter);
  pipeline = await project.run();
  app.clock.advance(3);
  const build = await runner.mustTake('build');
  await build.start();
  app.clock.advance(10.5);
  await build.succeed();
  const lint = await runner.mustTake('lint');
  await lint.start();
  await lint.fail(2);
  app.clock.advance(1);
});
afterAll(() => app.close());

describe('the job object', () => {
  it('of an ended job', async () => {
    const sha = await project.headOf('main');
    const { user } = project.owner;
    const createdAt = (await pipeline.get()).string('created_at');
    const at = (seconds: number) => new Date(Date.parse(createdAt) + seconds * 1000).toISOString();
    expect((await pipeline.job('build')).body).toEqual({
      id: expect.any(Number),
      status: 'success',
      stage: 'build',
      name: 'build',
      ref: 'main',
      tag: false,
      coverage: null,
      allow_failure: false,
      created_at: createdAt,
      started_at: at(3),
      finished_at: at(13.5),
      erased_at: null,
      duration: 10.5,
      queued_duration: 3,
      user: {
        id: user.id,
        username: user.username,
        public_email: '',
        name: user.name,
        state: 'active',
        locked: false,
        avatar_url: null,
        web_url: `${EXTERNAL_URL}/${user.username}`,
        created_at: user.createdAt.toISOString(),
        bio: '',
        location: '',
        linkedin: '',
        twitter: '',
        discord: '',
        website_url: '',
        github: '',
        job_title: '',
        pronouns: null,
        organization: '',
        bot: false,
        work_information: null,
        local_time: null,
        followers: 0,
        following: 0,
        is_followed: false,
      },
      commit: {
        id: sha,
        short_id: sha?.slice(0, 8),
        created_at: expect.any(String),
        parent_ids: [],
        title: 'First commit',
        message: 'First commit',
        author_name: user.name,
        author_email: user.email,
        authored_date: expect.any(String),
        committer_name: user.name,
        committer_email: user.email,
        committed_date: expect.any(String),
        trailers: {},
        extended_trailers: {},
        web_url: `${EXTERNAL_URL}/${project.fullPath}/-/commit/${sha}`,
      },
      pipeline: {
        id: pipeline.id,
        iid: 1,
        project_id: project.id,
        sha,
        ref: 'main',
        status: 'running',
        source: 'api',
        created_at: createdAt,
        updated_at: expect.any(String),
        web_url: `${EXTERNAL_URL}/${project.fullPath}/-/pipelines/${pipeline.id}`,
      },
      web_url: `${EXTERNAL_URL}/${project.fullPath}/-/jobs/${(await pipeline.job('build')).number('id')}`,
      project: { ci_job_token_scope_enabled: false },
      artifacts: [],
      runner: {
        id: runner.id,
        description: '',
        ip_address: null,
        active: true,
        paused: false,
        is_shared: false,
        runner_type: 'project_type',
        name: null,
        online: true,
        created_at: createdAt,
        status: 'online',
        job_execution_status: 'idle',
      },
      runner_manager: {
        id: expect.any(Number),
        system_id: 's_0123456789ab',
        version: '19.4.0',
        revision: expect.any(String),
        platform: expect.any(String),
        architecture: expect.any(String),
        created_at: at(3),
        contacted_at: at(3),
        ip_address: '127.0.0.1',
        status: 'online',
        job_execution_status: 'idle',
      },
      artifacts_expire_at: null,
      archived: false,
      tag_list: ['a', 'b'],
    });
  });

  it('says why only of a job that failed', async () => {
    expect((await pipeline.job('lint')).body).toMatchObject({ failure_reason: 'script_failure', allow_failure: true });
    for (const name of ['build', 'test', 'deploy']) {
      expect((await pipeline.job(name)).body).not.toHaveProperty('failure_reason');
    }
  });

  it('counts the time of what still waits or runs, and has none of what has not begun', async () => {
    const own = await app.scene('a:\n  script: a\nb:\n  script: b\n  needs: [a]\n');
    app.clock.advance(5);
    expect((await own.pipeline.job('a')).body).toMatchObject({ duration: null, queued_duration: 5, started_at: null });
    await (await own.runner.mustTake('a')).start();
    app.clock.advance(2);
    expect((await own.pipeline.job('a')).body).toMatchObject({ duration: 2, queued_duration: 5, finished_at: null });
    expect((await own.pipeline.job('b')).body).toMatchObject({ duration: null, queued_duration: null });
  });
});

describe('GET jobs and GET pipelines/:id/jobs', () => {
  it('list the newest first, the first of all pipelines and attempts', async () => {
    const own = await app.scene('a:\n  script: a\nb:\n  script: b\n');
    await own.runner.work({ a: { exit: 1 } });
    await own.pipeline.post('a', 'retry');
    await own.project.run();
    const names = async (path: string, query: Readonly<Record<string, string>> = {}) =>
      (await own.project.call('GET', path, { query })).must(200).pluck('name');
    expect(await names('/jobs')).toEqual(['b', 'a', 'a', 'b', 'a']);
    expect(await names(`/pipelines/${own.pipeline.id}/jobs`)).toEqual(['a', 'b']);
    expect(await names(`/pipelines/${own.pipeline.id}/jobs`, { include_retried: 'true' })).toEqual(['a', 'b', 'a']);
    expect(await names(`/pipelines/${own.pipeline.id}/bridges`)).toEqual([]);
  });

  const scopes: readonly (readonly [string, readonly string[]])[] = [
    ['scope=success', ['build']],
    ['scope[]=success', ['build']],
    ['scope[]=success&scope[]=failed', ['lint', 'build']],
    ['scope[0]=pending&scope[1]=manual', ['test']],
    ['scope[]=created', ['deploy']],
    ['scope[]=canceled', []],
    ['scope[]=', []],
    ['', ['deploy', 'test', 'lint', 'build']],
  ];
  it.each(scopes)('%s', async (query, expected) => {
    for (const path of ['/jobs', `/pipelines/${pipeline.id}/jobs`]) {
      const answer = await project.call('GET', `${path}?${query}`);
      if (query === 'scope[]=') expect(answer.status).toBe(400);
      else expect(answer.must(200).pluck('name')).toEqual(expected);
    }
  });

  it.each(['scope=odd', 'scope[]=odd', 'scope[]=success&scope[]=odd'])('400 for %s', async (query) => {
    for (const path of ['/jobs', `/pipelines/${pipeline.id}/jobs`]) {
      expect((await project.call('GET', `${path}?${query}`)).outcome).toEqual([
        400,
        { error: 'scope does not have a valid value' },
      ]);
    }
  });

  it('filter the project’s jobs by ref', async () => {
    expect((await project.call('GET', '/jobs', { query: { ref: 'nowhere' } })).body).toEqual([]);
    expect((await project.call('GET', '/jobs', { query: { ref: 'main' } })).rows()).toHaveLength(4);
  });

  it('count the jobs of a pipeline and never those of a project', async () => {
    const ofPipeline = await pipeline.call('GET', '/jobs', { query: { per_page: '3' } });
    expect([ofPipeline.headers.get('x-total'), ofPipeline.headers.get('x-next-page')]).toEqual(['4', '2']);
    const ofProject = await project.call('GET', '/jobs', { query: { per_page: '3' } });
    expect([ofProject.headers.get('x-total'), ofProject.headers.get('x-next-page')]).toEqual([null, '2']);
    const last = await project.call('GET', '/jobs', { query: { per_page: '3', page: '2' } });
    expect([last.rows().length, last.headers.get('x-next-page')]).toEqual([1, '']);
  });

  it('go by keyset where that is wanted', async () => {
    const names: unknown[] = [];
    let next: string | undefined = `/jobs?pagination=keyset&per_page=3&order_by=id&sort=desc`;
    for (let pages = 0; next !== undefined; pages += 1) {
      expect(pages).toBeLessThan(3);
      const answer = (await project.call('GET', next)).must(200);
      names.push(...answer.pluck('name'));
      next = /<[^>]*\/projects\/\d+(\/jobs[^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(names).toEqual(['deploy', 'test', 'lint', 'build']);
  });

  it('want somebody signed in for the project’s, not for the pipeline’s', async () => {
    const open = await app.addProject('a:\n  script: a\n', { settings: { visibility: 'public' } });
    const { id } = await open.run();
    expect((await open.anonymously('GET', '/jobs')).outcome).toEqual(UNAUTHORIZED);
    expect((await open.anonymously('GET', `/pipelines/${id}/jobs`)).rows()).toHaveLength(1);
  });

  it('take a job token', async () => {
    const own = await app.scene('a:\n  script: a\n');
    const job = await own.runner.mustTake();
    const headers = { 'JOB-TOKEN': job.token };
    expect((await own.project.anonymously('GET', '/jobs', { headers })).pluck('name')).toEqual(['a']);
    const path = `/pipelines/${own.pipeline.id}/jobs`;
    expect((await own.project.anonymously('GET', path, { headers })).pluck('name')).toEqual(['a']);
  });
});

describe('GET jobs/:id', () => {
  it('answers one job, 404 for others', async () => {
    const id = (await pipeline.job('build')).number('id');
    expect((await project.call('GET', `/jobs/${id}`)).at('name')).toBe('build');
    const other = await app.addProject('a:\n  script: a\n');
    await other.run();
    for (const path of ['/jobs/999999', '/jobs/0', `/jobs/${id}`]) {
      const asked = path === `/jobs/${id}` ? other : project;
      expect((await asked.call('GET', path)).outcome).toEqual(NO_RECORD);
    }
    expect((await project.anonymously('GET', `/jobs/${id}`)).outcome).toEqual(UNAUTHORIZED);
  });
});

describe('GET /job', () => {
  it('is the job of the token, while it runs', async () => {
    const own = await app.scene('a:\n  script: a\n');
    const job = await own.runner.mustTake();
    const ask = (headers: Readonly<Record<string, string>>) => app.http('GET', '/job', { headers });
    expect((await ask({ 'JOB-TOKEN': job.token })).body).toMatchObject({ id: job.id, name: 'a', status: 'running' });
    expect((await ask({ Authorization: `Bearer ${job.token}` })).at('id')).toBe(job.id);
    expect((await app.http('GET', '/job', { query: { job_token: job.token } })).at('id')).toBe(job.id);
    expect((await app.http('GET', '/job', { as: own.project.owner })).outcome).toEqual([
      404,
      { message: '404 Job Not Found' },
    ]);
    expect((await ask({})).outcome).toEqual(UNAUTHORIZED);
    await job.start();
    await job.succeed();
    expect((await ask({ 'JOB-TOKEN': job.token })).outcome).toEqual(UNAUTHORIZED);
  });
});
