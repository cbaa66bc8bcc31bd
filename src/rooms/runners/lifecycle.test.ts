import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRunner } from '../../../test/support/fake-runner.ts';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

const FORBIDDEN = [403, { message: '403 Forbidden' }];
const UNAUTHORIZED = [401, { message: '401 Unauthorized' }];

let app: TestApp;
let project: TestProject;
let root: Person;
let developer: Person;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject('a: { script: a }\n');
  root = await app.root();
  developer = await app.addPerson('developer');
  await project.addMember(developer, ROLES.developer);
});
afterAll(() => app.close());

/** Numbers as in the checklist of the runner protocol. */
describe('A. transport', () => {
  it('1, 5. answers JSON with its type and the id of the request', async () => {
    const { runner } = await app.scene('a: { script: a }\n');
    const job = await runner.request();
    expect(job.headers.get('content-type')).toMatch(/^application\/json/);
    const id = 'a'.repeat(32);
    const empty = await app.http('POST', '/jobs/request', {
      json: runner.identity,
      headers: { 'X-Request-Id': id },
    });
    expect([empty.status, empty.headers.get('x-request-id')]).toEqual([204, id]);
    expect(empty.bytes).toHaveLength(0);
  });

  it('3, 4. reads JSON on DELETE, and headers in any case', async () => {
    const runner = await app.addRunner(project);
    const headers = { 'rUnNeR-tOkEn': runner.token };
    expect((await app.http('POST', '/runners/verify', { json: {}, headers })).status).toBe(200);
    const gone = await app.http('DELETE', '/runners/managers', {
      json: { token: runner.token, system_id: '<legacy>' },
    });
    expect(gone.status).toBe(204);
    const { runner: taker } = await app.scene('a: { script: a }\n');
    const job = await taker.mustTake();
    const told = await app.http('PUT', `/jobs/${job.id}`, {
      json: { state: 'running' },
      headers: { 'Job-Token': job.token },
    });
    expect(told.status).toBe(200);
  });

  it('6. says what is wrong as a message', async () => {
    expect((await app.http('POST', '/jobs/request', { json: { token: 'glrt-nobody' } })).outcome).toEqual(FORBIDDEN);
  });
});

