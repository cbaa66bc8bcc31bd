import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

let app: TestApp;
let project: TestProject;
let reporter: Person;
let guest: Person;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject(`
stages: [deploy, stop]
staging: { stage: deploy, script: d, environment: { name: staging } }
"review $NAME": { stage: deploy, script: d, environment: { name: "review/$CI_COMMIT_REF_NAME" } }
verify: { stage: deploy, script: v, environment: { name: live, action: verify } }
manual: { stage: deploy, script: m, when: manual, environment: { name: live } }
skipped: { stage: stop, script: n, environment: { name: archive } }
`);
  reporter = await app.addPerson('reporter');
  guest = await app.addPerson('guest');
  await project.addMember(reporter, ROLES.reporter);
  await project.addMember(guest, ROLES.guest);
  const runner = await app.addRunner(project);
  await project.run();
  await runner.work({ staging: { exit: 1 } });
});
afterAll(() => app.close());

const list = async (query: Readonly<Record<string, string>> = {}) =>
  (await project.call('GET', '/environments', { query })).must(200).pluck('name');

describe('GET environments', () => {
  it('lists all of them by name, also those that nobody deployed to', async () => {
    expect(await list()).toEqual(['archive', 'live', 'review/main', 'staging']);
  });

  it('filters and pages', async () => {
    expect(await list({ name: 'live' })).toEqual(['live']);
    expect(await list({ search: 'iv' })).toEqual(['archive', 'live']);
    expect(await list({ search: '%' })).toEqual([]);
    expect(await list({ states: 'available' })).toHaveLength(4);
    expect(await list({ states: 'stopped' })).toEqual([]);
    expect(await list({ per_page: '3', page: '2' })).toEqual(['staging']);
    const page = await project.call('GET', '/environments', { query: { per_page: '3' } });
    expect([page.headers.get('x-total'), page.headers.get('x-next-page')]).toEqual(['4', '2']);
    expect((await project.call('GET', '/environments', { query: { states: 'odd' } })).status).toBe(400);
  });

  it('shows one', async () => {
    const all = (await project.call('GET', '/environments')).rows();
    const id = all[0]?.number('id');
    expect((await project.call('GET', `/environments/${id}`)).body).toEqual(all[0]?.body);
    expect((await project.call('GET', '/environments/999999')).outcome).toEqual([
      404,
      { message: '404 Environment Not Found' },
    ]);
  });

  it('is for reporters, and for jobs', async () => {
    expect((await project.call('GET', '/environments', { as: reporter })).status).toBe(200);
    expect((await project.call('GET', '/environments', { as: guest })).status).toBe(403);
    expect((await project.anonymously('GET', '/environments')).status).toBe(404);
    const own = await app.scene('a: { script: a, environment: { name: x } }\n');
    const job = await own.runner.mustTake();
    const headers = { 'JOB-TOKEN': job.token };
    expect((await own.project.anonymously('GET', '/environments', { headers })).pluck('name')).toEqual(['x']);
  });
});

describe('deployments', () => {
  it('are made of jobs that start an environment, and follow them', async () => {
    const rows = await app.db
      .selectFrom('deployments')
      .innerJoin('jobs', 'jobs.id', 'deployments.job_id')
      .select(['jobs.name', 'deployments.status', 'deployments.finished_at'])
      .where('deployments.project_id', '=', project.id)
      .orderBy('jobs.name')
      .execute();
    const finished = { finished_at: app.clock.now() };
    expect(rows).toEqual([
      { name: 'manual', status: 'blocked', finished_at: null },
      { name: expect.stringContaining('review'), status: 'success', ...finished },
      { name: 'staging', status: 'failed', ...finished },
    ]);
  });

  it('of each attempt are its own', async () => {
    const { pipeline, project: own, runner } = await app.scene('a: { script: a, environment: { name: x } }\n');
    await runner.work({ a: { exit: 1 } });
    await pipeline.post('a', 'retry');
    await runner.work();
    const rows = await app.db
      .selectFrom('deployments')
      .select('status')
      .where('project_id', '=', own.id)
      .orderBy('id')
      .execute();
    expect(rows.map((row) => row.status)).toEqual(['failed', 'success']);
  });
});

describe('an environment', () => {
  it('follows its jobs', async () => {
    const project = await app.addProject(`
stages: [deploy, stop]
deploy:
  stage: deploy
  script: d
  environment: { name: review/$CI_COMMIT_REF_NAME, url: 'https://$CI_ENVIRONMENT_SLUG.$WHERE' }
stop:
  stage: stop
  script: s
  when: manual
  environment: { name: review/$CI_COMMIT_REF_NAME, action: stop }
`);
    const runner = await app.addRunner(project);
    const pipeline = await project.run({ variables: [{ key: 'WHERE', value: 'example.com' }] });
    const environments = async () => (await project.call('GET', '/environments')).must(200).body;
    const slug = expect.stringMatching(/^review-main-[a-z0-9]{6}$/);
    const shown = {
      id: expect.any(Number),
      name: 'review/main',
      slug,
      state: 'available',
      tier: 'development',
      created_at: expect.any(String),
      updated_at: expect.any(String),
    };
    expect(await environments()).toEqual([{ ...shown, external_url: null }]);
    const deployments = () =>
      app.db.selectFrom('deployments').select(['job_id', 'status']).where('project_id', '=', project.id).execute();
    const deploy = await runner.mustTake('deploy');
    expect(await deployments()).toEqual([{ job_id: deploy.id, status: 'running' }]);
    await deploy.start();
    await deploy.succeed();
    expect(await environments()).toEqual([
      { ...shown, external_url: expect.stringMatching(/^https:\/\/review-main-[a-z0-9]{6}\.example\.com$/) },
    ]);
    expect(await deployments()).toEqual([{ job_id: deploy.id, status: 'success' }]);
    await pipeline.post('stop', 'play');
    await runner.work();
    expect(await environments()).toEqual([expect.objectContaining({ state: 'stopped' })]);
    expect(await deployments()).toHaveLength(1);
  });
});
