import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';

const NOT_FOUND = { status: 404, body: { message: '404 Group Not Found' } };
const FORBIDDEN = { status: 403, body: { message: '403 Forbidden' } };
const UNAUTHORIZED = { status: 401, body: { message: '401 Unauthorized' } };

let rooms: RoomServer;
let root: Person;
let ada: Person;
let stranger: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  root = await rooms.addPerson('root', { admin: true });
  ada = await rooms.addPerson('ada');
  stranger = await rooms.addPerson('stranger');
});
afterAll(() => rooms.close());

const create = (json: object, as = ada.token) => rooms.call('POST', '/groups', { as, json });
const get = (path: string, as?: string) => rooms.call('GET', path, { as });
const names = async (path: string, as?: string) => {
  const { body } = await get(path, as);
  return Array.isArray(body) ? body.map((row: { full_path: string }) => row.full_path) : body;
};
/** A group of Ada's, with the given settings. Its id. */
const group = async (path: string, settings: object = {}) =>
  (await create({ name: path, path, ...settings })).number('id');

describe('creating', () => {
  it('answers with GitLab’s keys, and makes the caller its owner', async () => {
    const answer = await create({ name: 'First Group', path: 'first', description: 'One', visibility: 'internal' });
    expect(answer.status).toBe(201);
    const id = answer.number('id');
    expect(answer.body).toEqual({
      id,
      web_url: `${rooms.url}/groups/first`,
      name: 'First Group',
      path: 'first',
      description: 'One',
      visibility: 'internal',
      share_with_group_lock: false,
      require_two_factor_authentication: false,
      two_factor_grace_period: 48,
      project_creation_level: 'developer',
      auto_devops_enabled: null,
      subgroup_creation_level: 'maintainer',
      emails_disabled: true,
      emails_enabled: false,
      show_diff_preview_in_email: false,
      mentions_disabled: null,
      lfs_enabled: false,
      archived: false,
      math_rendering_limits_enabled: true,
      lock_math_rendering_limits_enabled: false,
      default_branch: null,
      default_branch_protection: 2,
      default_branch_protection_defaults: {
        allowed_to_push: [{ access_level: 40 }],
        allow_force_push: false,
        allowed_to_merge: [{ access_level: 40 }],
        developer_can_initial_push: false,
      },
      avatar_url: null,
      request_access_enabled: true,
      full_name: 'First Group',
      full_path: 'first',
      created_at: '2026-03-04T05:06:07.089Z',
      parent_id: null,
      organization_id: 1,
      shared_runners_setting: 'enabled',
      max_artifacts_size: null,
      marked_for_deletion_on: null,
      shared_with_groups: [],
      runners_token: null,
      prevent_sharing_groups_outside_hierarchy: false,
      projects: [],
      shared_projects: [],
    });
    const members = await get(`/groups/${id}/members`, ada.token);
    expect(members.body).toEqual([expect.objectContaining({ username: 'ada', access_level: 50 })]);
  });

  it('wants a name and a path, and somebody', async () => {
    expect((await create({})).body).toEqual({ error: 'name is missing, path is missing' });
    expect(await rooms.call('POST', '/groups', { json: { name: 'a', path: 'a' } })).toMatchObject(UNAUTHORIZED);
  });

  it('refuses paths that are taken by groups, users, projects, in whatever case, or that are no paths', async () => {
    await group('taken');
    const refused = async (json: object) => {
      const { status, body } = await create(json);
      return [status, body];
    };
    const taken = (attribute = 'path') => [
      400,
      { message: `Failed to save group {:${attribute}=>["has already been taken"]}` },
    ];
    expect(await refused({ name: 'x', path: 'TAKEN' })).toEqual(taken());
    expect(await refused({ name: 'x', path: 'stranger' })).toEqual(taken());
    const parent = await group('holder');
    await rooms.call('POST', '/projects', { as: ada.token, json: { path: 'shop', namespace_id: parent } });
    expect(await refused({ name: 'x', path: 'Shop', parent_id: parent })).toEqual(taken());
    await create({ name: 'Sub', path: 'sub', parent_id: parent });
    expect(await refused({ name: 'Sub', path: 'sub2', parent_id: parent })).toEqual(taken('name'));
    expect(await refused({ name: 'x', path: '-x' })).toEqual([
      400,
      {
        message:
          "Failed to save group {:path=>[\"can contain only letters, digits, '_', '-' and '.'. Cannot start with '-' or end in '.', '.git' or '.atom'.\"]}",
      },
    ]);
    expect(await refused({ name: 'x', path: 'api' })).toEqual([
      400,
      { message: 'Failed to save group {:path=>["api is a reserved name"]}' },
    ]);
    expect((await create({ name: 'tree', path: 'tree', parent_id: parent })).status).toBe(400);
    expect((await create({ name: 'x', path: 'y'.repeat(256) })).status).toBe(400);
  });

  it('assigns nothing that it does not declare', async () => {
    const answer = await create({
      name: 'plain',
      path: 'plain',
      kind: 'user',
      owner_id: 1,
      id: 9999,
      full_path: 'evil',
    });
    expect(answer.body).toMatchObject({ full_path: 'plain', parent_id: null });
    expect(answer.number('id')).not.toBe(9999);
  });
});