describe('B. runners and their tokens', () => {
  const create = (form: Readonly<Record<string, string>>, as: Person | undefined = project.owner) =>
    app.http('POST', '/user/runners', { as, form });

  it('12. are made by administrators and by those who administer the project', async () => {
    const made = await create({ runner_type: 'project_type', project_id: String(project.id) });
    expect(made.outcome).toEqual([201, { id: expect.any(Number), token: expect.any(String), token_expires_at: null }]);
    expect((await create({ runner_type: 'instance_type' }, root)).status).toBe(201);
    expect((await create({ runner_type: 'instance_type' })).outcome).toEqual(FORBIDDEN);
    const forProject = { runner_type: 'project_type', project_id: String(project.id) };
    expect((await create(forProject, developer)).outcome).toEqual(FORBIDDEN);
    expect((await app.http('POST', '/user/runners', { form: forProject })).outcome).toEqual(UNAUTHORIZED);
    expect((await create({ ...forProject, project_id: '999999' })).outcome).toEqual([
      404,
      { message: '404 Project Not Found' },
    ]);
  });

  it.each([
    [{}, { error: 'runner_type is missing, runner_type does not have a valid value' }],
    [{ runner_type: 'odd' }, { error: 'runner_type does not have a valid value' }],
    [{ runner_type: 'project_type' }, { error: 'project_id is missing' }],
    [{ runner_type: 'project_type', project_id: 'x' }, { error: 'project_id is invalid' }],
    [{ runner_type: 'instance_type', access_level: 'odd' }, { error: 'access_level does not have a valid value' }],
    [
      { runner_type: 'instance_type', run_untagged: 'false' },
      { message: { tags_list: ['can not be empty when runner is not allowed to pick untagged jobs'] } },
    ],
    [
      { runner_type: 'instance_type', maximum_timeout: '599' },
      { message: { maximum_timeout: ['needs to be at least 10 minutes'] } },
    ],
  ])('12. 400 for %j', async (form, body) => {
    expect((await create(form as Record<string, string>, root)).outcome).toEqual([400, body]);
  });

  it('12. need a token that may do so', async () => {
    const call = async (scope: 'create_runner' | 'manage_runner' | 'read_api') =>
      (
        await app.http('POST', '/user/runners', {
          as: await app.addToken(root.user, [scope]),
          form: { runner_type: 'instance_type' },
        })
      ).status;
    expect([await call('create_runner'), await call('read_api'), await call('manage_runner')]).toEqual([201, 403, 403]);
  });

  it('13. have tokens that name their type and are safe in a path', async () => {
    const tokens = [
      (await app.addRunner('instance')).token,
      (await app.addRunner(project)).token,
      (await app.addRunner(project)).token,
    ];
    expect(tokens[0]).toMatch(/^glrt-t1_[A-Za-z0-9_-]{9,}$/);
    expect(tokens[1]).toMatch(/^glrt-t3_[A-Za-z0-9_-]{9,}$/);
    expect(new Set(tokens.map((token) => token.slice('glrt-t1_'.length).slice(0, 9))).size).toBe(3);
    const stored = await app.db.selectFrom('runners').selectAll().execute();
    expect(tokens.some((token) => JSON.stringify(stored).includes(token))).toBe(false);
  });

  it('14, 15. are verified', async () => {
    const runner = await app.addRunner(project);
    const verify = (json: object) => app.http('POST', '/runners/verify', { json });
    expect((await verify(runner.identity)).outcome).toEqual([
      200,
      { id: runner.id, token: runner.token, token_expires_at: null },
    ]);
    expect((await verify({ token: 'glrt-unknown' })).outcome).toEqual(FORBIDDEN);
    expect((await verify({})).outcome).toEqual([400, { error: 'token is missing' }]);
    const expires = new Date(app.clock.now().getTime() + 60_000);
    await app.db.updateTable('runners').set({ token_expires_at: expires }).where('id', '=', runner.id).execute();
    expect((await verify(runner.identity)).at('token_expires_at')).toBe(expires.toISOString());
    app.clock.advance(60);
    expect((await verify(runner.identity)).outcome).toEqual(FORBIDDEN);
    expect((await runner.request()).outcome).toEqual(FORBIDDEN);
  });

  it('16, 17. have a manager for each process, with what it says of itself', async () => {
    const runner = await app.addRunner(project, {}, { systemId: 's_aaaaaaaaaaaa' });
    const other = new FakeRunner(app.url, runner, { systemId: 's_bbbbbbbbbbbb', features: ['variables'] });
    await app.http('POST', '/runners/verify', { json: runner.identity });
    await runner.request();
    await other.request();
    await other.request();
    const rows = await app.db
      .selectFrom('runner_managers')
      .select(['system_id', 'version', 'executor', 'features', 'ip_address'])
      .where('runner_id', '=', runner.id)
      .orderBy('system_id')
      .execute();
    expect(rows).toEqual([
      {
        system_id: 's_aaaaaaaaaaaa',
        version: '19.4.0',
        executor: 'shell',
        features: expect.objectContaining({ cancel_gracefully: true }),
        ip_address: '127.0.0.1',
      },
      expect.objectContaining({ system_id: 's_bbbbbbbbbbbb', features: { variables: true } }),
    ]);
  });

  it('16, 17. say of their managers which has a job', async () => {
    const { runner, project: own } = await app.scene('a: { script: a }\n', { systemId: 's_dddddddddddd' });
    const other = new FakeRunner(app.url, runner, { systemId: 's_eeeeeeeeeeee' });
    const shown = async () => {
      const list = (await app.http('GET', '/runners', { as: own.owner })).must(200);
      const one = (await app.http('GET', `/runners/${runner.id}`, { as: own.owner })).must(200);
      const managers = (await app.http('GET', `/runners/${runner.id}/managers`, { as: own.owner })).must(200);
      return {
        runner: [list.at(0, 'job_execution_status'), one.at('job_execution_status')],
        managers: managers.pluck('job_execution_status'),
        ids: managers.pluck('system_id'),
        first: managers.at(0),
      };
    };
    const job = await runner.mustTake('a');
    await other.request();
    expect(await shown()).toEqual({
      runner: ['active', 'active'],
      managers: ['idle', 'active'],
      ids: ['s_eeeeeeeeeeee', 's_dddddddddddd'],
      first: {
        id: expect.any(Number),
        system_id: 's_eeeeeeeeeeee',
        version: '19.4.0',
        revision: expect.any(String),
        platform: 'linux',
        architecture: 'amd64',
        created_at: app.clock.now().toISOString(),
        contacted_at: app.clock.now().toISOString(),
        ip_address: '127.0.0.1',
        status: 'online',
        job_execution_status: 'idle',
      },
    });
    await job.succeed();
    expect(await shown()).toMatchObject({ runner: ['idle', 'idle'], managers: ['idle', 'idle'] });
    const as = developer;
    expect((await app.http('GET', `/runners/${runner.id}/managers`, { as })).outcome).toEqual(FORBIDDEN);
  });

  it('18. lose a manager without losing themselves', async () => {
    const runner = await app.addRunner(project, {}, { systemId: 's_cccccccccccc' });
    await runner.request();
    const remove = (json: object) => app.http('DELETE', '/runners/managers', { json });
    expect((await remove({ token: runner.token })).status).toBe(400);
    expect((await remove({ token: 'glrt-x', system_id: 's_cccccccccccc' })).outcome).toEqual(FORBIDDEN);
    expect((await remove({ token: runner.token, system_id: 's_cccccccccccc' })).outcome).toEqual([204, undefined]);
    expect((await remove({ token: runner.token, system_id: 's_cccccccccccc' })).status).toBe(404);
    expect((await runner.request()).status).toBe(204);
  });

  it('19. are removed by their own token, which is dead then', async () => {
    const { runner, pipeline } = await app.scene('a: { script: a }\n');
    const job = await runner.mustTake();
    await job.start();
    expect((await app.http('DELETE', '/runners', { json: { token: runner.token } })).status).toBe(204);
    expect((await runner.request()).outcome).toEqual(FORBIDDEN);
    expect((await app.http('DELETE', '/runners', { json: { token: runner.token } })).outcome).toEqual(FORBIDDEN);
    await job.succeed();
    expect((await pipeline.job('a')).body).toMatchObject({ status: 'success', runner: null });
  });

  it('20. get a new token by their present one', async () => {
    const runner = await app.addRunner(project);
    const reset = await app.http('POST', '/runners/reset_authentication_token', { json: { token: runner.token } });
    expect(reset.outcome).toEqual([201, { token: expect.stringMatching(/^glrt-t3_/), token_expires_at: null }]);
    expect((await runner.request()).outcome).toEqual(FORBIDDEN);
    const renewed = new FakeRunner(app.url, { id: runner.id, token: reset.string('token') });
    expect((await renewed.request()).status).toBe(204);
  });

  it('21. get one from a person who may manage them', async () => {
    const runner = await app.addRunner(project);
    const reset = (as: Person | undefined) =>
      app.http('POST', `/runners/${runner.id}/reset_authentication_token`, {
        as,
        raw: 'null',
        headers: { 'Content-Type': 'application/json' },
      });
    expect((await reset(undefined)).outcome).toEqual(UNAUTHORIZED);
    expect((await reset(developer)).outcome).toEqual(FORBIDDEN);
    const answer = await reset(project.owner);
    expect(answer.status).toBe(201);
    expect((await runner.request()).outcome).toEqual(FORBIDDEN);
    expect((await reset(root)).status).toBe(201);
  });

  it('22, 23. are not registered with registration tokens, and there is no job router', async () => {
    const old = await app.http('POST', '/runners', { json: { token: 'GR1348941x', tag_list: 'a,b' } });
    expect([old.status, old.string('message').startsWith('410 Gone')]).toEqual([410, true]);
    expect((await app.http('POST', '/runners', { json: {} })).status).toBe(400);
    const runner = await app.addRunner(project);
    const router = await app.http('GET', '/runners/router/discovery', { headers: { 'RUNNER-TOKEN': runner.token } });
    expect([router.status, router.headers.get('content-type')]).toEqual([
      501,
      expect.stringContaining('application/json'),
    ]);
  });

  it('24. get nothing while they are paused, and are well all the same', async () => {
    const { runner, project: own } = await app.scene('a: { script: a }\n');
    const pause = (paused: string) => app.http('PUT', `/runners/${runner.id}`, { as: own.owner, form: { paused } });
    expect((await pause('true')).at('paused')).toBe(true);
    expect((await runner.request()).status).toBe(204);
    expect((await app.http('POST', '/runners/verify', { json: runner.identity })).status).toBe(200);
    await pause('false');
    expect((await runner.request()).status).toBe(201);
  });
});

