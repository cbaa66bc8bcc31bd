import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';

let rooms: RoomServer;
let boss: Person;
let ada: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  boss = await rooms.addPerson('boss', { admin: true });
  ada = await rooms.addPerson('ada');
});
afterAll(() => rooms.close());

const outcome = ({ status, body }: Answer) => [status, body];
const REVOKED = {
  error: 'invalid_token',
  error_description: 'Token was revoked. You have to re-authorize from the user.',
};
const status = async (token: string) => (await rooms.call('GET', '/user', { as: token })).status;

describe('a token that was rotated', () => {
  it('takes its whole family down when somebody rotates with it again, and only then', async () => {
    const first = await rooms.addToken(ada.user, ['api']);
    const rotate = (as: string) => rooms.call('POST', '/personal_access_tokens/self/rotate', { as });
    const second = (await rotate(first)).text('token');
    const third = (await rotate(second)).text('token');
    const bystander = await rooms.addToken(ada.user, ['api']);

    expect(outcome(await rooms.call('GET', '/personal_access_tokens', { as: first }))).toEqual([401, REVOKED]);
    expect(await status(third)).toBe(200);
    expect(outcome(await rotate(first))).toEqual([401, REVOKED]);
    expect(await status(third)).toBe(401);
    expect(await status(bystander)).toBe(200);
  });

  it('also when it tries by number', async () => {
    const first = await rooms.addToken(ada.user, ['api']);
    const { id } = (await rooms.call('GET', '/personal_access_tokens/self', { as: first })).body as { id: number };
    const second = await rooms.call('POST', `/personal_access_tokens/${id}/rotate`, { as: first });
    const again = await rooms.call('POST', `/personal_access_tokens/${second.number('id')}/rotate`, { as: first });
    expect(outcome(again)).toEqual([401, REVOKED]);
    expect(await status(second.text('token'))).toBe(401);
  });

  it('gives the new one a week, or the day that is asked for, within a year', async () => {
    const token = await rooms.addToken(ada.user, ['self_rotate']);
    const rotate = (as: string, json?: unknown) =>
      rooms.call('POST', '/personal_access_tokens/self/rotate', { as, json });
    expect(outcome(await rotate(token, { expires_at: '2027-03-05' }))).toEqual([
      400,
      { message: '400 Bad request - Expiration date must be before 2027-03-04' },
    ]);
    const answer = await rotate(token, { expires_at: '2026-05-01' });
    expect(answer.body).toMatchObject({ expires_at: '2026-05-01', scopes: ['self_rotate'] });
    expect((await rotate(answer.text('token'))).body).toMatchObject({ expires_at: '2026-03-11' });
  });
});

describe('scopes', () => {
  it.each([
    ['read_api', 'GET', '/user', 200],
    ['read_api', 'POST', '/projects', 403],
    ['read_user', 'GET', '/user', 200],
    ['read_user', 'GET', '/users', 200],
    ['read_user', 'GET', '/user/keys', 200],
    ['read_user', 'POST', '/user/keys', 403],
    ['read_user', 'GET', '/personal_access_tokens', 403],
    ['read_user', 'GET', '/projects', 403],
    ['read_repository', 'GET', '/projects', 403],
    ['read_repository', 'GET', '/user', 403],
    ['write_repository', 'GET', '/user', 403],
    ['create_runner', 'GET', '/user', 403],
    ['sudo', 'GET', '/user', 403],
    ['admin_mode', 'GET', '/user', 403],
    ['self_rotate', 'GET', '/personal_access_tokens', 403],
  ] as const)('%s: %s %s is %i', async (scope, method, path, expected) => {
    const as = await rooms.addToken(boss.user, [scope]);
    const answer = await rooms.call(method, path, { as, ...(method === 'POST' && { json: {} }) });
    expect(answer.status).toBe(expected);
    if (expected === 403) expect(answer.body).toMatchObject({ error: 'insufficient_scope' });
  });
});

describe('tokens that users make themselves', () => {
  it('rotate themselves or serve Kubernetes, no more', async () => {
    const make = (json: unknown, as = ada.token) => rooms.call('POST', '/user/personal_access_tokens', { as, json });
    const made = await make({ name: 'mine', scopes: ['self_rotate'] });
    expect(made).toMatchObject({ status: 201, body: { scopes: ['self_rotate'], expires_at: '2027-03-04' } });
    expect(outcome(await make({ name: 'mine', scopes: ['api'] }))).toEqual([
      400,
      { error: 'scopes does not have a valid value' },
    ]);
    expect((await rooms.call('POST', '/user/personal_access_tokens', { json: {} })).status).toBe(401);
  });
});

