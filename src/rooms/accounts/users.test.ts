import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';

let rooms: RoomServer;
let root: Person;
let ada: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  root = await rooms.addPerson('root', { admin: true });
  ada = await rooms.addPerson('ada');
});
afterAll(() => rooms.close());

describe('GET /user', () => {
  it('is the caller, with what only oneself sees', async () => {
    const answer = await rooms.call('GET', '/user', { as: ada.token });
    expect(answer.body).toMatchObject({
      id: ada.user.id,
      username: 'ada',
      public_email: '',
      name: "ada's name",
      state: 'active',
      locked: false,
      avatar_url: null,
      web_url: `${rooms.url}/ada`,
      email: 'ada@example.com',
      confirmed_at: '2026-03-04T05:06:07.089Z',
      created_at: '2026-03-04T05:06:07.089Z',
      bot: false,
    });
    expect(answer.body).not.toHaveProperty('is_admin');
    expect((await rooms.call('GET', '/user', { as: root.token })).body).toMatchObject({ is_admin: true });
  });

  it('needs somebody', async () => {
    expect(await rooms.call('GET', '/user')).toMatchObject({ status: 401, body: { message: '401 Unauthorized' } });
  });
});

describe('GET /version and /metadata', () => {
  it('tell what clients compare, to users only', async () => {
    expect((await rooms.call('GET', '/version', { as: ada.token })).body).toEqual({
      version: '19.4.0-penstock',
      revision: 'abc1234',
    });
    expect((await rooms.call('GET', '/metadata', { as: ada.token })).body).toEqual({
      version: '19.4.0-penstock',
      revision: 'abc1234',
      kas: { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null },
      enterprise: false,
    });
    expect((await rooms.call('GET', '/version')).status).toBe(401);
  });
});

describe('GET /users', () => {
  it('lists newest first, with GitLab’s basic keys and paging headers', async () => {
    const answer = await rooms.call('GET', '/users?per_page=1', { as: ada.token });
    expect(answer.body).toEqual([
      {
        id: ada.user.id,
        username: 'ada',
        public_email: '',
        name: "ada's name",
        state: 'active',
        locked: false,
        avatar_url: null,
        web_url: `${rooms.url}/ada`,
      },
    ]);
    expect(answer.headers.get('x-total')).toBe('2');
    expect(answer.headers.get('x-next-page')).toBe('2');
  });

  it('filters by name, and finds part of one', async () => {
    const names = async (query: string, as?: string) => {
      const { body } = await rooms.call('GET', `/users?${query}`, { as });
      return Array.isArray(body) ? body.map((user: { username: string }) => user.username) : body;
    };
    expect(await names('username=ADA', ada.token)).toEqual(['ada']);
    expect(await names('username=ADA')).toEqual(['ada']);
    expect(await names('search=oo', ada.token)).toEqual(['root']);
    expect(await names('search=%25', ada.token)).toEqual([]);
    expect(await names('blocked=true', ada.token)).toEqual([]);
    expect(await names('admins=true', root.token)).toEqual(['root']);
  });

  it('is not for everybody', async () => {
    expect(await rooms.call('GET', '/users')).toMatchObject({
      status: 403,
      body: { message: '403 Forbidden - Not authorized to access /api/v4/users' },
    });
    expect(await rooms.call('GET', `/users/${ada.user.id}`)).toMatchObject({
      status: 403,
      body: { message: '403 Forbidden - Not authorized!' },
    });
  });

  it('shows one, without the e-mail address to others', async () => {
    const answer = await rooms.call('GET', `/users/${root.user.id}`, { as: ada.token });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('email');
    expect((await rooms.call('GET', `/users/${ada.user.id}`, { as: root.token })).body).toMatchObject({
      email: 'ada@example.com',
      is_admin: false,
    });
    expect(await rooms.call('GET', '/users/999999', { as: ada.token })).toMatchObject({
      status: 404,
      body: { message: '404 User Not Found' },
    });
    expect(await rooms.call('GET', '/users/abc', { as: ada.token })).toMatchObject({
      status: 400,
      body: { error: 'id is invalid' },
    });
  });
});

describe('POST /users', () => {
  const json = { email: 'bea@example.com', name: 'Bea', username: 'bea', password: 'long enough' };

  it('makes a user who can sign in and has a namespace', async () => {
    const answer = await rooms.call('POST', '/users', { as: root.token, json });
    expect(answer).toMatchObject({ status: 201, body: { username: 'bea', email: 'bea@example.com', is_admin: false } });
    expect(JSON.stringify(answer.body)).not.toContain('long enough');
    const login = { login: 'bea', password: 'long enough' };
    expect((await rooms.call('POST', '/-/sign_in', { json: login })).status).toBe(200);
  });

  it('assigns nothing that is not declared', async () => {
    const sneaky = {
      id: 777,
      bot: true,
      state: 'blocked',
      password_hash: 'x',
      __proto__: null,
      created_at: '2001-01-01',
    };
    const raw = JSON.stringify({ ...json, ...sneaky, username: 'sly', email: 'sly@example.com' }).replace(
      '{',
      '{"__proto__":{"admin":true},"constructor":{"admin":true},',
    );
    const headers = { 'Content-Type': 'application/json' };
    const answer = await rooms.call('POST', '/users', { as: root.token, raw, headers });
    expect(answer).toMatchObject({ status: 201, body: { bot: false, state: 'active', is_admin: false } });
    expect(answer.number('id')).not.toBe(777);
    expect(answer.text('created_at')).toBe(rooms.control.now.toISOString());
  });

  it.each([
    [{ ...json, username: 'other' }, 409, { message: 'Email has already been taken' }],
    [{ ...json, email: 'BEA@example.com', username: 'other' }, 409, { message: 'Email has already been taken' }],
    [{ ...json, email: 'x@example.com', username: 'Bea' }, 409, { message: 'Username has already been taken' }],
    [{ ...json, email: 'x@y.z', username: 'api' }, 400, { message: { username: ['api is a reserved name'] } }],
    [
      { ...json, email: 'x@y.z', username: 'x', password: 'short' },
      400,
      { message: { password: ['is too short (minimum is 8 characters)'] } },
    ],
    [{ ...json, email: 'nonsense', username: 'x' }, 400, { message: { email: ['is invalid'] } }],
    [
      { ...json, email: 'x@y.z', username: '-x.git' },
      400,
      {
        message: {
          username: [
            "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-' or end in '.', '.git' or '.atom'.",
          ],
        },
      },
    ],
    [
      { name: 'x' },
      400,
      {
        error:
          'email is missing, username is missing, password, reset_password, force_random_password are missing, at least one parameter must be provided',
      },
    ],
  ])('refuses %j', async (body, status, expected) => {
    expect(await rooms.call('POST', '/users', { as: root.token, json: body })).toMatchObject({
      status,
      body: expected,
    });
  });

  it('is for administrators', async () => {
    expect(await rooms.call('POST', '/users', { json })).toMatchObject({ status: 401 });
    expect(await rooms.call('POST', '/users', { as: ada.token, json })).toMatchObject({
      status: 403,
      body: { message: '403 Forbidden' },
    });
  });
});
