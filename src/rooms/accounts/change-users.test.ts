import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import { removeMarkedUsers } from './moderate-user.ts';

const PASSWORD = 'correct horse';

let rooms: RoomServer;
let root: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  root = await rooms.addPerson('root', { admin: true });
});
afterAll(() => rooms.close());

const asRoot = (method: string, path: string, json?: unknown): Promise<Answer> =>
  rooms.call(method, path, { as: root.token, json });
const put = (person: Person, json: unknown) => asRoot('PUT', `/users/${person.user.id}`, json);
const order = (person: Person, verb: string) => asRoot('POST', `/users/${person.user.id}/${verb}`);

const signIn = async (login: string, password = PASSWORD): Promise<Answer> => {
  // A fresh allowance of tries.
  rooms.control.now = new Date(rooms.control.now.getTime() + 120_000);
  return rooms.call('POST', '/-/sign_in', { json: { login, password } });
};
const cookieOf = (answer: Answer) =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
const outcome = ({ status, body }: Answer) => [status, body];

describe('PUT /users/:id', () => {
  it('changes what is given, for administrators only', async () => {
    const person = await rooms.addPerson('may');
    const answer = await put(person, { name: 'May B.', email: 'b@example.com', public_email: 'p@example.com' });
    expect(answer).toMatchObject({
      status: 200,
      body: { id: person.user.id, username: 'may', name: 'May B.', email: 'b@example.com', is_admin: false },
    });
    expect(
      (await rooms.call('PUT', `/users/${person.user.id}`, { as: person.token, json: { admin: true } })).status,
    ).toBe(403);
    expect(outcome(await asRoot('PUT', '/users/99999', { name: 'x' }))).toEqual([
      404,
      { message: '404 User Not Found' },
    ]);
    expect(outcome(await put(person, { email: 'ROOT@example.com' }))).toEqual([
      409,
      { message: 'Email has already been taken' },
    ]);
    expect(outcome(await put(person, { username: 'Root' }))).toEqual([
      409,
      { message: 'Username has already been taken' },
    ]);
    expect(await put(person, { password: 'short' })).toMatchObject({
      status: 400,
      body: { message: { password: ['is too short (minimum is 8 characters)'] } },
    });
  });

  it('ignores what is not declared, and names a wrong type', async () => {
    const person = await rooms.addPerson('mia');
    const json = {
      id: 1,
      state: 'blocked',
      bot: true,
      confirmed_at: null,
      __proto__: { admin: true },
      constructor: {},
    };
    expect(await put(person, json)).toMatchObject({
      status: 200,
      body: { id: person.user.id, state: 'active', bot: false, is_admin: false },
    });
    const raw = '{"__proto__": {"admin": true}, "admin": "perhaps"}';
    const wrong = await rooms.call('PUT', `/users/${person.user.id}`, {
      as: root.token,
      raw,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(outcome(wrong)).toEqual([400, { error: 'admin is invalid' }]);
  });

  it('moves the namespace and its projects with a new username', async () => {
    const person = await rooms.addPerson('old-name');
    const project = await rooms.addProject(person.user, { name: 'kept' });
    expect(await put(person, { username: 'new-name' })).toMatchObject({ status: 200, body: { username: 'new-name' } });
    const found = await rooms.call('GET', '/projects/new-name%2Fkept', { as: person.token });
    expect(found).toMatchObject({
      status: 200,
      body: { id: project.id, path_with_namespace: 'new-name/kept', namespace: { full_path: 'new-name' } },
    });
  });

  it('signs every browser out with a new password', async () => {
    const person = await rooms.addPerson('pat', { password: PASSWORD });
    const first = cookieOf(await signIn('pat'));
    const second = cookieOf(await signIn('pat'));
    expect((await rooms.call('GET', '/user', { headers: { Cookie: first } })).status).toBe(200);
    expect((await put(person, { password: 'battery staple' })).status).toBe(200);
    for (const cookie of [first, second]) {
      expect((await rooms.call('GET', '/user', { headers: { Cookie: cookie } })).status).toBe(401);
    }
    expect((await signIn('pat')).status).toBe(401);
    expect((await signIn('pat', 'battery staple')).status).toBe(200);
    expect((await rooms.call('GET', '/user', { as: person.token })).status).toBe(200);
  });
});

describe('a blocked user', () => {
  it('loses tokens and sessions at once; unblocking gives the tokens back and no session', async () => {
    const person = await rooms.addPerson('bea', { password: PASSWORD });
    const cookie = cookieOf(await signIn('bea'));
    expect(outcome(await order(person, 'block'))).toEqual([201, true]);
    expect(outcome(await order(person, 'block'))).toEqual([201, null]);
    const refusal = { message: '403 Forbidden - Your account has been blocked.' };
    expect(outcome(await rooms.call('GET', '/user', { as: person.token }))).toEqual([403, refusal]);
    expect(outcome(await signIn('bea'))).toEqual([403, refusal]);
    expect((await rooms.call('GET', '/user', { headers: { Cookie: cookie } })).status).toBe(401);
    const sudo = await rooms.addToken(root.user, ['api', 'sudo']);
    expect((await rooms.call('GET', '/user', { as: sudo, headers: { Sudo: 'bea' } })).status).toBe(403);
    expect(await asRoot('GET', '/users?blocked=true')).toMatchObject({ body: [{ username: 'bea', state: 'blocked' }] });
    expect(outcome(await order(person, 'unblock'))).toEqual([201, true]);
    expect((await rooms.call('GET', '/user', { as: person.token })).status).toBe(200);
    expect((await rooms.call('GET', '/user', { headers: { Cookie: cookie } })).status).toBe(401);
  });

  it('cannot be oneself, and is neither deactivated nor activated', async () => {
    expect(outcome(await order(root, 'block'))).toEqual([
      403,
      { message: '403 Forbidden - The API initiating user cannot be blocked by the API' },
    ]);
    const person = await rooms.addPerson('bo');
    await order(person, 'block');
    expect(outcome(await order(person, 'deactivate'))).toEqual([
      403,
      { message: 'Error occurred. A blocked user cannot be deactivated' },
    ]);
    expect(outcome(await order(person, 'activate'))).toEqual([
      403,
      { message: '403 Forbidden - A blocked user must be unblocked to be activated' },
    ]);
    expect(
      (await rooms.call('POST', `/users/${root.user.id}/block`, { as: (await rooms.addPerson('cy')).token })).status,
    ).toBe(403);
    expect((await rooms.call('POST', `/users/${root.user.id}/block`)).status).toBe(401);
  });
});

describe('a deactivated user', () => {
  it('is refused until the next sign-in', async () => {
    const person = await rooms.addPerson('dan', { password: PASSWORD });
    const cookie = cookieOf(await signIn('dan'));
    expect(outcome(await order(person, 'deactivate'))).toEqual([201, true]);
    expect(outcome(await order(person, 'deactivate'))).toEqual([201, null]);
    expect((await rooms.call('GET', '/user', { as: person.token })).status).toBe(403);
    expect((await rooms.call('GET', '/user', { headers: { Cookie: cookie } })).status).toBe(401);
    expect(outcome(await order(person, 'unblock'))).toEqual([
      403,
      { message: '403 Forbidden - Deactivated users cannot be unblocked by the API' },
    ]);
    expect((await signIn('dan', 'wrong')).status).toBe(401);
    expect((await rooms.call('GET', '/user', { as: person.token })).status).toBe(403);
    expect(await signIn('dan')).toMatchObject({ status: 200, body: { user: { state: 'active' } } });
    expect((await rooms.call('GET', '/user', { as: person.token })).status).toBe(200);
    await order(person, 'deactivate');
    expect(outcome(await order(person, 'activate'))).toEqual([201, true]);
    expect((await rooms.call('GET', '/user', { as: person.token })).status).toBe(200);
  });
});

describe('DELETE /users/:id', () => {
  it('takes everything away at once, and the row when the projects are gone', async () => {
    const person = await rooms.addPerson('eve', { password: PASSWORD });
    const own = await rooms.addProject(person.user, { name: 'own' });
    const other = await rooms.addProject(root.user, { name: 'other' });
    await rooms.addMember(other, person, 40);
    const cookie = cookieOf(await signIn('eve'));
    expect((await asRoot('DELETE', `/users/${person.user.id}`)).status).toBe(204);
    expect((await rooms.call('GET', '/user', { as: person.token })).status).toBe(401);
    expect((await rooms.call('GET', '/user', { headers: { Cookie: cookie } })).status).toBe(401);
    expect((await signIn('eve')).status).toBe(401);
    expect((await asRoot('GET', `/users/${person.user.id}`)).status).toBe(404);
    expect((await asRoot('DELETE', `/users/${person.user.id}`)).status).toBe(404);
    expect((await asRoot('GET', `/projects/${own.id}`)).status).toBe(404);
    expect((await asRoot('GET', `/projects/${other.id}/members/${person.user.id}`)).status).toBe(404);
    expect(rooms.control.deleted).toContain('eve/own');

    expect(await removeMarkedUsers(rooms)).toBe(0);
    await rooms.db.deleteFrom('projects').where('id', '=', own.id).execute();
    expect(await removeMarkedUsers(rooms)).toBe(1);
    expect((await rooms.addPerson('eve')).user.id).not.toBe(person.user.id);
  });

  it('leaves no group without an owner, unless it is hard', async () => {
    const person = await rooms.addPerson('gil');
    const group = await rooms.call('POST', '/groups', { as: person.token, json: { name: 'Gils', path: 'gils' } });
    expect(group.status).toBe(201);
    expect(outcome(await asRoot('DELETE', `/users/${person.user.id}`))).toEqual([
      409,
      { message: 'User cannot be removed while is the sole-owner of a group' },
    ]);
    expect((await rooms.call('GET', '/user', { as: person.token })).status).toBe(200);
    expect((await asRoot('DELETE', `/users/${person.user.id}?hard_delete=true`)).status).toBe(204);
    expect((await asRoot('GET', `/groups/${group.number('id')}`)).status).toBe(404);
  });

  it('is for administrators', async () => {
    const person = await rooms.addPerson('han');
    expect((await rooms.call('DELETE', `/users/${person.user.id}`, { as: person.token })).status).toBe(403);
    expect((await rooms.call('DELETE', `/users/${person.user.id}`)).status).toBe(401);
  });
});

describe('GET /users', () => {
  it('filters by time of creation and orders, for administrators only', async () => {
    const names = async (query: string, as = root.token) => {
      const { body } = await rooms.call('GET', `/users?per_page=100&${query}`, { as });
      return Array.isArray(body) ? body.map((user: { username: string }) => user.username) : body;
    };
    rooms.control.now = new Date('2027-01-01T00:00:00Z');
    const zoe = await rooms.addPerson('zoe', { name: 'Zoe' });
    rooms.control.now = new Date('2027-01-02T00:00:00Z');
    await rooms.addPerson('abe', { name: 'Abe' });
    expect(await names('created_after=2026-12-31T00:00:00Z&order_by=name&sort=asc')).toEqual(['abe', 'zoe']);
    expect(await names('created_after=2026-12-31T00:00:00Z&created_before=2027-01-01T12:00:00Z')).toEqual(['zoe']);
    expect((await names('created_after=2026-12-31T00:00:00Z', zoe.token)) as string[]).toContain('root');
    expect(await names('admins=true')).toEqual(['root']);
    expect(await names('order_by=secret')).toEqual({ error: 'order_by does not have a valid value' });
    expect(await names('created_after=yesterday')).toEqual({ error: 'created_after is invalid' });
  });
});

describe('an id that no user has', () => {
  it.each(['0', '-1', '99999999999999', '99999999999999999999', '1e3', 'root%00', '1;2'])('%s', async (id) => {
    for (const [method, path] of [
      ['GET', `/users/${id}`],
      ['PUT', `/users/${id}`],
      ['POST', `/users/${id}/block`],
      ['GET', `/users/${id}/keys`],
      ['GET', `/users/${id}/impersonation_tokens`],
      ['GET', `/personal_access_tokens/${id}`],
      ['GET', `/keys/${id}`],
    ] as const) {
      const answer = await rooms.call(method, path, { as: root.token, json: method === 'GET' ? undefined : {} });
      expect([path, [400, 404].includes(answer.status)]).toEqual([path, true]);
    }
    expect(rooms.control.faults).toEqual([]);
  });
});
