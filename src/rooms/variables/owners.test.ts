import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import { findProjectById } from '../projects/index.ts';
import { variablesForPipeline } from './index.ts';

let rooms: RoomServer;
let root: Person;
let ada: Person;
let ben: Person;
let top: number;
let below: number;

const group = async (path: string, json: object = {}) =>
  (await rooms.call('POST', '/groups', { as: ada.token, json: { name: path, path, ...json } })).number('id');

beforeAll(async () => {
  rooms = await startRoomServer();
  root = await rooms.addPerson('root', { admin: true });
  ada = await rooms.addPerson('ada');
  ben = await rooms.addPerson('ben');
  top = await group('top');
  below = await group('below', { parent_id: top });
});
afterAll(() => rooms.close());

describe('variables of a group', () => {
  const path = (rest = '') => `/groups/${top}/variables${rest}`;
  const call = (method: string, rest = '', json?: object, as = ada.token) =>
    rooms.call(method, path(rest), { as, ...(json && { json }) });

  it('are made, read, changed and deleted by the group’s owners', async () => {
    const whole = {
      variable_type: 'env_var',
      key: 'REGION',
      value: 'north',
      hidden: false,
      protected: false,
      masked: false,
      raw: false,
      environment_scope: '*',
      description: null,
    };
    expect(await call('POST', '', { key: 'REGION', value: 'north' })).toMatchObject({ status: 201, body: whole });
    expect(await call('GET')).toMatchObject({ status: 200, body: [whole] });
    expect((await call('GET')).headers.get('x-total')).toBe('1');
    expect((await call('PUT', '/REGION', { value: 'south', protected: true })).body).toEqual({
      ...whole,
      value: 'south',
      protected: true,
    });
    expect((await call('POST', '', { key: 'REGION', value: 'x' })).body).toEqual({
      message: { key: ['(REGION) has already been taken'] },
    });
    expect((await call('DELETE', '/REGION')).status).toBe(204);
    expect(await call('GET', '/REGION')).toMatchObject({
      status: 404,
      body: { message: '404 GroupVariable Not Found' },
    });
  });

  it('know environment scopes, hidden values and what can be masked', async () => {
    await call('POST', '', { key: 'SCOPED', value: 'any' });
    await call('POST', '', { key: 'SCOPED', value: 'prod', environment_scope: 'production' });
    expect(await call('GET', '/SCOPED')).toMatchObject({
      status: 409,
      body: {
        message: "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'",
      },
    });
    expect((await call('GET', '/SCOPED?filter[environment_scope]=production')).body).toMatchObject({ value: 'prod' });
    expect((await call('POST', '', { key: 'HID', value: 'hidden-value', masked_and_hidden: true })).body).toMatchObject(
      {
        value: null,
        hidden: true,
        masked: true,
      },
    );
    expect((await call('PUT', '/HID', { masked: false })).body).toEqual({
      message: { base: ['The visibility setting cannot be changed for masked and hidden variables.'] },
    });
    expect((await call('POST', '', { key: 'M', value: 'short', masked: true })).body).toEqual({
      message: { value: ['is invalid'] },
    });
  });

  it('are hidden from strangers and refused to maintainers', async () => {
    expect((await call('GET', '', undefined, ben.token)).body).toEqual({ message: '404 Group Not Found' });
    await rooms.call('POST', `/groups/${top}/members`, {
      as: ada.token,
      json: { user_id: ben.user.id, access_level: 40 },
    });
    for (const [method, rest, json] of [
      ['GET', '', undefined],
      ['GET', '/SCOPED', undefined],
      ['POST', '', { key: 'K', value: 'v' }],
      ['PUT', '/SCOPED', { value: 'v' }],
      ['DELETE', '/SCOPED', undefined],
    ] as const) {
      expect((await call(method, rest, json, ben.token)).body).toEqual({ message: '403 Forbidden' });
    }
    expect((await rooms.call('GET', path())).body).toEqual({ message: '401 Unauthorized' });
  });
});

