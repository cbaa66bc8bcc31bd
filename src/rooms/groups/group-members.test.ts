import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';

const FORBIDDEN = { status: 403, body: { message: '403 Forbidden' } };

let rooms: RoomServer;
let ada: Person;
let ben: Person;
let eve: Person;
let count = 0;
/** A group of Ada's, a group below it, and a project there; new for each test. */
let top: number;
let below: number;
let project: number;

beforeAll(async () => {
  rooms = await startRoomServer();
  ada = await rooms.addPerson('ada');
  ben = await rooms.addPerson('ben');
  eve = await rooms.addPerson('eve');
});
afterAll(() => rooms.close());

beforeEach(async () => {
  count += 1;
  const make = async (path: string, json: object) =>
    (
      await rooms.call('POST', path, { as: ada.token, json: { name: `club-${count}`, path: `club-${count}`, ...json } })
    ).number('id');
  top = await make('/groups', {});
  below = await make('/groups', { parent_id: top });
  project = await make('/projects', { namespace_id: below });
});

const add = (place: string, json: object, as = ada.token) => rooms.call('POST', `${place}/members`, { as, json });
const change = (place: string, person: Person, json: object, as = ada.token) =>
  rooms.call('PUT', `${place}/members/${person.user.id}`, { as, json });
const remove = (place: string, person: Person, as = ada.token, query = '') =>
  rooms.call('DELETE', `${place}/members/${person.user.id}${query}`, { as });
const list = async (path: string, as = ada.token) => {
  const { body } = await rooms.call('GET', path, { as });
  return Array.isArray(body)
    ? body.map((row: { username: string; access_level: number }) => [row.username, row.access_level])
    : body;
};
/** What Ben is in the project, by what the API lets him do. */
const roleOfBen = async () => {
  const { body } = await rooms.call('GET', `/projects/${project}/members/all/${ben.user.id}`, { as: ada.token });
  return typeof body === 'object' && body !== null && 'access_level' in body ? body.access_level : undefined;
};

describe('members of a group', () => {
  it('are added, changed and removed by owners, with GitLab’s answers', async () => {
    const place = `/groups/${top}`;
    expect(await add(place, { user_id: ben.user.id, access_level: 30, expires_at: '2026-04-01' })).toMatchObject({
      status: 201,
      body: {
        id: ben.user.id,
        username: 'ben',
        access_level: 30,
        expires_at: '2026-04-01',
        created_by: { username: 'ada' },
        membership_state: 'active',
      },
    });
    expect(await add(place, { user_id: ben.user.id, access_level: 30 })).toMatchObject({
      status: 409,
      body: { message: 'Member already exists' },
    });
    expect((await add(place, { user_id: 99_999, access_level: 30 })).body).toEqual({ message: '404 User Not Found' });
    expect((await add(place, { user_id: eve.user.id, access_level: 33 })).body).toEqual({
      message: { access_level: ['is not included in the list'] },
    });
    expect((await add(place, { username: 'eve,ben', access_level: 20 })).body).toEqual({
      status: 'error',
      message: { ben: 'Member already exists' },
    });
    expect((await change(place, eve, { access_level: 40, expires_at: null })).body).toMatchObject({ access_level: 40 });
    expect(await remove(place, eve)).toMatchObject({ status: 204, body: undefined });
    expect(await remove(place, eve)).toMatchObject({ status: 404, body: { message: '404 Not found' } });
  });

  it('do not manage members below owner, but may leave', async () => {
    const place = `/groups/${top}`;
    await add(place, { user_id: ben.user.id, access_level: 40 });
    expect(await add(place, { user_id: eve.user.id, access_level: 10 }, ben.token)).toMatchObject(FORBIDDEN);
    expect(await change(place, ada, { access_level: 10 }, ben.token)).toMatchObject(FORBIDDEN);
    expect(await remove(place, ada, ben.token)).toMatchObject(FORBIDDEN);
    expect((await remove(place, ben, ben.token)).status).toBe(204);
    const hidden = { status: 404, body: { message: '404 Group Not Found' } };
    expect(await rooms.call('GET', `${place}/members`, { as: ben.token })).toMatchObject(hidden);
    expect(await add(place, { user_id: eve.user.id, access_level: 10 }, ben.token)).toMatchObject(hidden);
    expect((await rooms.call('GET', `${place}/members`)).body).toEqual({ message: '401 Unauthorized' });
  });

  it('keep an owner; below another group the owners above count too', async () => {
    const place = `/groups/${top}`;
    expect(await remove(place, ada)).toMatchObject(FORBIDDEN);
    expect(await change(place, ada, { access_level: 40 })).toMatchObject(FORBIDDEN);
    expect(await change(place, ada, { access_level: 50, expires_at: '2026-05-01' })).toMatchObject(FORBIDDEN);
    await add(`/groups/${below}`, { user_id: ben.user.id, access_level: 50 });
    expect((await remove(`/groups/${below}`, ben)).status).toBe(204);
    await add(place, { user_id: ben.user.id, access_level: 50 });
    expect((await change(place, ada, { access_level: 20 })).status).toBe(200);
    expect(await remove(place, ben, ben.token)).toMatchObject(FORBIDDEN);
  });
});