describe('subgroups', () => {
  it('have the paths and names of the groups above in theirs', async () => {
    const parent = await group('north', { name: 'North' });
    const child = await create({ name: 'East', path: 'east', parent_id: parent });
    const grandchild = await create({ name: 'Far', path: 'far', parent_id: child.number('id') });
    expect(grandchild.body).toMatchObject({
      full_path: 'north/east/far',
      full_name: 'North / East / Far',
      parent_id: child.number('id'),
      web_url: `${rooms.url}/groups/north/east/far`,
    });
    expect(await names(`/groups/${parent}/subgroups`, ada.token)).toEqual(['north/east']);
    expect(await names(`/groups/north/descendant_groups`, ada.token)).toEqual(['north/east', 'north/east/far']);
    expect((await get('/groups/NORTH%2Feast%2Ffar', ada.token)).body).toMatchObject({ full_path: 'north/east/far' });
  });

  it('are no more open than what they are in, nor is a group closed above something open', async () => {
    const parent = await group('closed');
    const open = await create({ name: 'x', path: 'x', parent_id: parent, visibility: 'public' });
    expect([open.status, open.body]).toEqual([
      400,
      {
        message:
          'Failed to save group {:visibility_level=>["public is not allowed since the parent group has a private visibility."]}',
      },
    ]);
    const wide = await group('wide', { visibility: 'public' });
    await create({ name: 'inner', path: 'inner', parent_id: wide, visibility: 'internal' });
    const set = (visibility: string) => rooms.call('PUT', `/groups/${wide}`, { as: ada.token, json: { visibility } });
    expect((await set('private')).body).toEqual({
      message: { visibility_level: ['private is not allowed since there are sub-groups with higher visibility.'] },
    });
    await rooms.call('POST', '/projects', {
      as: ada.token,
      json: { path: 'p', namespace_id: wide, visibility: 'public' },
    });
    expect((await set('internal')).body).toEqual({
      message: {
        visibility_level: ['internal is not allowed since this group contains projects with higher visibility.'],
      },
    });
    expect((await set('public')).status).toBe(200);
  });

  it('are made by maintainers, or by owners only where the group says so; a hidden parent is not found', async () => {
    const parent = await group('builders');
    const as = stranger.token;
    const child = { name: 'c', path: 'c', parent_id: parent };
    expect(await create(child, as)).toMatchObject(NOT_FOUND);
    const member = { user_id: stranger.user.id, access_level: 30 };
    await rooms.call('POST', `/groups/${parent}/members`, { as: ada.token, json: member });
    expect(await create(child, as)).toMatchObject(FORBIDDEN);
    await rooms.call('PUT', `/groups/${parent}/members/${stranger.user.id}`, {
      as: ada.token,
      json: { access_level: 40 },
    });
    await rooms.call('PUT', `/groups/${parent}`, { as: ada.token, json: { subgroup_creation_level: 'owner' } });
    expect(await create(child, as)).toMatchObject(FORBIDDEN);
    await rooms.call('PUT', `/groups/${parent}`, { as: ada.token, json: { subgroup_creation_level: 'maintainer' } });
    expect((await create(child, as)).status).toBe(201);
  });

  it('end at twenty groups above', async () => {
    let id = await group('deep');
    let answer = await create({ name: '1', path: '1', parent_id: id });
    for (let level = 2; answer.status === 201; level++) {
      id = answer.number('id');
      answer = await create({ name: String(level), path: String(level), parent_id: id });
    }
    expect(answer.body).toEqual({ message: 'Failed to save group {:parent_id=>["has too deep level of nesting"]}' });
    const { body } = await get(`/groups/${id}`, ada.token);
    expect(body).toMatchObject({ full_path: `deep/${Array.from({ length: 20 }, (_, i) => i + 1).join('/')}` });
  });
});