describe('variables of the instance', () => {
  const call = (method: string, rest = '', json?: object, as: string | undefined = root.token) =>
    rooms.call(method, `/admin/ci/variables${rest}`, { as, ...(json && { json }) });

  it('are the administrators’, and have neither scopes nor hidden values', async () => {
    const wanted = { key: 'WORLD', value: 'wide', environment_scope: 'production', masked_and_hidden: true };
    const whole = {
      variable_type: 'env_var',
      key: 'WORLD',
      value: 'wide',
      protected: false,
      masked: false,
      raw: false,
      description: null,
    };
    expect(await call('POST', '', wanted)).toMatchObject({ status: 201 });
    expect((await call('GET')).body).toEqual([whole]);
    expect((await call('GET', '/WORLD?filter[environment_scope]=production')).body).toEqual(whole);
    expect((await call('PUT', '/WORLD', { description: 'd', environment_scope: 'x' })).body).toEqual({
      ...whole,
      description: 'd',
    });
    expect((await call('GET', '/NONE')).body).toEqual({ message: '404 InstanceVariable Not Found' });
    for (const method of ['GET', 'POST']) {
      const json = method === 'POST' ? wanted : undefined;
      expect((await call(method, '', json, ada.token)).body).toEqual({ message: '403 Forbidden' });
    }
    expect((await rooms.call('GET', '/admin/ci/variables')).body).toEqual({ message: '401 Unauthorized' });
    expect((await call('DELETE', '/WORLD')).status).toBe(204);
  });

  it('have a length, in characters: 10 000, a file’s 50 000', async () => {
    const post = async (value: string, type: string) => {
      const { status, body } = await call('POST', '', { key: `L_${type}_${value.length}`, value, variable_type: type });
      return [status, body];
    };
    const refusal = (limit: number) => [
      400,
      { message: { value: [`The value of the provided variable exceeds the ${limit} character limit`] } },
    ];
    expect((await post('é'.repeat(10_000), 'env_var'))[0]).toBe(201);
    expect(await post('é'.repeat(10_001), 'env_var')).toEqual(refusal(10_000));
    expect((await post('x'.repeat(50_000), 'file'))[0]).toBe(201);
    expect(await post('x'.repeat(50_001), 'file')).toEqual(refusal(50_000));
    expect((await call('PUT', '/L_file_50000', { variable_type: 'env_var' })).status).toBe(400);
    await call('DELETE', '/L_file_50000');
    await call('DELETE', '/L_env_var_10000');
  });

  it('are twenty-five', async () => {
    for (let number = 0; number < 25; number++) {
      expect((await call('POST', '', { key: `N_${number}`, value: 'v' })).status).toBe(201);
    }
    expect((await call('POST', '', { key: 'N_25', value: 'v' })).body).toEqual({
      message: { base: ['Maximum number of ci instance level variables (25) exceeded'] },
    });
    expect((await call('GET', '?per_page=1')).headers.get('x-total')).toBe('25');
    for (let number = 0; number < 25; number++) await call('DELETE', `/N_${number}`);
  });
});

describe('what a job gets', () => {
  it('is the instance’s, over it the root group’s, over it the nearer groups’, over all the project’s', async () => {
    const set = (path: string, key: string, value: string, as = ada.token, json: object = {}) =>
      rooms.call('POST', path, { as, json: { key, value, ...json } });
    const project = await rooms.addProject(ada.user, { name: 'shop', namespaceId: below });
    const [world, root_, near, own] = [
      '/admin/ci/variables',
      `/groups/${top}/variables`,
      `/groups/${below}/variables`,
      `/projects/${project.id}/variables`,
    ];
    for (const key of ['A', 'B', 'C', 'D']) await set(world, key, 'instance', root.token);
    for (const key of ['B', 'C', 'D']) await set(root_, key, 'root group');
    for (const key of ['C', 'D']) await set(near, key, 'near group');
    await set(own, 'D', 'project');
    await set(root_, 'GUARDED', 'x', ada.token, { protected: true });
    await set(near, 'PLACE', 'near prod', ada.token, { environment_scope: 'production' });
    await set(root_, 'PLACE', 'root any');
    const found = await findProjectById(rooms.db, project.id);
    if (found === undefined) throw new Error('the project is gone');
    const values = async (filter: Parameters<typeof variablesForPipeline>[2]) => {
      const variables = await variablesForPipeline(rooms, found, filter);
      return Object.fromEntries(variables.map(({ key, value }) => [key, value]));
    };
    expect(await values({ protectedRef: false })).toMatchObject({
      A: 'instance',
      B: 'root group',
      C: 'near group',
      D: 'project',
      PLACE: 'root any',
    });
    expect(await values({ protectedRef: false })).not.toHaveProperty('GUARDED');
    expect(await values({ protectedRef: true, environment: 'production' })).toMatchObject({
      GUARDED: 'x',
      PLACE: 'near prod',
    });
  });
});
