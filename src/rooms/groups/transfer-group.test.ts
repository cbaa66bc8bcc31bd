import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';

let rooms: RoomServer;
let ada: Person;
let ben: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  ada = await rooms.addPerson('ada');
  ben = await rooms.addPerson('ben');
});
afterAll(() => rooms.close());

const group = async (path: string, settings: object = {}, as = ada.token) =>
  (await rooms.call('POST', '/groups', { as, json: { name: path, path, ...settings } })).number('id');
const project = async (path: string, namespace_id: number, settings: object = {}) =>
  (await rooms.call('POST', '/projects', { as: ada.token, json: { path, namespace_id, ...settings } })).number('id');
const get = async (path: string, as = ada.token) => (await rooms.call('GET', path, { as })).body;
const transfer = (id: number, group_id?: number, as = ada.token) =>
  rooms.call('POST', `/groups/${id}/transfer`, { as, json: group_id === undefined ? {} : { group_id } });
const refused = (sentence: string) => ({ status: 400, body: { message: `Transfer failed: ${sentence}` } });

describe('moving a group', () => {
  it('takes everything below it along; old paths of projects lead on', async () => {
    const from = await group('from');
    const moving = await group('moving', { parent_id: from });
    const below = await group('below', { parent_id: moving });
    const id = await project('p', below);
    const to = await group('to');
    const answer = await transfer(moving, to);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ id: moving, parent_id: to, full_path: 'to/moving', full_name: 'to / moving' });
    expect(await get(`/groups/${below}`)).toMatchObject({
      full_path: 'to/moving/below',
      full_name: 'to / moving / below',
    });
    expect(await get(`/projects/${id}`)).toMatchObject({ path_with_namespace: 'to/moving/below/p' });
    const old = await rooms.call('GET', '/projects/from%2Fmoving%2Fbelow%2Fp', { as: ada.token });
    expect([old.status, old.headers.get('location')]).toEqual([301, `${rooms.url}/api/v4/projects/${id}`]);
    expect(await get(`/groups/${from}/descendant_groups`)).toEqual([]);
  });

  it('to the top makes whoever moved it an owner, where a bot is the only one of its own', async () => {
    const top = await group('above-a-bot');
    const maintainer = { user_id: String(ben.user.id), access_level: 40 };
    await rooms.call('POST', `/groups/${top}/members`, { as: ada.token, json: maintainer });
    const child = await group('with-a-bot', { parent_id: top }, ben.token);
    const bot = await rooms.addPerson('a-bot', { bot: true });
    const json = { user_id: String(bot.user.id), access_level: 50 };
    const members = `/groups/${child}/members`;
    expect((await rooms.call('POST', members, { as: ada.token, json })).status).toBe(201);
    expect((await rooms.call('DELETE', `${members}/${ben.user.id}`, { as: ada.token })).status).toBe(204);
    expect((await transfer(child)).status).toBe(201);
    expect(await get(members)).toMatchObject([
      { id: ada.user.id, access_level: 50 },
      { id: bot.user.id, access_level: 50 },
    ]);
  });

  it('to the top makes whoever moved it an owner, where it had inherited them all', async () => {
    const top = await group('top');
    await rooms.call('POST', `/groups/${top}/members`, {
      as: ada.token,
      json: { user_id: ben.user.id, access_level: 40 },
    });
    const child = await group('child', { parent_id: top }, ben.token);
    await rooms.call('DELETE', `/groups/${child}/members/${ben.user.id}`, { as: ada.token });
    expect(await get(`/groups/${child}/members`)).toEqual([]);
    expect((await transfer(child)).body).toMatchObject({ parent_id: null, full_path: 'child', full_name: 'child' });
    expect(await get(`/groups/${child}/members`)).toMatchObject([{ id: ada.user.id, access_level: 50 }]);
    expect((await rooms.call('GET', `/groups/${child}`, { as: ben.token })).status).toBe(404);
  });

  it('closes what is more open than the new parent, and nothing else', async () => {
    const open = await group('open', { visibility: 'public' });
    const below = await group('below', { parent_id: open, visibility: 'internal' });
    const hidden = await group('hidden', { parent_id: open, visibility: 'private' });
    const shown = await project('shown', open, { visibility: 'public' });
    const inside = await group('inside', { visibility: 'internal' });
    await transfer(open, inside);
    const visibilities = [
      await get(`/groups/${open}`),
      await get(`/groups/${below}`),
      await get(`/groups/${hidden}`),
      await get(`/projects/${shown}`),
    ];
    expect(visibilities).toMatchObject(
      ['internal', 'internal', 'private', 'internal'].map((visibility) => ({ visibility })),
    );
  });

  it('gives the members of the new parent what they have there, and takes from those of the old one', async () => {
    const old = await group('old-home');
    const moving = await group('moves', { parent_id: old });
    const fresh = await group('new-home');
    await rooms.call('POST', `/groups/${fresh}/members`, {
      as: ada.token,
      json: { user_id: ben.user.id, access_level: 30 },
    });
    expect((await rooms.call('GET', `/groups/${moving}`, { as: ben.token })).status).toBe(404);
    await transfer(moving, fresh);
    expect(await get(`/groups/${moving}`, ben.token)).toMatchObject({ full_path: 'new-home/moves' });
  });
});

describe('a move that cannot be', () => {
  it('is refused with GitLab’s sentence, and changes nothing', async () => {
    const parent = await group('parent');
    const child = await group('kid', { parent_id: parent });
    const grandchild = await group('grandkid', { parent_id: child });
    expect(await transfer(parent)).toMatchObject(refused('Group is already a root group.'));
    expect(await transfer(child, parent)).toMatchObject(refused('Group is already associated to the parent group.'));
    for (const own of [parent, child, grandchild]) {
      expect(await transfer(parent, own)).toMatchObject(refused('Cannot transfer group to one of its subgroup.'));
    }
    await group('kid');
    const taken = 'The parent group already has a subgroup or a project with the same path.';
    expect(await transfer(child)).toMatchObject(refused(taken));
    const other = await group('other');
    await project('kid', other);
    expect(await transfer(child, other)).toMatchObject(refused(taken));
    expect(await get(`/groups/${grandchild}`)).toMatchObject({ full_path: 'parent/kid/grandkid' });
  });

  it('is for owners of the group who may make subgroups of the parent, and sees the parent', async () => {
    const mine = await group('mine');
    const theirs = await group('theirs', { visibility: 'public' }, ben.token);
    const secret = await group('secret', {}, ben.token);
    expect(await transfer(mine, theirs)).toMatchObject(refused("You don't have enough permissions."));
    expect(await transfer(mine, secret)).toMatchObject({ status: 404, body: { message: '404 Group Not Found' } });
    expect((await transfer(theirs, mine)).status).toBe(403);
    expect((await rooms.call('POST', `/groups/${mine}/transfer`, { json: {} })).status).toBe(401);
  });

  it('never closes a circle, whoever comes at the same time', async () => {
    const a = await group('circle-a');
    const underA = await group('under', { parent_id: a });
    const b = await group('circle-b');
    const underB = await group('under', { parent_id: b });
    const answers = await Promise.all([transfer(a, underB), transfer(b, underA)]);
    expect(answers.map((answer) => answer.status).toSorted((x, y) => x - y)).toEqual([201, 400]);
  });
});
