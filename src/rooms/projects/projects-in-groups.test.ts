import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';

const INVALID_NAMESPACE = { status: 400, body: { message: { namespace: ['is not valid'] } } };

let rooms: RoomServer;
let root: Person;
let ada: Person;
let ben: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  root = await rooms.addPerson('root', { admin: true });
  ada = await rooms.addPerson('ada');
  ben = await rooms.addPerson('ben');
});
afterAll(() => rooms.close());

const group = async (path: string, json: object = {}) =>
  (await rooms.call('POST', '/groups', { as: ada.token, json: { name: path, path, ...json } })).number('id');
const make = (json: object, as = ada.token) => rooms.call('POST', '/projects', { as, json });
const project = async (path: string, namespaceId: number, json: object = {}) =>
  (await make({ path, namespace_id: namespaceId, ...json })).number('id');
const join = (groupId: number, person: Person, accessLevel: number) =>
  rooms.call('POST', `/groups/${groupId}/members`, {
    as: ada.token,
    json: { user_id: person.user.id, access_level: accessLevel },
  });
const paths = async (url: string, as?: string) => {
  const { body } = await rooms.call('GET', url, { as });
  return Array.isArray(body) ? body.map((row: { path_with_namespace: string }) => row.path_with_namespace) : body;
};

describe('making a project in a group', () => {
  it('names the groups above it, adds no member, and takes the roles of the group', async () => {
    const top = await group('acme', { name: 'Acme' });
    const below = await group('tools', { name: 'Tools', parent_id: top });
    const answer = await make({ name: 'Press', path: 'press', namespace_id: below });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        path_with_namespace: 'acme/tools/press',
        name_with_namespace: 'Acme / Tools / Press',
        namespace: {
          id: below,
          name: 'Tools',
          path: 'tools',
          kind: 'group',
          full_path: 'acme/tools',
          parent_id: top,
          avatar_url: null,
          web_url: `${rooms.url}/groups/acme/tools`,
        },
        permissions: { project_access: null, group_access: { access_level: 50, notification_level: 3 } },
      },
    });
    expect(Object.keys(Object(answer.body))).not.toContain('owner');
    const members = await rooms.call('GET', `/projects/${answer.number('id')}/members`, { as: ada.token });
    expect(members.body).toEqual([]);
    expect((await rooms.call('GET', '/projects/ACME%2FTools%2Fpress', { as: ada.token })).body).toMatchObject({
      id: answer.number('id'),
    });
  });

  it('is for developers, or for whoever the group says; a group that is not seen is no namespace', async () => {
    const home = await group('makers');
    const attempt = async (path: string, as = ben.token) => (await make({ path, namespace_id: home }, as)).status;
    const level = (project_creation_level: string) =>
      rooms.call('PUT', `/groups/${home}`, { as: ada.token, json: { project_creation_level } });
    expect(await make({ path: 'no', namespace_id: home }, ben.token)).toMatchObject(INVALID_NAMESPACE);
    expect(await make({ path: 'no', namespace_id: 99_999 }, ben.token)).toMatchObject(INVALID_NAMESPACE);
    await join(home, ben, 20);
    expect(await attempt('reporter')).toBe(400);
    await rooms.call('PUT', `/groups/${home}/members/${ben.user.id}`, { as: ada.token, json: { access_level: 30 } });
    expect(await attempt('developer')).toBe(201);
    await level('maintainer');
    expect(await attempt('maintainer')).toBe(400);
    await level('owner');
    expect([await attempt('owner'), await attempt('by-owner', ada.token)]).toEqual([400, 201]);
    await level('administrator');
    expect([await attempt('admin', ada.token), await attempt('admin', root.token)]).toEqual([400, 201]);
    await level('noone');
    expect([await attempt('noone', ada.token), await attempt('noone', root.token)]).toEqual([400, 400]);
    // A developer's project takes the developer's role from the group.
    const own = await rooms.call('GET', '/projects/makers%2Fdeveloper/members/all', { as: ben.token });
    expect(own.body).toEqual([
      expect.objectContaining({ username: 'ada', access_level: 50 }),
      expect.objectContaining({ username: 'ben', access_level: 30 }),
    ]);
  });

  it('refuses what is more open than the group, when it is made and when it is changed', async () => {
    const home = await group('shy', { visibility: 'internal' });
    const message = { visibility_level: ['public is not allowed in a internal group.'] };
    expect((await make({ path: 'p', namespace_id: home, visibility: 'public' })).body).toEqual({ message });
    const id = await project('p', home, { visibility: 'internal' });
    const put = (visibility: string) => rooms.call('PUT', `/projects/${id}`, { as: ada.token, json: { visibility } });
    expect((await put('public')).body).toEqual({ message });
    expect((await put('private')).status).toBe(200);
  });

  it('refuses a path that a subgroup has', async () => {
    const home = await group('mixed');
    await group('sub', { parent_id: home });
    expect((await make({ path: 'SUB', name: 'x', namespace_id: home })).body).toEqual({
      message: { path: ['has already been taken'] },
    });
  });
});

