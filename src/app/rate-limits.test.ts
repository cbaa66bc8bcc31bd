import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../test/support/test-app.ts';

const TOO_MANY = { message: { error: 'This endpoint has been requested too many times. Try again later.' } };

describe('settings of the instance', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  it("are GitLab's defaults until an administrator changes them, on every server", async () => {
    const root = await app.root();
    const before = (await app.http('GET', '/application/settings', { as: root })).must(200);
    expect(before.body).toMatchObject({
      throttle_unauthenticated_api_enabled: false,
      project_jobs_api_rate_limit: 600,
    });
    const json = { project_jobs_api_rate_limit: 5, rate_limiting_response_text: 'Slow down', unknown: 1 };
    const changed = (await app.http('PUT', '/application/settings', { as: root, json })).must(200);
    expect(changed.body).toEqual({
      ...Object(before.body),
      project_jobs_api_rate_limit: 5,
      rate_limiting_response_text: 'Slow down',
    });
    expect((await app.http('GET', '/application/settings', { as: root })).body).toEqual(changed.body);
    const back = { project_jobs_api_rate_limit: '600', rate_limiting_response_text: null };
    (await app.http('PUT', '/application/settings', { as: root, json: back })).must(200);
  });

  it('refuse what is no value, and everybody else', async () => {
    const root = await app.root();
    const json = { throttle_authenticated_api_period_in_seconds: 0, throttle_authenticated_api_enabled: 'perhaps' };
    expect((await app.http('PUT', '/application/settings', { as: root, json })).outcome).toEqual([
      400,
      {
        error:
          'throttle_authenticated_api_enabled is invalid, throttle_authenticated_api_period_in_seconds does not have a valid value',
      },
    ]);
    const ada = await app.addPerson('ada');
    expect((await app.http('PUT', '/application/settings', { as: ada, json: {} })).status).toBe(403);
    expect((await app.http('GET', '/application/settings')).status).toBe(401);
  });
});

describe('limits of one endpoint', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    const json = {
      project_jobs_api_rate_limit: 2,
      runner_jobs_request_api_limit: 2,
      runner_jobs_patch_trace_api_limit: 2,
      runner_jobs_endpoints_api_limit: 2,
    };
    (await app.http('PUT', '/application/settings', { as: await app.root(), json })).must(200);
  });
  afterAll(() => app.close());

  it('hold for the jobs of a project: a user, a minute of the clock', async () => {
    const project = await app.addProject('test: {script: make}');
    const other = await app.addPerson('other');
    await project.addMember(other, 40);
    for (let call = 0; call < 2; call += 1) (await project.call('GET', '/jobs')).must(200);
    const refused = await project.call('GET', '/jobs');
    expect(refused.outcome).toEqual([429, TOO_MANY]);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    (await project.call('GET', '/jobs', { as: other })).must(200);
    app.clock.advance(wait);
    (await project.call('GET', '/jobs')).must(200);
  });

  it('hold for a runner that asks for jobs, and for one that reports on its job', async () => {
    const { runner } = await app.scene('test: {script: make}');
    const job = await runner.mustTake();
    (await runner.request()).must(204);
    expect((await runner.request()).outcome).toEqual([429, TOO_MANY]);
    for (let call = 0; call < 2; call += 1) await job.start();
    expect((await job.put('running')).outcome).toEqual([429, TOO_MANY]);
    await job.log('one');
    await job.log('two');
    expect((await job.patch(Buffer.from('x'), 6)).outcome).toEqual([429, TOO_MANY]);
    app.clock.advance(60);
    (await job.put('running')).must(200);
  });
});

describe("the instance's throttles", () => {
  let app: TestApp;
  const set = async (json: object): Promise<void> => {
    (await app.http('PUT', '/application/settings', { as: await app.root(), json })).must(200);
    // Another minute, so that what came before does not count.
    app.clock.advance(120);
  };
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  it('are off, and say nothing', async () => {
    const answer = await app.http('GET', '/projects');
    expect(answer.headers.get('ratelimit-limit')).toBe(null);
  });

  it('refuse an address without a good credential, as text, and tell every answer how it stands', async () => {
    await set({
      throttle_unauthenticated_api_enabled: true,
      throttle_unauthenticated_api_requests_per_period: 3,
      throttle_unauthenticated_api_period_in_seconds: 30,
    });
    const ada = await app.addPerson('ada');
    const first = await app.http('GET', '/projects');
    expect(first.status).toBe(200);
    expect(Object.fromEntries([...first.headers].filter(([name]) => name.startsWith('ratelimit')))).toEqual({
      'ratelimit-name': 'throttle_unauthenticated_api',
      'ratelimit-limit': '6',
      'ratelimit-observed': '1',
      'ratelimit-remaining': '2',
      'ratelimit-reset': expect.stringMatching(/^\d{10}$/u),
      'ratelimit-resettime': expect.stringMatching(/GMT$/u),
    });
    const second = await app.http('GET', '/user', { as: 'glpat-nobody' });
    expect([second.status, second.headers.get('ratelimit-observed')]).toEqual([401, '2']);
    await app.http('GET', '/projects');
    const refused = await app.http('GET', '/projects');
    expect([refused.status, refused.text, refused.headers.get('content-type')]).toEqual([
      429,
      'Retry later\n',
      'text/plain',
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(30);
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    (await app.http('GET', '/user', { as: ada })).must(200);
    (await app.http('GET', '/-/health')).must(200);
  });

  it('let runners and their jobs through', async () => {
    const { runner } = await app.scene('test: {script: make}');
    const job = await runner.mustTake();
    await job.start();
    for (let call = 0; call < 5; call += 1) (await runner.request()).must(204);
    await job.log('a line');
    expect((await job.succeed()).status).toBe(200);
    await set({ throttle_unauthenticated_api_enabled: false });
  });

  it('refuse a user, with whichever credential', async () => {
    await set({
      throttle_authenticated_api_enabled: true,
      throttle_authenticated_api_requests_per_period: 2,
      throttle_authenticated_api_period_in_seconds: 60,
      rate_limiting_response_text: 'Slow down',
    });
    const bob = await app.addPerson('bob');
    const another = await app.addToken(bob.user, ['read_api']);
    (await app.http('GET', '/user', { as: bob })).must(200);
    (await app.http('GET', '/user', { as: another })).must(200);
    const refused = await app.http('GET', '/user', { as: bob });
    expect([refused.status, refused.text]).toEqual([429, 'Slow down\n']);
    (await app.http('GET', '/user', { as: await app.addPerson('eve') })).must(200);
    expect((await app.http('GET', '/user')).status).toBe(401);
  });
});
