import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import { removeIdleBots } from '../accounts/index.ts';
import type { Project } from './project.ts';

let rooms: RoomServer;
let root: Person;
let owner: Person;
let maintainer: Person;
let developer: Person;
let project: Project;
let group: number;

beforeAll(async () => {
  rooms = await startRoomServer();
  root = await rooms.addPerson('root', { admin: true });
  owner = await rooms.addPerson('owner');
  maintainer = await rooms.addPerson('maintainer');
  developer = await rooms.addPerson('developer');
  project = await rooms.addProject(owner.user, { name: 'robots' });
  await rooms.addMember(project, maintainer, 40);
  await rooms.addMember(project, developer, 30);
  const json = { name: 'Crew', path: 'crew' };
  group = (await rooms.call('POST', '/groups', { as: owner.token, json })).number('id');
});
afterAll(() => rooms.close());

const outcome = ({ status, body }: Answer) => [status, body];
const path = (rest: string | number = '', of: string | number = project.id) =>
  `/projects/${of}/access_tokens${rest === '' ? '' : `/${rest}`}`;
const make = (json: object = {}, as = owner.token) =>
  rooms.call('POST', path(), { as, json: { name: 'robot', scopes: ['api'], access_level: 30, ...json } });

describe('a project access token', () => {
  it('is shown once, and acts as a bot that is a member', async () => {
    const made = await make({ description: 'why', expires_at: '2026-04-01', scopes: ['api', 'read_repository'] });
    expect(made.status).toBe(201);
    const { token, ...rest } = made.body as Record<string, unknown>;
    expect(token).toMatch(/^glpat-[A-Za-z0-9_-]{20}$/);
    expect(rest).toEqual({
      id: expect.any(Number),
      name: 'robot',
      revoked: false,
      created_at: '2026-03-04T05:06:07.089Z',
      description: 'why',
      scopes: ['api', 'read_repository'],
      user_id: expect.any(Number),
      last_used_at: null,
      active: true,
      expires_at: '2026-04-01',
      access_level: 30,
      resource_type: 'project',
      resource_id: project.id,
    });
    expect((await rooms.call('GET', path(made.number('id')), { as: owner.token })).body).toEqual(rest);
    expect((await rooms.call('GET', path(), { as: maintainer.token })).body).toContainEqual(rest);

    const bot = await rooms.call('GET', '/user', { as: String(token) });
    expect(bot.body).toMatchObject({ id: rest['user_id'], name: 'robot', bot: true });
    expect(bot.text('username')).toMatch(new RegExp(`^project_${project.id}_bot_[0-9a-f]{32}$`));
    const member = await rooms.call('GET', `/projects/${project.id}/members/${made.number('user_id')}`, {
      as: owner.token,
    });
    expect(member.body).toMatchObject({ access_level: 30, name: 'robot' });
    // A developer's rights, and no more.
    const variables = `/projects/${project.id}/variables`;
    expect((await rooms.call('GET', `/projects/${project.id}`, { as: String(token) })).status).toBe(200);
    expect((await rooms.call('GET', variables, { as: String(token) })).status).toBe(403);
  });

  it('reaches no other project, makes none, and has no password', async () => {
    const token = (await make()).text('token');
    const other = await rooms.addProject(owner.user, { name: 'other' });
    expect((await rooms.call('GET', `/projects/${other.id}`, { as: token })).status).toBe(404);
    expect((await rooms.call('POST', '/projects', { as: token, json: { name: 'mine' } })).status).toBe(400);
    const { body } = await rooms.call('GET', '/user', { as: token });
    const login = (body as { username: string }).username;
    await rooms.call('PUT', `/users/${(body as { id: number }).id}`, {
      as: root.token,
      json: { password: 'correct horse' },
    });
    expect((await rooms.call('POST', '/-/sign_in', { json: { login, password: 'correct horse' } })).status).toBe(401);
  });

  it('is made and seen by maintainers, with no more rights than their own', async () => {
    expect(outcome(await make({ access_level: 50 }, maintainer.token))).toEqual([
      400,
      {
        message: '400 Bad request - Access level of the token contains permissions not held by the creating user',
      },
    ]);
    expect((await make({ access_level: 40 }, maintainer.token)).status).toBe(201);
    expect(outcome(await make({}, developer.token))).toEqual([
      400,
      { message: '400 Bad request - User does not have permission to create project access token' },
    ]);
    const bot = (await make({ access_level: 50 })).text('token');
    expect((await make({}, bot)).status).toBe(400);
    const personal = { as: bot, json: { name: 'x', scopes: ['self_rotate'] } };
    expect((await rooms.call('POST', '/user/personal_access_tokens', personal)).status).toBe(403);
    expect((await rooms.call('GET', path(), { as: developer.token })).status).toBe(401);
    expect((await rooms.call('GET', path())).status).toBe(401);
    const stranger = await rooms.addPerson('stranger');
    expect((await rooms.call('GET', path(), { as: stranger.token })).status).toBe(404);
    expect((await make({}, stranger.token)).status).toBe(404);
  });

  it.each([
    [{ name: undefined }, { error: 'name is missing' }],
    [{ scopes: undefined }, { error: 'scopes is missing, scopes is empty' }],
    [{ scopes: ['sudo'] }, { error: 'scopes does not have a valid value' }],
    [{ scopes: ['read_user'] }, { error: 'scopes does not have a valid value' }],
    [{ access_level: 5 }, { error: 'access_level does not have a valid value' }],
    [{ access_level: 60 }, { error: 'access_level does not have a valid value' }],
    [{ access_level: 'high' }, { error: 'access_level is invalid' }],
    [{ name: ' ' }, { message: "400 Bad request - Name can't be blank" }],
    [{ expires_at: '2027-03-05' }, { message: '400 Bad request - Expiration date must be before 2027-03-04' }],
    [{ expires_at: '2026-03-03' }, { message: "400 Bad request - Expiration date can't be in the past" }],
  ])('refuses %j', async (json, body) => {
    expect(outcome(await make(json))).toEqual([400, body]);
  });

  it('is rotated by managers up to their own role, and by itself', async () => {
    const made = await make({ access_level: 50 });
    const id = made.number('id');
    const rotate = (as: string, which: string | number = id) =>
      rooms.call('POST', `${path(which)}/rotate`, { as, json: { expires_at: '2026-06-01' } });
    expect(outcome(await rotate(maintainer.token))).toEqual([
      400,
      { message: '400 Bad request - Not eligible to rotate tokens with permissions not held by the user' },
    ]);
    expect((await rotate(developer.token)).status).toBe(401);
    expect((await rotate(owner.token, 999_999)).status).toBe(401);
    expect((await rotate(root.token, 999_999)).status).toBe(404);
    const second = await rotate(owner.token);
    expect(second).toMatchObject({
      status: 200,
      body: { access_level: 50, expires_at: '2026-06-01', resource_id: project.id },
    });
    expect(second.number('user_id')).toBe(made.number('user_id'));
    const third = await rotate(second.text('token'), 'self');
    expect(third.status).toBe(200);
    expect((await rotate(owner.token, 'self')).status).toBe(405);
    expect((await rooms.call('GET', '/user', { as: third.text('token') })).status).toBe(200);
    // Whoever rotates with the one that was replaced has stolen it.
    expect((await rotate(second.text('token'), 'self')).status).toBe(401);
    expect((await rooms.call('GET', '/user', { as: third.text('token') })).status).toBe(401);
    expect(outcome(await rotate(owner.token))).toEqual([400, { message: '400 Bad request - Token already revoked' }]);
  });

  it('is revoked with its bot, which is forgotten after 30 days', async () => {
    const made = await make();
    const id = made.number('id');
    const bot = made.number('user_id');
    const remove = (as: string) => rooms.call('DELETE', path(id), { as });
    expect(outcome(await remove(developer.token))).toEqual([
      400,
      { message: "400 Bad request - developer's name cannot delete robot" },
    ]);
    expect((await remove(maintainer.token)).status).toBe(204);
    expect((await rooms.call('GET', '/user', { as: made.text('token') })).status).toBe(401);
    expect((await rooms.call('GET', path(id), { as: owner.token })).body).toMatchObject({
      revoked: true,
      active: false,
    });
    expect((await rooms.call('GET', `/users/${bot}`, { as: root.token })).body).toMatchObject({ state: 'blocked' });
    const listed = await rooms.call('GET', `${path()}?state=inactive`, { as: owner.token });
    expect((listed.body as { id: number }[]).map((token) => token.id)).toContain(id);

    const day = 86_400_000;
    const after = (days: number) => ({
      db: rooms.db,
      publish: rooms.publish,
      ...rooms.consequences,
      clock: { now: () => new Date(rooms.control.now.getTime() + days * day) },
    });
    await removeIdleBots(after(29));
    expect((await rooms.call('GET', `/users/${bot}`, { as: root.token })).status).toBe(200);
    await removeIdleBots(after(31));
    expect((await rooms.call('GET', `/users/${bot}`, { as: root.token })).status).toBe(404);
    expect((await rooms.call('GET', '/user', { as: owner.token })).status).toBe(200);
  });

  it('of another project is not there', async () => {
    const other = await rooms.addProject(owner.user, { name: 'elsewhere' });
    const id = (await make()).number('id');
    const own = (await rooms.call('GET', '/personal_access_tokens/self', { as: owner.token })).number('id');
    for (const token of [id, own, 999_999]) {
      expect(outcome(await rooms.call('GET', path(token, other.id), { as: owner.token }))).toEqual([
        404,
        { message: '404 project Access Token Not Found' },
      ]);
      expect((await rooms.call('DELETE', path(token, other.id), { as: owner.token })).status).toBe(404);
    }
  });

  it('ends with its project', async () => {
    const short = await rooms.addProject(owner.user, { name: 'short' });
    const json = { name: 'robot', scopes: ['api'] };
    const token = (await rooms.call('POST', path('', short.id), { as: owner.token, json })).text('token');
    expect((await rooms.call('GET', '/user', { as: token })).status).toBe(200);
    await rooms.call('DELETE', `/projects/${short.id}`, { as: owner.token });
    expect((await rooms.call('GET', '/user', { as: token })).status).toBe(401);
  });
});

