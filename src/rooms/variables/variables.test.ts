import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import type { Project } from '../projects/index.ts';
import { variablesForPipeline } from './variables-for-pipeline.ts';

const SEVERAL = {
  status: 409,
  body: {
    message: "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'",
  },
};
const UNKNOWN = { status: 404, body: { message: '404 Variable Not Found' } };

let rooms: RoomServer;
let owner: Person;
let project: Project;

beforeAll(async () => {
  rooms = await startRoomServer();
  owner = await rooms.addPerson('owner');
  project = await rooms.addProject(owner.user, { name: 'vars' });
});
afterAll(() => rooms.close());

const path = (rest = '', of = project) => `/projects/${of.id}/variables${rest}`;
const add = (json: unknown, of = project) => rooms.call('POST', path('', of), { as: owner.token, json });
const put = (key: string, json: unknown, query = '') =>
  rooms.call('PUT', path(`/${key}${query}`), { as: owner.token, json });
const get = (key: string, query = '') => rooms.call('GET', path(`/${key}${query}`), { as: owner.token });

describe('adding', () => {
  it('answers GitLab’s entity with its defaults', async () => {
    expect(await add({ key: ' PLAIN ', value: 'a $b' })).toMatchObject({ status: 201 });
    expect((await get('PLAIN')).body).toEqual({
      variable_type: 'env_var',
      key: 'PLAIN',
      value: 'a $b',
      hidden: false,
      protected: false,
      masked: false,
      raw: false,
      environment_scope: '*',
      description: null,
    });
  });

  it('takes every attribute, from a form as well', async () => {
    const form = {
      key: 'FULL',
      value: 'line\nline',
      variable_type: 'file',
      protected: 'true',
      raw: '1',
      environment_scope: 'review/*',
      description: 'what it is',
    };
    expect(await rooms.call('POST', path(), { as: owner.token, form })).toMatchObject({
      status: 201,
      body: { ...form, protected: true, raw: true, masked: false, hidden: false },
    });
  });

  it('keeps the value of a hidden one to itself for good', async () => {
    const added = await add({ key: 'HIDDEN', value: 'hidden-value', masked_and_hidden: true });
    expect(added).toMatchObject({ status: 201, body: { value: null, hidden: true, masked: true } });
    expect((await get('HIDDEN')).body).toMatchObject({ value: null });
    expect(JSON.stringify((await rooms.call('GET', path(), { as: owner.token })).body)).not.toContain('hidden-value');
    expect(await put('HIDDEN', { masked: false })).toMatchObject({
      status: 400,
      body: { message: { base: ['The visibility setting cannot be changed for masked and hidden variables.'] } },
    });
    expect(await put('HIDDEN', { hidden: false, value: 'another-value' })).toMatchObject({
      status: 200,
      body: { hidden: true, value: null },
    });
  });

  it.each([
    [{ value: 'x' }, { error: 'key is missing' }],
    [{ key: 'x' }, { error: 'value is missing' }],
    [{}, { error: 'key is missing, value is missing' }],
    [{ key: 'A-B', value: '' }, { message: { key: ["can contain only letters, digits and '_'."] } }],
    [{ key: '', value: '' }, { message: { key: ["can't be blank", "can contain only letters, digits and '_'."] } }],
    [{ key: 'K'.repeat(256), value: '' }, { message: { key: ['is too long (maximum is 255 characters)'] } }],
    [{ key: 'PLAIN', value: '' }, { message: { key: ['(PLAIN) has already been taken'] } }],
    [{ key: 'M', value: 'short', masked: true }, { message: { value: ['is invalid'] } }],
    [{ key: 'M', value: 'has a blank', masked: true }, { message: { value: ['is invalid'] } }],
    [{ key: 'M', value: 'long$enough', masked: true }, { message: { value: ['is invalid'] } }],
    [{ key: 'M', value: 'two\nlines-long', masked: true, raw: true }, { message: { value: ['is invalid'] } }],
    [{ key: 'M', value: 'short', masked_and_hidden: true }, { message: { value: ['is invalid'] } }],
    [{ key: 'M', value: 'x', variable_type: 'secret' }, { error: 'variable_type does not have a valid value' }],
    [{ key: 'M', value: 'x', masked: 'maybe' }, { error: 'masked is invalid' }],
    [{ key: 'M', value: { a: 1 } }, { error: 'value is invalid' }],
    [
      { key: 'M', value: 'x', description: 'd'.repeat(256) },
      { message: { description: ['is too long (maximum is 255 characters)'] } },
    ],
    [
      { key: 'M', value: 'x', environment_scope: 'a!' },
      { message: { environment_scope: [expect.stringContaining('can contain only letters')] } },
    ],
  ])('refuses %j', async (json, body) => {
    expect(await add(json)).toMatchObject({ status: 400, body });
  });

  it('masks what can be masked', async () => {
    expect((await add({ key: 'M1', value: 'abcDEF12+=/@:.~-_', masked: true })).status).toBe(201);
    expect((await add({ key: 'M2', value: 'any$thing!', masked: true, raw: true })).status).toBe(201);
    expect((await add({ key: '1ST', value: '' })).status).toBe(201);
  });

  it('assigns nothing that is not declared', async () => {
    const raw =
      '{"__proto__":{"protected":true},"key":"SLY","value":"v","id":1,"project_id":999,"namespace_id":1,"hidden":true,"value_sealed":"x"}';
    const headers = { 'Content-Type': 'application/json' };
    const answer = await rooms.call('POST', path(), { as: owner.token, raw, headers });
    expect(answer).toMatchObject({ status: 201, body: { key: 'SLY', value: 'v', hidden: false, protected: false } });
    expect((await get('SLY')).status).toBe(200);
  });

  it('ends at GitLab’s limit', async () => {
    const full = await rooms.addProject(owner.user, { name: 'full' });
    const now = rooms.clock.now();
    const sealed = rooms.vault.seal('x', 'variables.value');
    const rows = Array.from({ length: 8000 }, (_, index) => ({
      project_id: full.id,
      key: `K${index}`,
      value_sealed: sealed,
      created_at: now,
      updated_at: now,
    }));
    for (let at = 0; at < rows.length; at += 2000) {
      await rooms.db
        .insertInto('variables')
        .values(rows.slice(at, at + 2000))
        .execute();
    }
    expect(await add({ key: 'MORE', value: 'x' }, full)).toMatchObject({
      status: 400,
      body: { message: { base: ['Maximum number of project ci variables (8000) exceeded'] } },
    });
    expect(await add({ key: 'K1', value: 'x' }, full)).toMatchObject({
      body: { message: { key: ['(K1) has already been taken'] } },
    });
  });
});

