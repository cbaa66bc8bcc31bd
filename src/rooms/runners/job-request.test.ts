import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRunner, SHELL_FEATURES } from '../../../test/support/fake-runner.ts';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const CONFIG = 'a: { script: a }\n';
const CURSOR = 'x-gitlab-last-update';

/** A runner's request for work. Numbers as in the checklist of the runner protocol. */
describe('C. jobs/request', () => {
  it('25. 403 for a token that is no runner’s, 204 and nothing where there is no work', async () => {
    const project = await app.addProject(CONFIG);
    const runner = await app.addRunner(project);
    const stranger = new FakeRunner(app.url, { id: 0, token: 'glrt-t1_unknown' });
    expect((await stranger.request()).outcome).toEqual([403, { message: '403 Forbidden' }]);
    const empty = await runner.request();
    expect([empty.status, empty.bytes.length]).toEqual([204, 0]);
    expect((await app.http('POST', '/jobs/request', { json: {} })).outcome).toEqual([
      400,
      { error: 'token is missing' },
    ]);
  });

  it('26. gives a job, which is running from then on', async () => {
    const { pipeline, runner } = await app.scene(CONFIG);
    app.clock.advance(2);
    const answer = await runner.request();
    expect([answer.status, answer.headers.get(CURSOR)]).toEqual([201, null]);
    expect((await pipeline.job('a')).body).toMatchObject({
      status: 'running',
      started_at: app.clock.now().toISOString(),
      runner: { id: runner.id },
      queued_duration: 2,
    });
    expect(await pipeline.status()).toBe('running');
    expect((await pipeline.get()).at('started_at')).toBe(app.clock.now().toISOString());
  });

  it('takes the oldest job first', async () => {
    const { project, runner } = await app.scene(CONFIG);
    const second = await project.run();
    expect((await runner.mustTake()).payload.job_info.pipeline_id).not.toBe(second.id);
    expect((await runner.mustTake()).payload.job_info.pipeline_id).toBe(second.id);
  });

  it('29. every tag of the job must be the runner’s, case counts, untagged jobs need run_untagged', async () => {
    const project = await app.addProject(`
plain: { script: x }
linux: { script: x, tags: [linux] }
both: { script: x, tags: [linux, docker] }
upper: { script: x, tags: [Linux] }
`);
    await project.run();
    const takes = async (settings: Readonly<Record<string, string>>) => (await app.addRunner(project, settings)).work();
    expect(await takes({ tag_list: 'docker', run_untagged: 'false' })).toEqual([]);
    expect(await takes({ tag_list: 'linux', run_untagged: 'false' })).toEqual(['linux']);
    expect(await takes({ tag_list: 'linux,docker,more', run_untagged: 'false' })).toEqual(['both']);
    expect(await takes({ tag_list: 'other' })).toEqual(['plain']);
    expect(await takes({ tag_list: 'Linux' })).toEqual(['upper']);
  });

  it('30. a ref_protected runner takes protected refs only', async () => {
    const project = await app.addProject(CONFIG);
    await project.commit({}, { branch: 'open', from: (await project.headOf('main')) ?? '' });
    await project.run({ ref: 'open' });
    const kept = await project.run({ ref: 'main' });
    const runner = await app.addRunner(project, { access_level: 'ref_protected' });
    expect((await runner.mustTake()).payload.job_info.pipeline_id).toBe(kept.id);
    expect(await runner.take()).toBeUndefined();
  });

  it('31. a project’s runner serves it alone, the instance’s every project that lets it', async () => {
    const one = await app.addProject('one: { script: a, tags: [scoped] }\n');
    const two = await app.addProject('two: { script: a, tags: [scoped] }\n');
    const runner = await app.addRunner(one, { tag_list: 'scoped' });
    await two.run();
    expect(await runner.take()).toBeUndefined();
    await two.set({ shared_runners_enabled: 'false' });
    const shared = await app.addRunner('instance', { tag_list: 'scoped', run_untagged: 'false' });
    expect(await shared.take()).toBeUndefined();
    await one.run();
    expect((await shared.mustTake()).name).toBe('one');
    await two.set({ shared_runners_enabled: 'true' });
    expect((await shared.mustTake()).name).toBe('two');
  });

  const lacking: readonly (readonly [string, string, string])[] = [
    ['upload_multiple_artifacts', 'reports', 'artifacts: { reports: { junit: j.xml } }'],
    ['artifacts_exclude', 'exclude', 'artifacts: { paths: [p], exclude: [q] }'],
    ['fallback_cache_keys', 'fallback keys', 'cache: { paths: [p], fallback_keys: [q] }'],
    ['return_exit_code', 'exit codes', 'allow_failure: { exit_codes: 3 }'],
    ['return_exit_code', 'exit codes for retries', 'retry: { max: 1, exit_codes: 3 }'],
  ];
  it.each(lacking)('32. without %s a job with %s fails at once', async (feature, _what, keyword) => {
    const features = SHELL_FEATURES.filter((name) => name !== feature);
    const { pipeline, runner } = await app.scene(`a: { script: a, ${keyword} }\nb: { script: b }\n`, { features });
    expect((await runner.mustTake()).name).toBe('b');
    expect((await pipeline.jobs({ retried: true }))[0]?.body).toMatchObject({
      status: 'failed',
      failure_reason: 'runner_unsupported',
    });
  });

  it('33. a job whose needed artifacts are gone fails at once, and is not retried', async () => {
    const { pipeline, runner, project } = await app.scene(`
a: { script: a, artifacts: { paths: [out] } }
b: { script: b, needs: [a], retry: 2 }
`);
    const a = await runner.mustTake('a');
    await a.start();
    const zip = Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64');
    expect((await a.upload(zip, 'artifacts.zip', { artifact_type: 'archive', artifact_format: 'zip' })).status).toBe(
      201,
    );
    await a.succeed();
    (await project.call('POST', `/jobs/${a.id}/erase`)).must(201);
    expect(await runner.take()).toBeUndefined();
    expect((await pipeline.job('b')).body).toMatchObject({
      status: 'failed',
      failure_reason: 'missing_dependency_failure',
    });
    expect(await pipeline.jobs({ retried: true })).toHaveLength(2);
  });

  it('a job of somebody who was blocked, or of a project without CI/CD, fails at once', async () => {
    const blocked = await app.scene(CONFIG);
    await app.db
      .updateTable('users')
      .set({ state: 'blocked' })
      .where('id', '=', blocked.project.owner.user.id)
      .execute();
    expect(await blocked.runner.take()).toBeUndefined();
    await app.db
      .updateTable('users')
      .set({ state: 'active' })
      .where('id', '=', blocked.project.owner.user.id)
      .execute();
    expect((await blocked.pipeline.job('a')).at('failure_reason')).toBe('user_blocked');

    const off = await app.scene(CONFIG);
    await off.project.set({ builds_access_level: 'disabled' });
    expect(await off.runner.take()).toBeUndefined();
    await off.project.set({ builds_access_level: 'enabled' });
    expect((await off.pipeline.job('a')).at('failure_reason')).toBe('builds_disabled');
  });

  it('38. a job whose payload cannot be made is failed and tried twice more, and the runner gets the next one', async () => {
    const { pipeline, runner } = await app.scene('a: { script: a }\nb: { script: b }\n');
    const broken = { script: 5 };
    await app.db
      .updateTable('jobs')
      .set({ options: JSON.stringify(broken) })
      .where('pipeline_id', '=', pipeline.id)
      .where('name', '=', 'a')
      .execute();
    expect((await runner.mustTake()).name).toBe('b');
    expect(await runner.take()).toBeUndefined();
    const attempts = await pipeline.jobs({ retried: true });
    expect(attempts.filter((job) => job.at('name') === 'a').map((job) => job.at('failure_reason'))).toEqual([
      'scheduler_failure',
      'scheduler_failure',
      'scheduler_failure',
    ]);
    const faults = app.faults.splice(0);
    expect(faults).toHaveLength(3);
    expect(faults.join('')).toContain('a job could not be handed out');
  });

  it('39. 413 for a body above 32 KiB, 400 for one that cannot be read', async () => {
    const runner = await app.addRunner(await app.addProject(CONFIG));
    const large = { ...runner.identity, padding: 'x'.repeat(33 * 1024) };
    expect((await app.http('POST', '/jobs/request', { json: large })).status).toBe(413);
    const raw = { raw: '{"token":', headers: { 'Content-Type': 'application/json' } };
    expect((await app.http('POST', '/jobs/request', raw)).status).toBe(400);
  });

  it('40. takes whatever else a runner says', async () => {
    const { runner } = await app.scene(CONFIG);
    const said = {
      ...runner.identity,
      session: { url: 'https://h:1/session/x', certificate: 'PEM', authorization: 't' },
      info: {
        ...Object(runner.info),
        labels: { a: 'b' },
        odd: [1],
        features: { cancelable: true, odd: 'x', cache: 'yes' },
      },
      job_age: 3,
    };
    expect((await app.http('POST', '/jobs/request', { json: said })).status).toBe(201);
    const nonsense = { token: runner.token, info: 'none', system_id: 5, last_update: null };
    expect((await app.http('POST', '/jobs/request', { json: nonsense })).status).toBe(204);
  });

  it('takes old runners that have no system id, and the token as a header', async () => {
    const { runner } = await app.scene(CONFIG);
    const headers = { 'RUNNER-TOKEN': runner.token };
    expect((await app.http('POST', '/jobs/request', { json: {}, headers })).status).toBe(201);
  });
});