describe('lists', () => {
  it('of a group show its projects, with the subgroups when asked, as far as the viewer sees them', async () => {
    const top = await group('lists', { visibility: 'public' });
    const below = await group('inner', { parent_id: top, visibility: 'public' });
    await project('one', top, { visibility: 'public' });
    await project('two', top);
    await project('three', below, { visibility: 'internal' });
    const url = `/groups/${top}/projects?order_by=id&sort=asc`;
    expect(await paths(url, ada.token)).toEqual(['lists/one', 'lists/two']);
    expect(await paths(`${url}&include_subgroups=true`, ada.token)).toEqual([
      'lists/one',
      'lists/two',
      'lists/inner/three',
    ]);
    expect(await paths(`${url}&include_subgroups=true`, ben.token)).toEqual(['lists/one', 'lists/inner/three']);
    expect(await paths(`${url}&include_subgroups=true`)).toEqual(['lists/one']);
    const { body } = await rooms.call('GET', `/groups/${top}`, { as: ben.token });
    expect(body).toMatchObject({ projects: [{ path_with_namespace: 'lists/one' }], shared_projects: [] });
    const without = await rooms.call('GET', `/groups/${top}?with_projects=false`, { as: ben.token });
    expect(Object.keys(Object(without.body))).not.toContain('projects');
  });

  it('of projects count what groups give as membership', async () => {
    const eve = await rooms.addPerson('eve');
    const home = await group('given');
    const below = await group('deep', { parent_id: home });
    await project('hidden', below);
    expect(await paths('/projects?membership=true', eve.token)).toEqual([]);
    await join(home, eve, 20);
    expect(await paths('/projects?membership=true', eve.token)).toEqual(['given/deep/hidden']);
    expect(await paths('/projects?search=hidden', eve.token)).toEqual(['given/deep/hidden']);
    expect(await paths('/projects?min_access_level=20', eve.token)).toEqual(['given/deep/hidden']);
    expect(await paths('/projects?min_access_level=30', eve.token)).toEqual([]);
    expect(await paths('/projects?owned=true', eve.token)).toEqual([]);
    expect(await paths('/projects?owned=true&search=hidden', ada.token)).toEqual(['given/deep/hidden']);
    expect(await paths('/projects?search_namespaces=true&search=given', eve.token)).toEqual(['given/deep/hidden']);
  });
});