describe('several environment scopes of one key', () => {
  beforeAll(async () => {
    await add({ key: 'URL', value: 'everywhere' });
    await add({ key: 'URL', value: 'review', environment_scope: 'review/*' });
    await add({ key: 'URL', value: 'production', environment_scope: 'production' });
  });

  it('need the filter', async () => {
    expect(await get('URL')).toMatchObject(SEVERAL);
    expect(await put('URL', { value: 'x' })).toMatchObject(SEVERAL);
    expect(await rooms.call('DELETE', path('/URL'), { as: owner.token })).toMatchObject(SEVERAL);
    expect((await get('URL', '?filter[environment_scope]=production')).body).toMatchObject({ value: 'production' });
    expect(await get('URL', '?filter[environment_scope]=nothing')).toMatchObject(UNKNOWN);
  });

  it('are changed one at a time, and cannot become the same', async () => {
    const changed = await put('URL', { environment_scope: 'staging' }, '?filter[environment_scope]=review/*');
    expect(changed).toMatchObject({ status: 200, body: { environment_scope: 'staging', value: 'review' } });
    const json = { environment_scope: 'production', filter: { environment_scope: 'staging' } };
    expect(await put('URL', json)).toMatchObject({
      status: 400,
      body: { message: { key: ['(URL) has already been taken'] } },
    });
    const remove = path('/URL?filter%5Benvironment_scope%5D=staging');
    expect((await rooms.call('DELETE', remove, { as: owner.token })).status).toBe(204);
  });
});

