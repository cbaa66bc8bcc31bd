import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import { BadRootSetting, ensureRoot } from './ensure-root.ts';

let rooms: RoomServer;
let boss: Person;
let ada: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  boss = await rooms.addPerson('boss', { admin: true });
  ada = await rooms.addPerson('ada');
});
afterAll(() => rooms.close());

const make = (json: unknown, as = boss.token) =>
  rooms.call('POST', `/users/${ada.user.id}/personal_access_tokens`, { as, json });

describe('making a token for a user', () => {
  it('shows its value once', async () => {
    const answer = await make({ name: 'ci', scopes: ['api', 'read_repository'], expires_at: '2026-04-01' });
    expect(answer.status).toBe(201);
    const { token, ...rest } = answer.body as Record<string, unknown>;
    expect(token).toMatch(/^glpat-[A-Za-z0-9_-]{20}$/);
    expect(rest).toEqual({
      id: expect.any(Number),
      name: 'ci',
      revoked: false,
      created_at: '2026-03-04T05:06:07.089Z',
      description: null,
      scopes: ['api', 'read_repository'],
      user_id: ada.user.id,
      last_used_at: null,
      active: true,
      expires_at: '2026-04-01',
    });
    const shown = await rooms.call('GET', `/personal_access_tokens/${answer.number('id')}`, { as: boss.token });
    expect(shown.body).toEqual(rest);
  });

  it('lives for 365 days at most, and by default', async () => {
    expect((await make({ name: 'x', scopes: ['api'] })).body).toMatchObject({ expires_at: '2027-03-04' });
    expect(await make({ name: 'x', scopes: ['api'], expires_at: '2027-03-05' })).toMatchObject({
      status: 422,
      body: { message: 'Expiration date must be before 2027-03-04' },
    });
    expect(await make({ name: 'x', scopes: ['api'], expires_at: '2026-03-03' })).toMatchObject({
      status: 422,
      body: { message: "Expiration date can't be in the past" },
    });
  });

  it.each([
    [{ scopes: ['api'] }, 'name is missing, name is empty'],
    [{ name: 'x' }, 'scopes is missing, scopes is empty'],
    [{ name: 'x', scopes: ['api', 'root'] }, 'scopes does not have a valid value'],
    [{ name: 'x', scopes: ['api'], expires_at: 'soon' }, 'expires_at is invalid'],
  ])('refuses %j', async (json, error) => {
    expect(await make(json)).toMatchObject({ status: 400, body: { error } });
  });

  it('is for administrators', async () => {
    expect((await make({ name: 'x', scopes: ['api'] }, ada.token)).status).toBe(403);
    const nobody = await rooms.call('POST', '/users/99999/personal_access_tokens', {
      as: boss.token,
      json: { name: 'x', scopes: ['api'] },
    });
    expect(nobody).toMatchObject({ status: 404, body: { message: '404 User Not Found' } });
  });
});