describe('who sees a group', () => {
  it('hides private ones from strangers and nobody, internal ones from nobody', async () => {
    const secret = await group('secret');
    const inside = await group('inside', { visibility: 'internal' });
    const open = await group('open', { visibility: 'public' });
    for (const as of [undefined, stranger.token]) {
      for (const path of ['', '/subgroups', '/descendant_groups', '/projects']) {
        expect(await get(`/groups/${secret}${path}`, as)).toMatchObject(NOT_FOUND);
      }
    }
    expect(await get('/groups/nothing', ada.token)).toMatchObject(NOT_FOUND);
    expect(await get(`/groups/${inside}`)).toMatchObject(NOT_FOUND);
    expect((await get(`/groups/${inside}`, stranger.token)).status).toBe(200);
    const { status, body } = await get(`/groups/${open}`);
    expect([status, Object.keys(Object(body)).includes('runners_token')]).toEqual([200, false]);
  });

  it('lets members of a subgroup or of a project below see the way to it, and nothing more', async () => {
    const top = await group('way');
    const middle = (await create({ name: 'm', path: 'm', parent_id: top })).number('id');
    const side = (await create({ name: 's', path: 's', parent_id: top })).number('id');
    const made = await rooms.call('POST', '/projects', { as: ada.token, json: { path: 'p', namespace_id: middle } });
    const guest = await rooms.addPerson('guest');
    expect(await get(`/groups/${top}`, guest.token)).toMatchObject(NOT_FOUND);
    await rooms.call('POST', `/projects/${made.number('id')}/members`, {
      as: ada.token,
      json: { user_id: guest.user.id, access_level: 10 },
    });
    expect((await get(`/groups/${top}`, guest.token)).status).toBe(200);
    expect(await names('/groups?order_by=id', guest.token)).toEqual(['way', 'way/m']);
    expect(await get(`/groups/${side}`, guest.token)).toMatchObject(NOT_FOUND);
    expect(await rooms.call('PUT', `/groups/${top}`, { as: guest.token, json: { name: 'x' } })).toMatchObject(
      FORBIDDEN,
    );
  });
});

describe('lists', () => {
  it('show what the caller belongs to; all that may be seen when asked; everything to administrators', async () => {
    const lena = await rooms.addPerson('lena');
    const own = await create({ name: 'Lenas', path: 'lenas', visibility: 'private' }, lena.token);
    await create({ name: 'below', path: 'below', parent_id: own.number('id') }, lena.token);
    expect(await names('/groups', lena.token)).toEqual(['lenas/below', 'lenas']);
    expect(await names('/groups?order_by=path&sort=desc&top_level_only=true', lena.token)).toEqual(['lenas']);
    const available = await names('/groups?all_available=true&per_page=100', lena.token);
    expect(available).toContain('open');
    expect(available).toContain('inside');
    expect(available).not.toContain('secret');
    expect(await names('/groups?per_page=100', root.token)).toContain('secret');
    expect(await names('/groups?search=LENA', root.token)).toEqual(['lenas']);
    expect(await names('/groups?owned=true', lena.token)).toEqual(['lenas/below', 'lenas']);
    expect(await names('/groups?min_access_level=50&skip_groups[]=' + own.number('id'), lena.token)).toEqual([
      'lenas/below',
    ]);
    const anonymous = await names('/groups?per_page=100');
    expect(anonymous).toContain('open');
    expect(anonymous).not.toContain('inside');
    const page = await get('/groups?per_page=1', lena.token);
    expect(page.headers.get('x-total')).toBe('2');
    expect((await get('/groups?order_by=size')).body).toEqual({ error: 'order_by does not have a valid value' });
  });
});

