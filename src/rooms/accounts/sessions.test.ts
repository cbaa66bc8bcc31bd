import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';

const PASSWORD = 'correct horse';

let rooms: RoomServer;

beforeAll(async () => {
  rooms = await startRoomServer();
  await rooms.addPerson('ada', { password: PASSWORD });
});
afterAll(() => rooms.close());
// Each test starts with a fresh allowance of tries.
beforeEach(() => {
  rooms.control.now = new Date(rooms.control.now.getTime() + 120_000);
});

const signIn = (login: string, password: string, headers = {}): Promise<Answer> =>
  rooms.call('POST', '/-/sign_in', { json: { login, password }, headers });

const sessionOf = (answer: Answer) => ({
  cookie: answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; '),
  csrf: answer.text('csrf_token'),
});

describe('signing in', () => {
  it('opens a session that reads by cookie and writes with the CSRF token', async () => {
    const answer = await signIn('ada', PASSWORD);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ user: { username: 'ada', name: "ada's name" } });
    const [line] = answer.headers.getSetCookie();
    expect(line).toMatch(/^_penstock_session=[A-Za-z0-9_-]{20}; Path=\/; Max-Age=604800; SameSite=Lax; HttpOnly$/);
    const { cookie, csrf } = sessionOf(answer);
    expect(await rooms.call('GET', '/user', { headers: { Cookie: cookie } })).toMatchObject({ status: 200 });
    const json = { name: 'from the page' };
    expect(await rooms.call('POST', '/projects', { json, headers: { Cookie: cookie } })).toMatchObject({
      status: 401,
      body: { message: '401 Unauthorized' },
    });
    const wrong = { Cookie: cookie, 'X-CSRF-Token': `${csrf}x` };
    expect((await rooms.call('POST', '/projects', { json, headers: wrong })).status).toBe(401);
    const right = { Cookie: cookie, 'X-CSRF-Token': csrf };
    expect((await rooms.call('POST', '/projects', { json, headers: right })).status).toBe(201);
  });

  it('takes the e-mail address, upper case, and a form', async () => {
    expect((await signIn('ADA@example.com', PASSWORD)).status).toBe(200);
    expect((await rooms.call('POST', '/-/sign_in', { form: { login: 'Ada', password: PASSWORD } })).status).toBe(200);
  });

  it('says the same of a wrong password, an unknown user and a user without password', async () => {
    await rooms.addPerson('robot');
    for (const [login, password] of [
      ['ada', 'wrong'],
      ['nobody', PASSWORD],
      ['robot', ''],
      ['robot', 'null'],
    ] as const) {
      const answer = await signIn(login, password === '' ? ' ' : password);
      expect([answer.status, answer.body]).toEqual(
        password === '' ? [400, { error: 'password is empty' }] : [401, { message: 'Invalid login or password.' }],
      );
    }
  });

  it('slows guessing: ten tries a minute for a name and address', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) expect((await signIn('bob', 'wrong')).status).toBe(401);
    const refused = await signIn('BOB', 'wrong');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect((await signIn('ada', PASSWORD)).status).toBe(200);
    rooms.control.now = new Date(rooms.control.now.getTime() + 60_000);
    expect((await signIn('bob', 'wrong')).status).toBe(401);
  });

  it('is refused to another site’s page', async () => {
    expect((await signIn('ada', PASSWORD, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await signIn('ada', PASSWORD, { Origin: 'https://evil.example' })).status).toBe(403);
    expect((await signIn('ada', PASSWORD, { Origin: rooms.url })).status).toBe(200);
  });

  it('is refused to a blocked user, whose open session dies too', async () => {
    const { user } = await rooms.addPerson('eve', { password: PASSWORD });
    const { cookie } = sessionOf(await signIn('eve', PASSWORD));
    await rooms.db.updateTable('users').set({ state: 'blocked' }).where('id', '=', user.id).execute();
    const blocked = { message: '403 Forbidden - Your account has been blocked.' };
    expect(await signIn('eve', PASSWORD)).toMatchObject({ status: 403, body: blocked });
    expect(await rooms.call('GET', '/user', { headers: { Cookie: cookie } })).toMatchObject({
      status: 403,
      body: blocked,
    });
  });
});

describe('a session', () => {
  it('ends on sign-out, which needs the CSRF token', async () => {
    const { cookie, csrf } = sessionOf(await signIn('ada', PASSWORD));
    expect((await rooms.call('POST', '/-/sign_out', { headers: { Cookie: cookie } })).status).toBe(401);
    const headers = { Cookie: cookie, 'X-CSRF-Token': csrf };
    expect((await rooms.call('POST', '/-/sign_out', { headers })).status).toBe(204);
    expect((await rooms.call('GET', '/user', { headers: { Cookie: cookie } })).status).toBe(401);
  });

  it('lives for seven days without use, and goes on while it is used', async () => {
    const { cookie } = sessionOf(await signIn('ada', PASSWORD));
    const status = async (days: number) => {
      rooms.control.now = new Date(rooms.control.now.getTime() + days * 86_400_000);
      return (await rooms.call('GET', '/user', { headers: { Cookie: cookie } })).status;
    };
    expect(await status(6.9)).toBe(200);
    expect(await status(6.9)).toBe(200);
    expect(await status(7)).toBe(401);
  });

  it('is stored as digests only', async () => {
    const { cookie, csrf } = sessionOf(await signIn('ada', PASSWORD));
    const rows = JSON.stringify(await rooms.db.selectFrom('sessions').selectAll().execute());
    expect(rows).not.toContain(csrf);
    expect(rows).not.toContain(cookie.split('=')[1]);
  });
});