describe('tokens', () => {
  it('are listed to their user; all of them to an administrator', async () => {
    const cat = await rooms.addPerson('cat');
    const ids = async (as: string, query = '') => {
      const { body } = await rooms.call('GET', `/personal_access_tokens${query}`, { as });
      return Array.isArray(body) ? new Set(body.map((token: { user_id: number }) => token.user_id)) : body;
    };
    expect(await ids(cat.token)).toEqual(new Set([cat.user.id]));
    expect(await ids(boss.token, `?user_id=${cat.user.id}`)).toEqual(new Set([cat.user.id]));
    expect(await rooms.call('GET', `/personal_access_tokens?user_id=${ada.user.id}`, { as: cat.token })).toMatchObject({
      status: 401,
    });
    expect(await ids(cat.token, '?state=inactive')).toEqual(new Set());
  });

  it('of others do not show', async () => {
    const own = (await rooms.call('GET', '/personal_access_tokens/self', { as: boss.token })).number('id');
    for (const [method, path] of [
      ['GET', `/personal_access_tokens/${own}`],
      ['GET', '/personal_access_tokens/999999'],
      ['POST', `/personal_access_tokens/${own}/rotate`],
    ] as const) {
      expect(await rooms.call(method, path, { as: ada.token })).toMatchObject({
        status: 401,
        body: { message: '401 Unauthorized' },
      });
    }
    expect(await rooms.call('GET', '/personal_access_tokens/999999', { as: boss.token })).toMatchObject({
      status: 404,
      body: { message: '404 Not Found' },
    });
    expect((await rooms.call('DELETE', `/personal_access_tokens/${own}`, { as: ada.token })).status).toBe(400);
    expect((await rooms.call('GET', '/user', { as: boss.token })).status).toBe(200);
  });

  it('are rotated: the new one works, the old one does not', async () => {
    const old = await rooms.addToken(ada.user, ['api', 'self_rotate']);
    const answer = await rooms.call('POST', '/personal_access_tokens/self/rotate', { as: old });
    expect(answer).toMatchObject({
      status: 200,
      body: { name: 'test', scopes: ['api', 'self_rotate'], expires_at: '2026-03-11', active: true },
    });
    expect((await rooms.call('GET', '/user', { as: answer.text('token') })).status).toBe(200);
    expect((await rooms.call('GET', '/user', { as: old })).body).toMatchObject({ error: 'invalid_token' });
    const revoked = await rooms.db
      .selectFrom('personal_access_tokens')
      .select('id')
      .where('revoked', '=', true)
      .where('user_id', '=', ada.user.id)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const again = await rooms.call('POST', `/personal_access_tokens/${revoked.id}/rotate`, { as: ada.token });
    expect(again).toMatchObject({ status: 400, body: { message: '400 Bad request - Token already revoked' } });
  });

  it('are rotated once by two at the same time', async () => {
    const old = await rooms.addToken(ada.user, ['api']);
    const { id } = (await rooms.call('GET', '/personal_access_tokens/self', { as: old })).body as { id: number };
    const rotate = () => rooms.call('POST', `/personal_access_tokens/${id}/rotate`, { as: ada.token });
    const statuses = (await Promise.all([rotate(), rotate(), rotate()]))
      .map(({ status }) => status)
      .toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 400, 400]);
  });

  it('of any scope may look at and revoke themselves', async () => {
    const weak = await rooms.addToken(ada.user, ['read_registry']);
    expect((await rooms.call('GET', '/personal_access_tokens/self', { as: weak })).status).toBe(200);
    expect((await rooms.call('DELETE', '/personal_access_tokens/self', { as: weak })).status).toBe(204);
  });
});

describe('root', () => {
  it('is made once, with a password that is told once', async () => {
    const first = await ensureRoot(rooms, {});
    expect(first).toEqual({ created: true, generatedPassword: expect.stringMatching(/^[\w-]{24}$/) });
    expect(await ensureRoot(rooms, { password: 'something else' })).toEqual({
      created: false,
      generatedPassword: undefined,
    });
    const json = { login: 'root', password: first.generatedPassword };
    expect((await rooms.call('POST', '/-/sign_in', { json })).status).toBe(200);
  });

  it('gets the token of the environment, however many servers start at once', async () => {
    const token = 'a-token-from-the-environment';
    await Promise.all([1, 2, 3, 4].map(() => ensureRoot(rooms, { token })));
    expect(await rooms.call('GET', '/user', { as: token })).toMatchObject({
      status: 200,
      body: { username: 'root', is_admin: true },
    });
    const rows = await rooms.db
      .selectFrom('personal_access_tokens')
      .select('id')
      .where('name', '=', 'PENSTOCK_ROOT_TOKEN')
      .execute();
    expect(rows).toHaveLength(1);
  });

  it('refuses settings that are too weak, without quoting them', async () => {
    await expect(ensureRoot(rooms, { token: 'short' })).rejects.toThrow(BadRootSetting);
    await expect(ensureRoot(rooms, { password: 'short12' })).rejects.not.toThrow('short12');
  });
});