describe('a group access token', () => {
  it('has its role in the group and in everything below it', async () => {
    const base = `/groups/${group}/access_tokens`;
    const json = { name: 'crew bot', scopes: ['api'], access_level: 40 };
    const made = await rooms.call('POST', base, { as: owner.token, json });
    expect(made).toMatchObject({
      status: 201,
      body: { access_level: 40, resource_type: 'group', resource_id: group, name: 'crew bot' },
    });
    const token = made.text('token');
    expect((await rooms.call('GET', '/user', { as: token })).text('username')).toMatch(
      new RegExp(`^group_${group}_bot_[0-9a-f]{32}$`),
    );
    const inside = await rooms.call('POST', '/projects', {
      as: owner.token,
      json: { name: 'in', namespace_id: group },
    });
    expect((await rooms.call('GET', `/projects/${inside.number('id')}/variables`, { as: token })).status).toBe(200);
    expect((await rooms.call('GET', `/projects/${project.id}`, { as: token })).status).toBe(404);
    expect((await rooms.call('GET', base, { as: owner.token })).body).toMatchObject([{ id: made.number('id') }]);
    expect((await rooms.call('GET', base, { as: maintainer.token })).status).toBe(404);
    expect((await rooms.call('GET', base)).status).toBe(401);
    const rotated = await rooms.call('POST', `${base}/${made.number('id')}/rotate`, { as: owner.token });
    expect(rotated.status).toBe(200);
    expect((await rooms.call('DELETE', `${base}/${rotated.number('id')}`, { as: owner.token })).status).toBe(204);
    expect((await rooms.call('GET', '/user', { as: rotated.text('token') })).status).toBe(401);
  });
});