describe('an old path', () => {
  const expectMoved = async (old: string, id: number) => {
    const url = `/projects/${encodeURIComponent(old)}`;
    const location = `${rooms.url}/api/v4/projects/${id}`;
    const moved = await rooms.call('GET', url, { as: ada.token });
    expect([moved.status, moved.headers.get('location'), moved.body]).toEqual([
      301,
      location,
      `This resource has been moved permanently to ${location}`,
    ]);
    const deeper = await rooms.call('GET', `${url}/members/all?per_page=5`, { as: ada.token });
    expect(deeper.headers.get('location')).toBe(`${location}/members/all?per_page=5`);
    for (const method of ['PUT', 'DELETE']) {
      const refused = await rooms.call(method, url, { as: ada.token, json: { description: 'x' } });
      expect([refused.status, refused.body]).toEqual([
        405,
        { message: 'Non GET methods are not allowed for moved projects' },
      ]);
    }
    expect((await rooms.call('GET', url, { as: ben.token })).body).toEqual({ message: '404 Project Not Found' });
    expect((await rooms.call('GET', url)).body).toEqual({ message: '404 Project Not Found' });
  };

  it('of a group that was renamed leads on from every project below it', async () => {
    const top = await group('before');
    const below = await group('sub', { parent_id: top });
    const id = await project('p', below);
    const renamed = await rooms.call('PUT', `/groups/${top}`, {
      as: ada.token,
      json: { path: 'after', name: 'After' },
    });
    expect(renamed.body).toMatchObject({ full_path: 'after', full_name: 'After' });
    expect((await rooms.call('GET', `/projects/${id}`, { as: ada.token })).body).toMatchObject({
      path_with_namespace: 'after/sub/p',
      name_with_namespace: 'After / sub / p',
    });
    expect((await rooms.call('GET', '/groups/after%2Fsub', { as: ada.token })).body).toMatchObject({
      id: below,
      full_name: 'After / sub',
    });
    expect((await rooms.call('GET', '/groups/before', { as: ada.token })).status).toBe(404);
    await expectMoved('before/sub/p', id);
    await expectMoved('Before/Sub/P', id);
  });

  it('of a project that was renamed leads on, until another project has it', async () => {
    const home = await group('home');
    const id = await project('old', home);
    await rooms.call('PUT', `/projects/${id}`, { as: ada.token, json: { path: 'fresh' } });
    await expectMoved('home/old', id);
    const other = await project('old', home, { name: 'another' });
    expect((await rooms.call('GET', '/projects/home%2Fold', { as: ada.token })).body).toMatchObject({ id: other });
    await rooms.call('DELETE', `/projects/${other}`, { as: ada.token });
    expect((await rooms.call('GET', '/projects/home%2Fold', { as: ada.token })).status).toBe(404);
    // Back to where it was: the path between leads on, the own one does not lead to itself.
    await rooms.call('PUT', `/projects/${id}`, { as: ada.token, json: { path: 'old' } });
    expect((await rooms.call('GET', '/projects/home%2Fold', { as: ada.token })).body).toMatchObject({ id });
    await expectMoved('home/fresh', id);
  });
});

