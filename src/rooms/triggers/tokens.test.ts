import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import type { Project } from '../projects/index.ts';
import { findTriggerByToken, purgeExpiredTriggers } from './change-triggers.ts';
import { shortTokenOf } from './token-policy.ts';

let rooms: RoomServer;
let owner: Person;
let maintainer: Person;
let developer: Person;
let root: Person;
let project: Project;

beforeAll(async () => {
  rooms = await startRoomServer();
  root = await rooms.addPerson('root', { admin: true });
  owner = await rooms.addPerson('owner');
  maintainer = await rooms.addPerson('maintainer');
  developer = await rooms.addPerson('developer');
  project = await rooms.addProject(owner.user, { name: 'triggered' });
  await rooms.addMember(project, maintainer, 40);
  await rooms.addMember(project, developer, 30);
});
afterAll(() => rooms.close());

const path = (rest: string | number = '', of = project) =>
  `/projects/${of.id}/triggers${rest === '' ? '' : `/${rest}`}`;
const make = (json: unknown, as = owner.token) => rooms.call('POST', path(), { as, json });

describe('making a token', () => {
  it('answers it whole to its owner, who is the caller', async () => {
    const answer = await make({ description: 'my trigger' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(Number),
      token: expect.stringMatching(/^glptt-[A-Za-z0-9_-]{20}$/),
      description: 'my trigger',
      created_at: '2026-03-04T05:06:07.089Z',
      updated_at: '2026-03-04T05:06:07.089Z',
      last_used: null,
      expires_at: null,
      owner: {
        id: owner.user.id,
        username: 'owner',
        public_email: '',
        name: "owner's name",
        state: 'active',
        locked: false,
        avatar_url: null,
        web_url: `${rooms.url}/owner`,
      },
    });
  });

  it('takes an expiry, strictly before 365 days from today', async () => {
    expect(await make({ description: 'x', expires_at: '2027-03-03T23:59:59Z' })).toMatchObject({
      status: 201,
      body: { expires_at: '2027-03-03T23:59:59.000Z' },
    });
    expect(await make({ description: 'x', expires_at: '2027-03-04' })).toMatchObject({
      status: 400,
      body: { message: '400 Bad request - {"expires_at":["must be before 2027-03-04"]}' },
    });
  });

  it.each([
    [{}, { error: 'description is missing' }],
    [{ description: 'x', expires_at: 'abc' }, { error: 'expires_at is invalid' }],
    [{ description: 'x', expires_at: '01/01/2050' }, { error: 'expires_at is invalid' }],
    [{ description: 'x', expires_at: '2308' }, { error: 'expires_at is invalid' }],
  ])('refuses %j', async (json, body) => {
    expect(await make(json)).toMatchObject({ status: 400, body });
  });

  it('takes an empty description, and nothing that is not declared', async () => {
    const raw = `{"__proto__":{"expires_at":"2026-05-05"},"description":"","token":"glptt-mine","owner_id":${root.user.id},"project_id":1}`;
    const answer = await rooms.call('POST', path(), {
      as: owner.token,
      raw,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { description: '', expires_at: null, owner: { username: 'owner' } },
    });
    expect(answer.text('token')).not.toBe('glptt-mine');
  });
});

describe('seeing tokens', () => {
  it('shows them whole to their owner and administrators, four characters to others', async () => {
    const made = await make({ description: 'seen' });
    const token = made.text('token');
    const id = made.number('id');
    const seen = async (as: string) => (await rooms.call('GET', path(id), { as })).text('token');
    expect(await seen(owner.token)).toBe(token);
    expect(await seen(root.token)).toBe(token);
    expect(await seen(maintainer.token)).toBe(token.slice(6, 10));
    const list = JSON.stringify((await rooms.call('GET', path(), { as: maintainer.token })).body);
    expect(list).not.toContain('glptt-');
    expect((await rooms.call('DELETE', path(id), { as: maintainer.token })).status).toBe(204);
  });

  it('shows only four characters to an owner who is no maintainer any more, by refusing all', async () => {
    const made = await make({ description: 'x' }, maintainer.token);
    await rooms.db
      .updateTable('project_members')
      .set({ access_level: 30 })
      .where('user_id', '=', maintainer.user.id)
      .execute();
    expect((await rooms.call('GET', path(made.number('id')), { as: maintainer.token })).status).toBe(403);
    await rooms.db
      .updateTable('project_members')
      .set({ access_level: 40 })
      .where('user_id', '=', maintainer.user.id)
      .execute();
  });

  it('lists by id with paging, and never an expired one', async () => {
    const soon = await make({ description: 'soon gone', expires_at: '2026-03-05' });
    const other = await rooms.addProject(owner.user, { name: 'other' });
    const before = rooms.control.now;
    const list = await rooms.call('GET', `${path()}?per_page=1&page=2`, { as: owner.token });
    expect(list.body).toHaveLength(1);
    expect(list.headers.get('x-prev-page')).toBe('1');
    rooms.control.now = new Date('2026-03-05T00:00:00Z');
    const alive = (await rooms.call('GET', path(), { as: owner.token })).body as { id: number }[];
    expect(alive.map(({ id }) => id)).not.toContain(soon.number('id'));
    const gone = { status: 404, body: { message: '404 Not found' } };
    expect(await rooms.call('GET', path(soon.number('id')), { as: owner.token })).toMatchObject(gone);
    expect(await findTriggerByToken(rooms, soon.text('token'))).toBeUndefined();
    rooms.control.now = before;
    expect(await rooms.call('GET', path(soon.number('id'), other), { as: owner.token })).toMatchObject(gone);
    expect(await rooms.call('GET', path(999_999), { as: owner.token })).toMatchObject(gone);
  });

  it('tells when a pipeline was last made with it', async () => {
    const made = await make({ description: 'used' });
    const row = {
      project_id: project.id,
      ref: 'main',
      sha: 'a'.repeat(40),
      before_sha: '0'.repeat(40),
      source: 'trigger',
      status: 'created',
      trigger_id: made.number('id'),
      updated_at: rooms.clock.now(),
    };
    await rooms.db
      .insertInto('pipelines')
      .values([
        { ...row, iid: 1, created_at: '2026-03-01T00:00:00Z' },
        { ...row, iid: 2, created_at: '2026-03-02T00:00:00Z' },
      ])
      .execute();
    expect((await rooms.call('GET', path(made.number('id')), { as: owner.token })).body).toMatchObject({
      last_used: '2026-03-02T00:00:00.000Z',
    });
  });
});