describe('inheritance', () => {
  it('shows in “all”, each person once with the highest role', async () => {
    await add(`/groups/${top}`, { user_id: ben.user.id, access_level: 20 });
    await add(`/groups/${below}`, { user_id: ben.user.id, access_level: 30 });
    await add(`/projects/${project}`, { user_id: eve.user.id, access_level: 10 });
    expect(await list(`/projects/${project}/members`)).toEqual([['eve', 10]]);
    expect(await list(`/projects/${project}/members/all`)).toEqual([
      ['ada', 50],
      ['ben', 30],
      ['eve', 10],
    ]);
    expect(await list(`/groups/${below}/members`)).toEqual([
      ['ada', 50],
      ['ben', 30],
    ]);
    expect(await list(`/groups/${top}/members/all`)).toEqual([
      ['ada', 50],
      ['ben', 20],
    ]);
    expect(await list(`/projects/${project}/members/all?query=BE`)).toEqual([['ben', 30]]);
    const page = await rooms.call('GET', `/projects/${project}/members/all?per_page=1&page=2`, { as: ada.token });
    expect([page.headers.get('x-total'), page.body]).toEqual(['3', [expect.objectContaining({ username: 'ben' })]]);
    const single = await rooms.call('GET', `/projects/${project}/members/${ben.user.id}`, { as: ada.token });
    expect(single).toMatchObject({ status: 404, body: { message: '404 Not found' } });
  });

  it('gives rights in projects: the highest of all memberships', async () => {
    const settings = () => rooms.call('PUT', `/projects/${project}`, { as: ben.token, json: { description: 'x' } });
    const read = () => rooms.call('GET', `/projects/${project}`, { as: ben.token });
    expect((await read()).status).toBe(404);
    await add(`/groups/${top}`, { user_id: ben.user.id, access_level: 20 });
    expect((await read()).body).toMatchObject({
      permissions: { project_access: null, group_access: { access_level: 20, notification_level: 3 } },
    });
    expect((await settings()).status).toBe(403);
    await add(`/projects/${project}`, { user_id: ben.user.id, access_level: 40 });
    expect((await settings()).status).toBe(200);
    expect((await read()).body).toMatchObject({
      permissions: { project_access: { access_level: 40 }, group_access: { access_level: 20 } },
    });
    await remove(`/projects/${project}`, ben);
    expect((await settings()).status).toBe(403);
    await add(`/groups/${below}`, { user_id: ben.user.id, access_level: 50 });
    expect(await roleOfBen()).toBe(50);
    expect((await settings()).status).toBe(200);
  });

  it('sets the least that a membership below may be', async () => {
    await add(`/groups/${top}`, { user_id: ben.user.id, access_level: 30 });
    const tooLow = {
      status: 400,
      body: {
        message: {
          access_level: [`should be greater than or equal to Developer inherited membership from group club-${count}`],
        },
      },
    };
    expect(await add(`/groups/${below}`, { user_id: ben.user.id, access_level: 20 })).toMatchObject(tooLow);
    expect(await add(`/projects/${project}`, { user_id: ben.user.id, access_level: 20 })).toMatchObject(tooLow);
    expect((await add(`/projects/${project}`, { user_id: ben.user.id, access_level: 30 })).status).toBe(201);
    expect(await change(`/projects/${project}`, ben, { access_level: 10 })).toMatchObject(tooLow);
  });

  it('ends on the day that the membership expires', async () => {
    await add(`/groups/${top}`, { user_id: ben.user.id, access_level: 40, expires_at: '2026-03-06' });
    const before = rooms.control.now;
    rooms.control.now = new Date('2026-03-05T23:59:59Z');
    expect(await roleOfBen()).toBe(40);
    expect((await rooms.call('GET', `/groups/${below}`, { as: ben.token })).status).toBe(200);
    rooms.control.now = new Date('2026-03-06T00:00:00Z');
    expect(await roleOfBen()).toBeUndefined();
    expect((await rooms.call('GET', `/groups/${below}`, { as: ben.token })).status).toBe(404);
    expect((await rooms.call('GET', `/projects/${project}`, { as: ben.token })).status).toBe(404);
    // An expired membership gives way to a new one.
    expect((await add(`/groups/${top}`, { user_id: ben.user.id, access_level: 20 })).status).toBe(201);
    rooms.control.now = before;
  });

  it('goes with the membership in the group above, unless the ones below are kept', async () => {
    const everywhere = async () => {
      await add(`/groups/${top}`, { user_id: ben.user.id, access_level: 20 });
      await add(`/groups/${below}`, { user_id: ben.user.id, access_level: 30 });
      await add(`/projects/${project}`, { user_id: ben.user.id, access_level: 40 });
    };
    await everywhere();
    await remove(`/groups/${top}`, ben);
    expect(await roleOfBen()).toBeUndefined();
    await everywhere();
    await remove(`/groups/${top}`, ben, ada.token, '?skip_subresources=true');
    expect(await roleOfBen()).toBe(40);
  });

  it('does not reach across groups: an owner of one is nobody in another', async () => {
    const other = await rooms.call('POST', '/groups', { as: eve.token, json: { name: 'evil', path: `evil-${count}` } });
    expect(other.status).toBe(201);
    for (const path of ['', '/members', '/members/all', '/variables']) {
      const answer = await rooms.call('GET', `/groups/${top}${path}`, { as: eve.token });
      expect(answer).toMatchObject({ status: 404, body: { message: '404 Group Not Found' } });
    }
    expect((await rooms.call('GET', `/projects/${project}`, { as: eve.token })).status).toBe(404);
    expect((await rooms.call('DELETE', `/groups/${top}`, { as: eve.token })).status).toBe(404);
  });
});