describe('C. the long poll', () => {
  const cursorOf = async (runner: FakeRunner): Promise<string> => {
    const answer = await runner.request();
    expect(answer.status).toBe(204);
    return answer.headers.get(CURSOR) ?? '';
  };

  /** Waits until so many polls are held by the first server. */
  const untilHeld = async (count: number): Promise<void> => {
    while (app.parts.bell.waiting < count) await new Promise((resolve) => setImmediate(resolve));
  };

  const untilReleased = async (): Promise<void> => {
    while (app.parts.bell.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
  };

  it('34. gives a cursor at once, and holds the runner that has one', async () => {
    const runner = await app.addRunner(await app.addProject(CONFIG));
    const cursor = await cursorOf(runner);
    expect(cursor).not.toBe('');
    const leaving = new AbortController();
    const held = runner.request({ cursor, signal: leaving.signal });
    await untilHeld(1);
    leaving.abort();
    await expect(held).rejects.toThrow();
    await untilReleased();
  });

  it('35. gives the job that came while the runner was not looking', async () => {
    const project = await app.addProject(CONFIG);
    const runner = await app.addRunner(project);
    const cursor = await cursorOf(runner);
    await project.run();
    expect((await runner.request({ cursor })).status).toBe(201);
  });

  it('36. wakes at a job that it may take, in well under a second', async () => {
    const project = await app.addProject(CONFIG);
    const runner = await app.addRunner(project);
    const cursor = await cursorOf(runner);
    const held = runner.request({ cursor });
    await untilHeld(1);
    const began = performance.now();
    await project.run();
    expect(FakeRunner.payloadOf(await held).job_info.name).toBe('a');
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('36. is woken by a retry, a play, a freed stage and a trigger', async () => {
    const project = await app.addProject(`
stages: [one, two]
a: { stage: one, script: a }
m: { stage: one, script: m, when: manual }
b: { stage: two, script: b }
`);
    const runner = await app.addRunner(project);
    const cursor = await cursorOf(runner);
    const next = async (cause: () => Promise<unknown>): Promise<string> => {
      const held = runner.take({ cursor });
      await untilHeld(1);
      await cause();
      const job = await held;
      await job?.start();
      await job?.succeed();
      return job?.name ?? 'none';
    };
    const token = await project.addTrigger();
    expect(await next(() => project.anonymously('POST', '/trigger/pipeline', { form: { token, ref: 'main' } }))).toBe(
      'a',
    );
    const pipeline = await project.newestPipeline();
    expect(await runner.work()).toEqual(['b']);
    expect(await next(() => pipeline.post('m', 'play'))).toBe('m');
    expect(await next(() => pipeline.post('a', 'retry'))).toBe('a');
    await project.run();
    const first = await runner.mustTake('a');
    await first.start();
    expect(await next(() => first.succeed())).toBe('b');
  });

  it('36. is not ended by a job that is not for it, and passes the word on to whom it is for', async () => {
    const project = await app.addProject('rare: { script: a, tags: [rare] }\n');
    const plain = await app.addRunner(project);
    const rare = await app.addRunner(project, { tag_list: 'rare' });
    const cursor = await cursorOf(plain);
    const leaving = new AbortController();
    const unlucky = Array.from({ length: 3 }, () =>
      plain.request({ cursor, signal: leaving.signal }).catch(() => 'left'),
    );
    await untilHeld(3);
    const lucky = rare.request({ cursor });
    await untilHeld(4);
    await project.run();
    expect((await lucky).status).toBe(201);
    await untilHeld(3);
    leaving.abort();
    expect(await Promise.all(unlucky)).toEqual(['left', 'left', 'left']);
    await untilReleased();
  });

  it('37. gives no job to a runner that has left', async () => {
    const project = await app.addProject(CONFIG);
    const runner = await app.addRunner(project);
    const cursor = await cursorOf(runner);
    const leaving = new AbortController();
    const held = runner.request({ cursor, signal: leaving.signal }).catch(() => 'left');
    await untilHeld(1);
    leaving.abort();
    expect(await held).toBe('left');
    await untilReleased();
    const pipeline = await project.run();
    expect(await pipeline.statuses()).toEqual({ a: 'pending' });
    expect((await runner.request()).status).toBe(201);
  });

  it.each([
    ['is paused', 'PUT', { paused: 'true' }],
    ['gets tags and takes no untagged jobs any more', 'PUT', { tag_list: 'x', run_untagged: 'false' }],
    ['gets another token', 'POST', {}],
    ['is deleted', 'DELETE', {}],
  ])('gives no job to a runner that %s while its poll is held, and passes the word on', async (_what, method, form) => {
    const project = await app.addProject(CONFIG);
    const runner = await app.addRunner(project);
    const heir = await app.addRunner(project);
    const cursor = await cursorOf(runner);
    const leaving = new AbortController();
    const held = runner.request({ cursor, signal: leaving.signal }).then(
      (answer) => answer.status,
      () => 'left',
    );
    await untilHeld(1);
    const waiting = heir.request({ cursor });
    await untilHeld(2);
    const path = method === 'POST' ? `/runners/${runner.id}/reset_authentication_token` : `/runners/${runner.id}`;
    const changed = await app.http(method, path, { as: await app.root(), form });
    expect(changed.status).toBeLessThan(300);
    await project.run();
    expect((await waiting).status).toBe(201);
    leaving.abort();
    expect([204, 'left']).toContain(await held);
    await untilReleased();
  });

  it('hears of jobs that another server has queued, and takes that server’s cursor', async () => {
    const other = await app.startAnother();
    const project = await app.addProject(CONFIG);
    const here = await app.addRunner(project);
    const there = new FakeRunner(other.url, here, { systemId: 's_there0000000' });
    const cursor = await cursorOf(there);
    expect(cursor).toBe(await cursorOf(here));
    const held = here.request({ cursor });
    await untilHeld(1);
    const { status } = await fetch(`${other.url}/api/v4/projects/${project.id}/pipeline?ref=main`, {
      method: 'POST',
      headers: { 'PRIVATE-TOKEN': project.owner.token },
    });
    expect([status, (await held).status]).toEqual([201, 201]);
  });

  it('10. ends with 503 when the server stops, so that the runner comes back', async () => {
    const stopping = await app.startAnother();
    const project: TestProject = await app.addProject(CONFIG);
    const runner = await app.addRunner(project, {}, { url: stopping.url });
    const cursor = await cursorOf(runner);
    const held = runner.request({ cursor });
    while (stopping.parts.bell.waiting < 1) await new Promise((resolve) => setImmediate(resolve));
    const closed = stopping.close();
    expect([204, 503]).toContain((await held).status);
    await closed;
  });
});