describe('a transfer', () => {
  const transfer = (id: number, namespace: string | number, as = ada.token) =>
    rooms.call('PUT', `/projects/${id}/transfer`, { as, json: { namespace } });
  const refused = (sentence: string) => ({
    status: 400,
    body: { message: `Failed to transfer project {:new_namespace=>["${sentence}"]}` },
  });

  it('moves a project, leaves its old path, and closes it as far as the group is closed', async () => {
    const from = (await rooms.call('GET', '/namespaces/ada', { as: ada.token })).number('id');
    const target = await group('target', { visibility: 'internal' });
    const id = await project('wander', from, { visibility: 'public' });
    expect(await transfer(id, 'target')).toMatchObject({
      status: 200,
      body: { id, path_with_namespace: 'target/wander', visibility: 'internal' },
    });
    const old = await rooms.call('GET', '/projects/ada%2Fwander', { as: ada.token });
    expect([old.status, old.headers.get('location')]).toEqual([301, `${rooms.url}/api/v4/projects/${id}`]);
    expect(await transfer(id, target)).toMatchObject(refused('Project is already in this namespace.'));
    expect((await transfer(id, from)).body).toMatchObject({ path_with_namespace: 'ada/wander' });
    const home = await rooms.call('GET', '/projects/ada%2Fwander/members', { as: ada.token });
    expect(home.body).toEqual([expect.objectContaining({ username: 'ada', access_level: 50 })]);
  });

  it('needs an owner, a namespace that is known and taken to, and a free name', async () => {
    const home = await group('source');
    const target = await group('sink');
    const id = await project('p', home);
    await project('p', target);
    expect(await transfer(id, target)).toMatchObject(
      refused('Project with same name or path in target namespace already exists'),
    );
    expect((await transfer(id, 'nowhere')).body).toEqual({ message: '404 Namespace Not Found' });
    expect((await transfer(id, 'ben')).body).toEqual({ message: '404 Namespace Not Found' });
    await join(home, ben, 40);
    expect((await transfer(id, target, ben.token)).body).toEqual({ message: '403 Forbidden' });
    await rooms.call('PUT', `/groups/${home}/members/${ben.user.id}`, { as: ada.token, json: { access_level: 50 } });
    expect((await transfer(id, target, ben.token)).body).toEqual({ message: '404 Namespace Not Found' });
    await join(target, ben, 30);
    expect(await transfer(id, target, ben.token)).toMatchObject(
      refused("You don't have permission to transfer projects into that namespace."),
    );
    expect((await rooms.call('PUT', `/projects/${id}/transfer`, { as: ada.token, json: {} })).body).toEqual({
      error: 'namespace is missing',
    });
  });

  it('has its places: groups of maintainers and owners, without the present one', async () => {
    const kim = await rooms.addPerson('kim');
    const as = kim.token;
    const make = async (path: string, json: object = {}) =>
      (await rooms.call('POST', '/groups', { as, json: { name: path, path, ...json } })).number('id');
    const here = await make('kim-here');
    const there = await make('kim-there');
    await make('kim-shut', { project_creation_level: 'noone' });
    const made = await rooms.call('POST', '/projects', { as, json: { path: 'p', namespace_id: here } });
    const url = `/projects/${made.number('id')}/transfer_locations`;
    expect((await rooms.call('GET', url, { as })).body).toEqual([
      {
        id: there,
        web_url: `${rooms.url}/groups/kim-there`,
        name: 'kim-there',
        avatar_url: null,
        full_name: 'kim-there',
        full_path: 'kim-there',
      },
    ]);
    expect((await rooms.call('GET', `${url}?search=nothing`, { as })).body).toEqual([]);
  });
});

describe('at the same time', () => {
  it('renaming a group and making projects in it leaves no project behind under the old path', async () => {
    const home = await group('race-0');
    const rename = async (number: number) =>
      (await rooms.call('PUT', `/groups/${home}`, { as: ada.token, json: { path: `race-${number}` } })).status;
    const made = Array.from({ length: 6 }, (_, number) => make({ path: `p-${number}`, namespace_id: home }));
    const renamed = Array.from({ length: 4 }, (_, number) => rename(number + 1));
    const statuses = [...(await Promise.all(made)).map(({ status }) => status), ...(await Promise.all(renamed))];
    expect(new Set(statuses)).toEqual(new Set([200, 201]));
    const now = await rooms.call('GET', `/groups/${home}`, { as: ada.token });
    const found = await paths(`/groups/${home}/projects?order_by=path&sort=asc`, ada.token);
    expect(found).toEqual(Array.from({ length: 6 }, (_, number) => `${now.text('full_path')}/p-${number}`));
  });

  it('the last two owners of a group cannot both leave', async () => {
    const home = await group('two-owners');
    await join(home, ben, 50);
    const leave = ({ user, token }: Person) =>
      rooms.call('DELETE', `/groups/${home}/members/${user.id}`, { as: token });
    const statuses = (await Promise.all([leave(ada), leave(ben)])).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([204, 403]);
  });
});
