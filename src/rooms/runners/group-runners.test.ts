import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRunner } from '../../../test/support/fake-runner.ts';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';

let app: TestApp;
let ada: Person;
let ben: Person;
let top: number;
let below: number;

const group = async (path: string, more: object = {}) =>
  (await app.http('POST', '/groups', { as: ada, json: { name: path, path, ...more } })).must(201).number('id');
const create = (json: object, as = ada) =>
  app.http('POST', '/user/runners', { as, json: { runner_type: 'group_type', ...json } });

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.addPerson('ada');
  ben = await app.addPerson('ben');
  top = await group('top');
  below = await group('below', { parent_id: top });
});
afterAll(() => app.close());

describe('a group’s runner', () => {
  it('is made by the group’s owners', async () => {
    expect((await create({})).outcome).toEqual([400, { error: 'group_id is missing' }]);
    expect((await create({ group_id: 99_999 })).outcome).toEqual([404, { message: '404 Group Not Found' }]);
    expect((await create({ group_id: top }, ben)).outcome).toEqual([404, { message: '404 Group Not Found' }]);
    const member = { user_id: ben.user.id, access_level: 40 };
    (await app.http('POST', `/groups/${top}/members`, { as: ada, json: member })).must(201);
    expect((await create({ group_id: top }, ben)).outcome).toEqual([403, { message: '403 Forbidden' }]);
    const made = (await create({ group_id: top })).must(201);
    expect(made.string('token')).toMatch(/^glrt-t2_/);
    const id = made.number('id');
    const details = await app.http('GET', `/runners/${id}`, { as: ada });
    expect(details.must(200).body).toMatchObject({
      runner_type: 'group_type',
      is_shared: false,
      projects: [],
      groups: [{ id: top, name: 'top' }],
    });
    expect((await app.http('GET', `/runners/${id}`, { as: ben })).status).toBe(403);
    expect((await app.http('DELETE', `/runners/${id}`, { as: ada })).status).toBe(204);
  });

  it('takes the jobs of all projects in the group and below it, and of no other', async () => {
    const add = (path: string, settings: Readonly<Record<string, string>>) =>
      app.addProject('test: {script: make}', { owner: ada, path, settings });
    const inside = await add('inside', { namespace_id: String(below) });
    const outside = await add('outside', {});
    const beside = await add('beside', { namespace_id: String(top) });
    for (const project of [outside, inside, beside]) await project.run();
    const made = (await create({ group_id: below })).must(201);
    const id = made.number('id');
    const runner = new FakeRunner(app.url, { id, token: made.string('token') });
    expect((await runner.mustTake('test')).payload.job_info.project_id).toBe(inside.id);
    expect(await runner.take()).toBeUndefined();
    const wide = (await create({ group_id: top })).must(201);
    const wider = new FakeRunner(app.url, { id: wide.number('id'), token: wide.string('token') });
    expect((await wider.mustTake('test')).payload.job_info.project_id).toBe(beside.id);
    expect(await wider.take()).toBeUndefined();

    const listed = async (path: string) => (await app.http('GET', path, { as: ada })).must(200).pluck('id');
    expect(await listed(`/projects/${inside.id}/runners`)).toEqual([wide.number('id'), id]);
    expect(await listed(`/projects/${beside.id}/runners`)).toEqual([wide.number('id')]);
    expect(await listed(`/projects/${outside.id}/runners`)).toEqual([]);
  });
});
