import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';

const EXPIRED = {
  error: 'invalid_token',
  error_description: 'Token is expired. You can either do re-authorization or token refresh.',
};
const REVOKED = {
  error: 'invalid_token',
  error_description: 'Token was revoked. You have to re-authorize from the user.',
};
const UNAUTHORIZED = { message: '401 Unauthorized' };

let rooms: RoomServer;
let ada: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  ada = await rooms.addPerson('ada');
});
afterAll(() => rooms.close());

const whoAmI = async (options: Parameters<RoomServer['call']>[2], query = '') => {
  const answer = await rooms.call('GET', `/user${query}`, options);
  return answer.status === 200 ? answer.text('username') : { status: answer.status, body: answer.body };
};

describe('personal access tokens', () => {
  it('are taken from header, bearer, query and body', async () => {
    expect(await whoAmI({ as: ada.token })).toBe('ada');
    expect(await whoAmI({ headers: { Authorization: `Bearer ${ada.token}` } })).toBe('ada');
    expect(await whoAmI({}, `?private_token=${ada.token}`)).toBe('ada');
    expect(await whoAmI({}, `?access_token=${ada.token}`)).toBe('ada');
    const made = await rooms.call('POST', '/projects', { form: { name: 'by form', private_token: ada.token } });
    expect(made.status).toBe(201);
  });

  it('win in GitLab’s order: bearer, parameter, header', async () => {
    const ben = await rooms.addPerson('ben');
    const cat = await rooms.addPerson('cat');
    const bearer = { Authorization: `Bearer ${cat.token}` };
    expect(await whoAmI({ as: ada.token }, `?private_token=${ben.token}`)).toBe('ben');
    expect(await whoAmI({ as: ada.token, headers: bearer }, `?private_token=${ben.token}`)).toBe('cat');
  });

  it.each(['glpat-unknown', 'glptt-unknown', 'x', '\u{00e9}'])(
    'that nobody has (%s) are 401, also where everybody may ask',
    async (as) => {
      expect(await whoAmI({}, `?private_token=${encodeURIComponent(as)}`)).toEqual({ status: 401, body: UNAUTHORIZED });
      expect(await rooms.call('GET', `/projects?private_token=${encodeURIComponent(as)}`)).toMatchObject({
        status: 401,
        body: UNAUTHORIZED,
      });
    },
  );

  it('die at the start of their day', async () => {
    const token = await rooms.addToken(ada.user, ['api'], '2026-03-05');
    expect(await whoAmI({ as: token })).toBe('ada');
    const before = rooms.control.now;
    rooms.control.now = new Date('2026-03-05T00:00:00Z');
    expect(await whoAmI({ as: token })).toEqual({ status: 401, body: EXPIRED });
    expect(await rooms.call('GET', '/projects', { as: token })).toMatchObject({ status: 401, body: EXPIRED });
    rooms.control.now = before;
  });

  it('die when they are revoked', async () => {
    const token = await rooms.addToken(ada.user, ['api']);
    expect((await rooms.call('DELETE', '/personal_access_tokens/self', { as: token })).status).toBe(204);
    expect(await whoAmI({ as: token })).toEqual({ status: 401, body: REVOKED });
  });

  it('with a scope that does not suffice are 403, and say which would', async () => {
    const insufficient = (scope: string) => ({
      status: 403,
      body: {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope,
      },
    });
    const reader = await rooms.addToken(ada.user, ['read_api']);
    expect(await whoAmI({ as: reader })).toBe('ada');
    const answer = await rooms.call('POST', '/projects', { as: reader, json: { name: 'x' } });
    expect(answer).toMatchObject(insufficient('api read_api'));
    const cloner = await rooms.addToken(ada.user, ['read_repository']);
    expect(await whoAmI({ as: cloner })).toEqual(insufficient('api read_api read_user'));
    expect(await rooms.call('GET', '/projects', { as: cloner })).toMatchObject(insufficient('api read_api'));
  });

  it('of a blocked user are refused', async () => {
    const dan = await rooms.addPerson('dan');
    await rooms.db.updateTable('users').set({ state: 'blocked' }).where('id', '=', dan.user.id).execute();
    expect(await whoAmI({ as: dan.token })).toEqual({
      status: 403,
      body: { message: '403 Forbidden - Your account has been blocked.' },
    });
  });

  it('note their last use, at most once a minute', async () => {
    const token = await rooms.addToken(ada.user, ['api']);
    const lastUse = async () => (await rooms.call('GET', '/personal_access_tokens/self', { as: token })).body;
    const start = rooms.control.now;
    await lastUse();
    rooms.control.now = new Date(start.getTime() + 59_000);
    expect(await lastUse()).toMatchObject({ last_used_at: start.toISOString() });
    rooms.control.now = new Date(start.getTime() + 60_000);
    await lastUse();
    expect(await lastUse()).toMatchObject({ last_used_at: rooms.control.now.toISOString() });
    rooms.control.now = start;
  });

  it('are stored as digests only', async () => {
    const { rows } = await rooms.db
      .selectFrom('personal_access_tokens')
      .selectAll()
      .execute()
      .then((all) => ({ rows: all }));
    expect(JSON.stringify(rows)).not.toContain(ada.token);
  });
});

describe('job tokens', () => {
  it('are ignored where a route takes none, whichever way they come', async () => {
    const project = await rooms.addProject(ada.user, { name: 'jobs' });
    const token = rooms.addJobToken(project, ada.user);
    for (const headers of [{ 'JOB-TOKEN': token }, { Authorization: `Bearer ${token}` }, { 'PRIVATE-TOKEN': token }]) {
      expect(await whoAmI({ headers })).toEqual({ status: 401, body: UNAUTHORIZED });
      expect((await rooms.call('GET', '/projects', { headers })).status).toBe(200);
    }
    expect(await whoAmI({}, `?job_token=${token}`)).toEqual({ status: 401, body: UNAUTHORIZED });
  });
});

describe('sudo', () => {
  it('lets an administrator with that scope act as somebody else', async () => {
    const boss = await rooms.addPerson('boss', { admin: true });
    const sudo = await rooms.addToken(boss.user, ['api', 'sudo']);
    expect(await whoAmI({ as: sudo, headers: { Sudo: 'ada' } })).toBe('ada');
    expect(await whoAmI({ as: sudo }, `?sudo=${ada.user.id}`)).toBe('ada');
    expect(await whoAmI({ as: sudo, headers: { Sudo: 'nobody' } })).toEqual({
      status: 404,
      body: { message: "404 User with ID or username 'nobody' Not Found" },
    });
    expect(await whoAmI({ as: boss.token, headers: { Sudo: 'ada' } })).toMatchObject({
      status: 403,
      body: { error: 'insufficient_scope', scope: 'sudo' },
    });
  });

  it('is for administrators', async () => {
    const token = await rooms.addToken(ada.user, ['api', 'sudo']);
    expect(await whoAmI({ as: token, headers: { Sudo: 'boss' } })).toEqual({
      status: 403,
      body: { message: '403 Forbidden - Must be admin to use sudo' },
    });
    expect((await rooms.call('GET', '/projects', { headers: { Sudo: 'boss' } })).status).toBe(401);
  });
});