describe('GET /personal_access_tokens', () => {
  it('filters by times and orders', async () => {
    const cat = await rooms.addPerson('cat');
    const make = (name: string, expires_at: string) =>
      rooms.call('POST', `/users/${cat.user.id}/personal_access_tokens`, {
        as: boss.token,
        json: { name, scopes: ['read_api'], expires_at },
      });
    const soon = await make('soon', '2026-04-01');
    await make('later', '2026-06-01');
    rooms.control.now = new Date(rooms.control.now.getTime() + 60_000);
    await rooms.call('GET', '/user', { as: soon.text('token') });
    // The person's own token is called test.
    const all = async (query: string) => {
      const { body } = await rooms.call('GET', `/personal_access_tokens?${query}`, { as: cat.token });
      return Array.isArray(body) ? body.map(({ name }: { name: string }) => name) : body;
    };
    expect(await all('sort=name_asc')).toEqual(['later', 'soon', 'test']);
    expect(await all('expires_before=2026-05-01')).toEqual(['soon']);
    expect(await all('expires_after=2026-05-01')).toEqual(['later']);
    expect(await all('last_used_after=2026-03-04T05:07:00Z&search=soon')).toEqual(['soon']);
    expect(await all('created_before=2020-01-01')).toEqual([]);
    expect(await all('sort=random')).toEqual({ error: 'sort does not have a valid value' });
  });
});

describe('impersonation tokens', () => {
  const path = (rest = '') => `/users/${ada.user.id}/impersonation_tokens${rest}`;

  it('act as the user, who does not see them', async () => {
    const json = { name: 'debug', scopes: ['api'], expires_at: '2026-04-01' };
    const made = await rooms.call('POST', path(), { as: boss.token, json });
    expect(made.status).toBe(201);
    const { token, ...rest } = made.body as Record<string, unknown>;
    expect(rest).toMatchObject({ impersonation: true, active: true, user_id: ada.user.id, expires_at: '2026-04-01' });
    expect(await rooms.call('GET', '/user', { as: String(token) })).toMatchObject({ body: { username: 'ada' } });
    const one = path(`/${made.number('id')}`);
    expect((await rooms.call('GET', one, { as: boss.token })).body).toMatchObject({ name: 'debug' });
    expect((await rooms.call('GET', path('?state=active'), { as: boss.token })).body).toHaveLength(1);
    expect((await rooms.call('GET', path('?state=inactive'), { as: boss.token })).body).toEqual([]);

    const { body } = await rooms.call('GET', '/personal_access_tokens?per_page=100', { as: ada.token });
    expect(JSON.stringify(body)).not.toContain('debug');
    const own = `/personal_access_tokens/${made.number('id')}`;
    expect((await rooms.call('GET', own, { as: ada.token })).status).toBe(401);
    expect((await rooms.call('DELETE', own, { as: ada.token })).status).toBe(400);
    for (const [method, place] of [
      ['GET', path()],
      ['POST', path()],
      ['DELETE', one],
    ] as const) {
      expect((await rooms.call(method, place, { as: ada.token })).status).toBe(403);
    }
    expect((await rooms.call('DELETE', one, { as: boss.token })).status).toBe(204);
    expect((await rooms.call('GET', '/user', { as: String(token) })).status).toBe(401);
    expect(outcome(await rooms.call('GET', path('/999999'), { as: boss.token }))).toEqual([
      404,
      { message: '404 Impersonation Token Not Found' },
    ]);
  });
});

describe('a token that nobody has and one that is revoked', () => {
  it('are told apart only by those who hold them', async () => {
    const unknown = await rooms.call('GET', '/projects', { as: 'glpat-unknownunknownunknow' });
    const mangled = await rooms.call('GET', '/projects', { as: `${ada.token}x` });
    expect(outcome(unknown)).toEqual([401, { message: '401 Unauthorized' }]);
    expect(outcome(mangled)).toEqual(outcome(unknown));
    const dead = await rooms.addToken(ada.user, ['api'], '2026-03-04');
    expect(outcome(await rooms.call('GET', '/projects', { as: dead }))).toEqual([
      401,
      {
        error: 'invalid_token',
        error_description: 'Token is expired. You can either do re-authorization or token refresh.',
      },
    ]);
  });
});