describe('changing and deleting', () => {
  it('is described anew by its owner or an administrator; left out, the description becomes null', async () => {
    const id = (await make({ description: 'old' })).number('id');
    const put = (as: string, json: unknown) => rooms.call('PUT', path(id), { as, json });
    expect(await put(owner.token, { description: 'new' })).toMatchObject({ status: 200, body: { description: 'new' } });
    expect(await put(maintainer.token, { description: 'mine' })).toMatchObject({
      status: 403,
      body: { message: '403 Forbidden - The current user is not authorized to update the pipeline trigger token' },
    });
    expect(await put(root.token, {})).toMatchObject({ status: 200, body: { description: null } });
  });

  it('is deleted by any maintainer, unless it changed in the meantime', async () => {
    const made = await make({ description: 'x' });
    const remove = (since: string) =>
      rooms.call('DELETE', path(made.number('id')), {
        as: maintainer.token,
        headers: { 'If-Unmodified-Since': since },
      });
    expect(await remove('Tue, 03 Mar 2026 00:00:00 GMT')).toMatchObject({
      status: 412,
      body: { message: '412 Precondition Failed' },
    });
    expect(await remove('Thu, 05 Mar 2026 00:00:00 GMT')).toMatchObject({ status: 204, body: undefined });
    expect(await remove('no date')).toMatchObject({ status: 404, body: { message: '404 Not found' } });
    expect(await findTriggerByToken(rooms, made.text('token'))).toBeUndefined();
  });
});

describe('who may', () => {
  it('is maintainers: 403 below, 404 outside, 401 nobody, and no job', async () => {
    const stranger = await rooms.addPerson('stranger');
    for (const [method, at] of [
      ['GET', path()],
      ['GET', path(1)],
      ['POST', path()],
      ['PUT', path(1)],
      ['DELETE', path(1)],
    ] as const) {
      expect(await rooms.call(method, at)).toMatchObject({ status: 401, body: { message: '401 Unauthorized' } });
      expect(await rooms.call(method, at, { as: developer.token })).toMatchObject({
        status: 403,
        body: { message: '403 Forbidden' },
      });
      expect(await rooms.call(method, at, { as: stranger.token })).toMatchObject({
        status: 404,
        body: { message: '404 Project Not Found' },
      });
      const headers = { 'JOB-TOKEN': rooms.addJobToken(project, owner.user) };
      expect((await rooms.call(method, at, { headers })).status).toBe(401);
    }
  });
});

describe('at rest', () => {
  it('a token is sealed and found by its digest', async () => {
    const made = await make({ description: 'sealed' });
    const token = made.text('token');
    expect(await findTriggerByToken(rooms, token)).toMatchObject({
      id: made.number('id'),
      projectId: project.id,
      token,
      owner: { username: 'owner' },
    });
    expect(await findTriggerByToken(rooms, `${token}x`)).toBeUndefined();
    const row = await rooms.db
      .selectFrom('triggers')
      .selectAll()
      .where('id', '=', made.number('id'))
      .executeTakeFirstOrThrow();
    expect(row.token_sealed.includes(token)).toBe(false);
    expect(JSON.stringify({ ...row, token_sealed: '' })).not.toContain(token);
  });

  it('is forgotten 30 days after it expired', async () => {
    await make({ description: 'x', expires_at: '2026-03-06' });
    const before = rooms.control.now;
    rooms.control.now = new Date('2026-04-04T23:00:00Z');
    const first = await purgeExpiredTriggers(rooms);
    rooms.control.now = new Date('2026-04-05T00:00:01Z');
    expect([first, await purgeExpiredTriggers(rooms)]).toEqual([1, 1]);
    rooms.control.now = before;
  });

  it.each([
    ['glptt-1234abcd', '1234'],
    ['corp-glptt-1234abcd', '1234'],
    ['legacy-token', 'lega'],
  ])('%s is shown as %s', (token, short) => {
    expect(shortTokenOf(token)).toBe(short);
  });
});