describe('changing, listing, deleting', () => {
  it('changes what is given', async () => {
    await add({ key: 'CHANGING', value: 'one', description: 'first' });
    expect(await put('CHANGING', { value: 'two', protected: true, key: 'OTHER' })).toMatchObject({
      status: 200,
      body: { key: 'CHANGING', value: 'two', protected: true, description: 'first' },
    });
    expect((await put('CHANGING', { description: null })).body).toMatchObject({ description: null });
    expect(await put('CHANGING', { masked: true })).toMatchObject({
      status: 400,
      body: { message: { value: ['is invalid'] } },
    });
    expect(await put('NOTHING', { value: 'x' })).toMatchObject(UNKNOWN);
    expect(await put('changing', { value: 'x' })).toMatchObject(UNKNOWN);
  });

  it('lists in the order of making, by pages', async () => {
    const answer = await rooms.call('GET', path('?per_page=2'), { as: owner.token });
    expect(answer.body).toMatchObject([{ key: 'PLAIN' }, { key: 'FULL' }]);
    expect(answer.headers.get('x-next-page')).toBe('2');
  });

  it('deletes', async () => {
    await add({ key: 'GONE', value: 'x' });
    expect(await rooms.call('DELETE', path('/GONE'), { as: owner.token })).toMatchObject({
      status: 204,
      body: undefined,
    });
    expect(await get('GONE')).toMatchObject(UNKNOWN);
  });
});

describe('who may', () => {
  it('is maintainers of a project with CI/CD', async () => {
    const developer = await rooms.addPerson('developer');
    const stranger = await rooms.addPerson('stranger');
    await rooms.addMember(project, developer, 30);
    for (const method of ['GET', 'POST']) {
      expect(await rooms.call(method, path())).toMatchObject({ status: 401, body: { message: '401 Unauthorized' } });
      expect(await rooms.call(method, path(), { as: developer.token })).toMatchObject({
        status: 403,
        body: { message: '403 Forbidden' },
      });
      expect(await rooms.call(method, path(), { as: stranger.token })).toMatchObject({
        status: 404,
        body: { message: '404 Project Not Found' },
      });
    }
    const off = await rooms.addProject(owner.user, { name: 'off', settings: { buildsEnabled: false } });
    expect((await rooms.call('GET', path('', off), { as: owner.token })).status).toBe(403);
  });

  it('is not jobs', async () => {
    const headers = { 'JOB-TOKEN': rooms.addJobToken(project, owner.user) };
    expect(await rooms.call('GET', path(), { headers })).toMatchObject({ status: 401 });
  });
});

describe('at rest', () => {
  it('values are sealed', async () => {
    await add({ key: 'SECRET', value: 'the-secret-value' });
    const rows = await rooms.db.selectFrom('variables').selectAll().execute();
    for (const { value_sealed, ...rest } of rows) {
      expect(value_sealed.includes('the-secret-value')).toBe(false);
      expect(JSON.stringify(rest)).not.toContain('the-secret-value');
    }
  });
});

describe('what a pipeline gets', () => {
  it('is instance, then project, the more specific scope last, protected only on protected refs', async () => {
    const quiet = await rooms.addProject(owner.user, { name: 'quiet' });
    const now = rooms.clock.now();
    const own = async (key: string, value: string, more: object = {}) => add({ key, value, ...more }, quiet);
    await own('A', 'exact', { environment_scope: 'review/1' });
    await own('A', 'any');
    await own('A', 'pattern', { environment_scope: 'review/*' });
    await own('P', 'protected', { protected: true });
    await own('F', 'content', { variable_type: 'file', raw: true });
    await own('M', 'masked-value', { masked: true });
    await rooms.db
      .insertInto('variables')
      .values({
        key: 'A',
        value_sealed: rooms.vault.seal('instance', 'variables.value'),
        created_at: now,
        updated_at: now,
      })
      .execute();
    const pick = async (protectedRef: boolean, environment?: string) =>
      (
        await variablesForPipeline(rooms, quiet, { protectedRef, ...(environment !== undefined && { environment }) })
      ).map(({ key, value }) => `${key}=${value}`);
    expect(await pick(false)).toEqual(['A=instance', 'A=any', 'F=content', 'M=masked-value']);
    expect(await pick(true, 'review/1')).toEqual([
      'A=instance',
      'A=any',
      'P=protected',
      'F=content',
      'M=masked-value',
      'A=pattern',
      'A=exact',
    ]);
    expect(await pick(false, 'review/2')).toContain('A=pattern');
    expect(await pick(false, 'Review/1')).not.toContain('A=pattern');
    const all = await variablesForPipeline(rooms, quiet, { protectedRef: true });
    expect(all).toContainEqual({ key: 'F', value: 'content', public: false, raw: true, file: true });
    expect(all).toContainEqual({ key: 'M', value: 'masked-value', public: false, masked: true });
  });
});