describe('namespaces', () => {
  it('are the own one and those of groups, with the number of members for owners', async () => {
    const nora = await rooms.addPerson('nora');
    const made = (await create({ name: 'Noras', path: 'noras' }, nora.token)).number('id');
    const { body } = await get('/namespaces', nora.token);
    const own = { kind: 'user', name: "nora's name", path: 'nora', full_path: 'nora', parent_id: null };
    expect(body).toEqual([
      { ...own, id: expect.any(Number), avatar_url: null, web_url: `${rooms.url}/nora` },
      {
        id: made,
        name: 'Noras',
        path: 'noras',
        kind: 'group',
        full_path: 'noras',
        parent_id: null,
        avatar_url: null,
        web_url: `${rooms.url}/groups/noras`,
        members_count_with_descendants: 1,
      },
    ]);
    expect((await get('/namespaces/noras', nora.token)).body).toMatchObject({ id: made });
    expect((await get(`/namespaces/${made}`, stranger.token)).body).toEqual({ message: '404 Namespace Not Found' });
    expect((await get('/namespaces/ada', stranger.token)).body).toEqual({ message: '404 Namespace Not Found' });
    expect((await get('/namespaces')).body).toEqual(UNAUTHORIZED.body);
    expect(await names('/namespaces?search=nora', root.token)).toEqual(['nora', 'noras']);
    expect((await get('/namespaces/noras/exists', stranger.token)).body).toEqual({
      exists: true,
      suggests: ['noras1'],
    });
    expect((await get('/namespaces/elsewhere/exists', stranger.token)).body).toEqual({ exists: false, suggests: [] });
  });
});

describe('changing', () => {
  it('is for owners, and answers attribute errors', async () => {
    const id = await group('changing');
    const put = (json: object, as = ada.token) => rooms.call('PUT', `/groups/${id}`, { as, json });
    expect((await put({ name: 'New name', description: 'd', project_creation_level: 'noone' })).body).toMatchObject({
      name: 'New name',
      full_name: 'New name',
      path: 'changing',
      description: 'd',
      project_creation_level: 'noone',
    });
    expect((await put({ path: 'ada' })).body).toEqual({ message: { path: ['has already been taken'] } });
    expect((await put({ name: '' })).status).toBe(400);
    expect((await put({ visibility: 'secret' })).body).toEqual({ error: 'visibility does not have a valid value' });
    expect(await put({ name: 'x' }, stranger.token)).toMatchObject(NOT_FOUND);
    expect(await rooms.call('PUT', `/groups/${id}`, { json: { name: 'x' } })).toMatchObject(UNAUTHORIZED);
  });
});

describe('deleting', () => {
  it('hides the group and everything below it at once, frees the path, and is for owners', async () => {
    const id = await group('doomed');
    const child = (await create({ name: 'c', path: 'c', parent_id: id })).number('id');
    const project = await rooms.call('POST', '/projects', { as: ada.token, json: { path: 'p', namespace_id: child } });
    const remove = (as?: string) => rooms.call('DELETE', `/groups/${id}`, { as });
    expect(await remove(stranger.token)).toMatchObject(NOT_FOUND);
    expect(await remove()).toMatchObject(UNAUTHORIZED);
    expect(await remove(ada.token)).toMatchObject({ status: 202, body: { message: '202 Accepted' } });
    expect(await remove(ada.token)).toMatchObject(NOT_FOUND);
    for (const as of [ada.token, root.token]) {
      expect(await get(`/groups/${child}`, as)).toMatchObject(NOT_FOUND);
      expect((await get(`/projects/${project.number('id')}`, as)).status).toBe(404);
      expect((await get(`/namespaces/${id}`, as)).status).toBe(404);
      expect(await names('/groups?search=doomed', as)).toEqual([]);
    }
    expect(rooms.control.deleted).toEqual(['doomed/c/p']);
    expect((await create({ name: 'doomed', path: 'doomed' })).status).toBe(201);
    expect(
      (await rooms.call('POST', '/projects', { as: ada.token, json: { path: 'p', namespace_id: id } })).body,
    ).toEqual({ message: { namespace: ['is not valid'] } });
  });
});