describe('managing runners', () => {
  it('shows one with its settings, and changes them', async () => {
    const runner = await app.addRunner(project, {
      description: 'mine',
      tag_list: 'a, b',
      maximum_timeout: '600',
      maintenance_note: 'note',
    });
    const one = (method: string, form: Readonly<Record<string, string>> = {}) =>
      app.http(method, `/runners/${runner.id}`, { as: project.owner, ...(method === 'PUT' && { form }) });
    expect((await one('GET')).body).toEqual({
      id: runner.id,
      description: 'mine',
      ip_address: null,
      active: true,
      paused: false,
      is_shared: false,
      runner_type: 'project_type',
      name: null,
      online: null,
      created_at: expect.any(String),
      status: 'never_contacted',
      job_execution_status: 'idle',
      tag_list: ['a', 'b'],
      run_untagged: true,
      locked: false,
      maximum_timeout: 600,
      access_level: 'not_protected',
      maintenance_note: 'note',
      contacted_at: null,
      projects: [expect.objectContaining({ id: project.id, path_with_namespace: project.fullPath })],
      groups: [],
    });
    const changed = await one('PUT', {
      description: 'new',
      tag_list: 'c',
      run_untagged: 'false',
      access_level: 'ref_protected',
      active: 'false',
    });
    expect(changed.body).toMatchObject({
      description: 'new',
      tag_list: ['c'],
      run_untagged: false,
      access_level: 'ref_protected',
      paused: true,
      active: false,
    });
    expect((await one('PUT', { tag_list: '' })).status).toBe(400);
    await runner.request();
    expect((await one('GET')).body).toMatchObject({
      online: true,
      status: 'online',
      contacted_at: app.clock.now().toISOString(),
    });
    app.clock.advance(2 * 3600);
    expect((await one('GET')).body).toMatchObject({ online: false, status: 'offline' });
    expect((await one('DELETE')).status).toBe(204);
    expect((await one('GET')).outcome).toEqual([404, { message: '404 Runner Not Found' }]);
  });

  it('is for those who administer the project, instance runners for administrators', async () => {
    const own = await app.addRunner(project);
    const shared = await app.addRunner('instance');
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect((await app.http(method, `/runners/${own.id}`, { as: developer })).outcome).toEqual(FORBIDDEN);
      expect((await app.http(method, `/runners/${shared.id}`, { as: project.owner })).outcome).toEqual(FORBIDDEN);
      expect((await app.http(method, `/runners/${own.id}`)).outcome).toEqual(UNAUTHORIZED);
    }
    expect((await app.http('GET', `/runners/${shared.id}`, { as: root })).status).toBe(200);
  });

  it('lists them', async () => {
    const owner = await app.addPerson('lister');
    const own = await app.addProject('a: { script: a }\n', { owner });
    const a = await app.addRunner(own, { tag_list: 'x' });
    const b = await app.addRunner(own, { tag_list: 'x,y', paused: 'true' });
    await a.request();
    const ids = async (path: string, query: Readonly<Record<string, string>> = {}) =>
      (await app.http('GET', path, { as: owner, query: { per_page: '100', ...query } })).must(200).pluck('id');
    expect(await ids('/runners')).toEqual([b.id, a.id]);
    expect(await ids('/runners', { paused: 'true' })).toEqual([b.id]);
    expect(await ids('/runners', { tag_list: 'y,x' })).toEqual([b.id]);
    expect(await ids('/runners', { type: 'instance_type' })).toEqual([]);
    expect(await ids('/runners', { status: 'online' })).toEqual([a.id]);
    expect(await ids('/runners', { status: 'never_contacted' })).toEqual([b.id]);
    expect(await ids('/runners', { status: 'paused' })).toEqual([b.id]);
    expect(await ids('/runners', { status: 'active' })).toEqual([a.id]);
    const shared = await app.addRunner('instance');
    expect(await ids(`/projects/${own.id}/runners`)).toEqual(expect.arrayContaining([a.id, b.id, shared.id]));
    expect((await app.http('GET', '/runners/all', { as: owner })).outcome).toEqual(FORBIDDEN);
    const everything = await app.http('GET', '/runners/all', { as: root, query: { per_page: '1' } });
    expect(Number(everything.must(200).headers.get('x-total'))).toBeGreaterThan(3);
    app.clock.advance(2 * 3600);
    expect(await ids('/runners', { status: 'offline' })).toEqual([a.id]);
  });
});
