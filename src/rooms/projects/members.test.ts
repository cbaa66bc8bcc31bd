import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import type { Project } from './project.ts';

const FORBIDDEN = { status: 403, body: { message: '403 Forbidden' } };

let rooms: RoomServer;
let owner: Person;
let maintainer: Person;
let developer: Person;
let stranger: Person;
let project: Project;

beforeAll(async () => {
  rooms = await startRoomServer();
  owner = await rooms.addPerson('owner');
  maintainer = await rooms.addPerson('maintainer');
  developer = await rooms.addPerson('developer');
  stranger = await rooms.addPerson('stranger');
  project = await rooms.addProject(owner.user, { name: 'club' });
  await rooms.addMember(project, maintainer, 40);
  await rooms.addMember(project, developer, 30);
});
afterAll(() => rooms.close());

const members = (path = '') => `/projects/${project.id}/members${path}`;
const add = (json: unknown, as = maintainer.token) => rooms.call('POST', members(), { as, json });

describe('reading members', () => {
  it('lists them with GitLab’s keys', async () => {
    const answer = await rooms.call('GET', members(), { as: developer.token });
    expect(answer.headers.get('x-total')).toBe('3');
    expect(answer.body).toEqual([
      {
        id: owner.user.id,
        username: 'owner',
        public_email: '',
        name: "owner's name",
        state: 'active',
        locked: false,
        avatar_url: null,
        web_url: `${rooms.url}/owner`,
        access_level: 50,
        created_at: '2026-03-04T05:06:07.089Z',
        created_by: expect.objectContaining({ username: 'owner' }),
        expires_at: null,
        membership_state: 'active',
      },
      expect.objectContaining({ username: 'maintainer', access_level: 40 }),
      expect.objectContaining({ username: 'developer', access_level: 30 }),
    ]);
    expect((await rooms.call('GET', members('/all'), { as: developer.token })).body).toEqual(answer.body);
  });

  it('filters, and gets one', async () => {
    const list = async (query: string) => {
      const { body } = await rooms.call('GET', members(query), { as: developer.token });
      return Array.isArray(body) ? body.map((member: { username: string }) => member.username) : body;
    };
    expect(await list('?query=MAINT')).toEqual(['maintainer']);
    expect(await list(`?user_ids[]=${owner.user.id}&user_ids[]=${stranger.user.id}`)).toEqual(['owner']);
    expect(await rooms.call('GET', members(`/${owner.user.id}`), { as: developer.token })).toMatchObject({
      status: 200,
      body: { access_level: 50 },
    });
    expect(await rooms.call('GET', members(`/all/${stranger.user.id}`), { as: developer.token })).toMatchObject({
      status: 404,
      body: { message: '404 Not found' },
    });
  });

  it('is 401 for nobody and 404 for strangers', async () => {
    expect(await rooms.call('GET', members())).toMatchObject({ status: 401 });
    expect(await rooms.call('GET', members(), { as: stranger.token })).toMatchObject({
      status: 404,
      body: { message: '404 Project Not Found' },
    });
  });
});

describe('adding', () => {
  it('is for maintainers, up to their own level', async () => {
    const guest = await rooms.addPerson('guest');
    const json = { user_id: guest.user.id, access_level: 10, expires_at: '2026-12-24' };
    expect(await add(json, developer.token)).toMatchObject(FORBIDDEN);
    expect(await add({ ...json, access_level: 50 })).toMatchObject(FORBIDDEN);
    expect(await add(json)).toMatchObject({
      status: 201,
      body: { username: 'guest', access_level: 10, expires_at: '2026-12-24', created_by: { username: 'maintainer' } },
    });
    expect(await add(json)).toMatchObject({ status: 409, body: { message: 'Member already exists' } });
    const bea = await rooms.addPerson('bea');
    expect(await add({ username: 'BEA', access_level: 50 }, owner.token)).toMatchObject({ status: 201 });
    expect((await rooms.call('GET', `/projects/${project.id}`, { as: bea.token })).status).toBe(200);
  });

  it('adds several by a list, and tells of each that failed', async () => {
    const dee = await rooms.addPerson('dee');
    const fay = await rooms.addPerson('fay');
    expect(await add({ user_id: `${dee.user.id}, ${fay.user.id}`, access_level: 30 })).toMatchObject({
      status: 201,
      body: { status: 'success' },
    });
    expect(await add({ username: 'dee,nobody', access_level: 30 })).toMatchObject({
      status: 201,
      body: { status: 'error', message: { dee: 'Member already exists', nobody: '404 User Not Found' } },
    });
  });

  it.each([
    [{ access_level: 30 }, 400, { error: 'user_id, username are missing, at least one parameter must be provided' }],
    [{ user_id: 1 }, 400, { error: 'access_level is missing' }],
    [{ user_id: 1, username: 'x', access_level: 30 }, 400, { error: 'user_id, username are mutually exclusive' }],
    [{ user_id: 999_999, access_level: 30 }, 404, { message: '404 User Not Found' }],
    [{ user_id: 'abc', access_level: 30 }, 404, { message: '404 User Not Found' }],
    [{ username: 'stranger', access_level: 31 }, 400, { message: { access_level: ['is not included in the list'] } }],
    [{ username: 'stranger', access_level: 5 }, 400, { message: { access_level: ['is not included in the list'] } }],
    [
      { username: 'stranger', access_level: 30, expires_at: '2026-03-04' },
      400,
      { message: { expires_at: ['cannot be a date in the past'] } },
    ],
    [{ username: 'stranger', access_level: 30, expires_at: 'x' }, 400, { error: 'expires_at is invalid' }],
  ])('refuses %j', async (json, status, body) => {
    expect(await add(json)).toMatchObject({ status, body });
  });
});

describe('membership', () => {
  it('ends on its day', async () => {
    const temp = await rooms.addPerson('temp');
    await add({ user_id: temp.user.id, access_level: 40, expires_at: '2026-03-10' });
    const before = rooms.control.now;
    const status = async () =>
      (await rooms.call('GET', `/projects/${project.id}/variables`, { as: temp.token })).status;
    expect(await status()).toBe(200);
    rooms.control.now = new Date('2026-03-10T00:00:00Z');
    expect(await status()).toBe(404);
    expect(await add({ user_id: temp.user.id, access_level: 10 })).toMatchObject({ status: 201 });
    rooms.control.now = before;
  });
});

describe('changing and removing', () => {
  const put = (id: number, json: unknown, as = maintainer.token) => rooms.call('PUT', members(`/${id}`), { as, json });
  const remove = (id: number, as: string) => rooms.call('DELETE', members(`/${id}`), { as });

  it('keeps below the changer’s own level', async () => {
    const hal = await rooms.addPerson('hal');
    await rooms.addMember(project, hal, 20);
    expect(await put(hal.user.id, { access_level: 30 })).toMatchObject({ status: 200, body: { access_level: 30 } });
    expect(await put(hal.user.id, { access_level: 50 })).toMatchObject(FORBIDDEN);
    expect(await put(owner.user.id, { access_level: 10 })).toMatchObject(FORBIDDEN);
    expect(await put(hal.user.id, { access_level: 10 }, developer.token)).toMatchObject(FORBIDDEN);
    expect(await put(stranger.user.id, { access_level: 10 })).toMatchObject({
      status: 404,
      body: { message: '404 Not found' },
    });
    expect(await remove(owner.user.id, maintainer.token)).toMatchObject(FORBIDDEN);
    expect(await remove(hal.user.id, developer.token)).toMatchObject(FORBIDDEN);
    expect((await remove(hal.user.id, maintainer.token)).status).toBe(204);
  });

  it('lets anybody leave, but not the last owner', async () => {
    const ivy = await rooms.addPerson('ivy');
    await rooms.addMember(project, ivy, 10);
    expect((await remove(ivy.user.id, ivy.token)).status).toBe(204);
    expect((await rooms.call('GET', `/projects/${project.id}`, { as: ivy.token })).status).toBe(404);
    expect(await remove(owner.user.id, owner.token)).toMatchObject(FORBIDDEN);
    expect(await put(owner.user.id, { access_level: 40 }, owner.token)).toMatchObject(FORBIDDEN);
    expect(await put(owner.user.id, { access_level: 50, expires_at: '2027-01-01' }, owner.token)).toMatchObject(
      FORBIDDEN,
    );
  });
});
