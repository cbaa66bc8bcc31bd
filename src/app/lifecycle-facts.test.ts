import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FactRecord } from '../../test/support/fact-record.ts';
import { type Person, startTestApp, type TestApp } from '../../test/support/test-app.ts';
import type { Subscriber } from '../events/index.ts';
import { findUserById } from '../rooms/accounts/index.ts';
import { findGroupById } from '../rooms/groups/index.ts';
import { findProjectById } from '../rooms/projects/index.ts';

const PASSWORD = 'correct horse battery';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI';

const record = new FactRecord();
/** What subscribers can still read of what is being destroyed. */
const lastSeen: string[] = [];
const reader: Subscriber = async (tx, facts) => {
  for (const fact of facts) {
    if (fact.type === 'user_destroyed') lastSeen.push((await findUserById(tx, fact.userId))?.username ?? 'gone');
    if (fact.type === 'group_destroyed') lastSeen.push((await findGroupById(tx, fact.groupId))?.fullPath ?? 'gone');
    if (fact.type === 'project_destroyed')
      lastSeen.push((await findProjectById(tx, fact.projectId))?.fullPath ?? 'gone');
  }
};

let app: TestApp;
let root: Person;
let count = 0;

beforeAll(async () => {
  app = await startTestApp({ subscribers: [record.subscriber, reader] });
  await record.open(app.db);
  root = await app.root();
});
afterAll(() => app.close());
beforeEach(async () => {
  await record.take();
  lastSeen.length = 0;
});

const person = async (options: Parameters<TestApp['addPerson']>[1] = {}): Promise<Person> => {
  count += 1;
  return app.addPerson(`person-${count}`, options);
};
const group = async (owner: Person, form: Readonly<Record<string, string>> = {}): Promise<number> => {
  count += 1;
  const made = await app.http('POST', '/groups', {
    as: owner,
    form: { name: `g${count}`, path: `g${count}`, ...form },
  });
  return made.must(201).number('id');
};
const project = async (owner: Person, form: Readonly<Record<string, string>> = {}): Promise<number> => {
  count += 1;
  return (await app.http('POST', '/projects', { as: owner, form: { name: `p${count}`, ...form } }))
    .must(201)
    .number('id');
};
const key = (number: number): string =>
  `ssh-ed25519 ${Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from('ssh-ed25519'),
    Buffer.from([0, 0, 0, 32]),
    Buffer.alloc(32, number),
  ]).toString('base64')}`;
const inProject = (id: number) => ({ kind: 'project', id });
const inGroup = (id: number) => ({ kind: 'group', id });

describe('users', () => {
  const form = { email: 'new@example.com', name: 'New', username: 'newcomer', password: PASSWORD };

  it('are created, renamed and destroyed', async () => {
    const made = (await app.http('POST', '/users', { as: root, form })).must(201);
    const userId = made.number('id');
    expect(await record.take()).toEqual([{ type: 'user_created', userId }]);
    (await app.http('PUT', `/users/${userId}`, { as: root, form: { username: 'renamed', name: 'Other' } })).must(200);
    expect(await record.take()).toEqual([{ type: 'user_renamed', userId, oldUsername: 'newcomer' }]);
    (await app.http('PUT', `/users/${userId}`, { as: root, form: { name: 'Only the name' } })).must(200);
    expect(await record.take()).toEqual([]);
    (await app.http('DELETE', `/users/${userId}`, { as: root })).must(204);
    expect(await record.take()).toEqual([{ type: 'user_destroyed', userId }]);
    expect(lastSeen).toEqual(['renamed']);
    await app.tick('deleted users');
    expect(await record.take()).toEqual([]);
  });

  it('refused ones leave no fact', async () => {
    (await app.http('POST', '/users', { as: root, form: { ...form, username: 'root' } })).must(409);
    (await app.http('POST', '/users', { as: root, form: { ...form, username: 'n w' } })).must(400);
    (await app.http('POST', '/users', { as: await person(), form })).must(403);
    (await app.http('DELETE', '/users/999999', { as: root })).must(404);
    expect(await record.takeOf('user_destroyed')).toEqual([]);
    expect(await record.takeOf('user_created')).toEqual([]);
  });

  it('fail to sign in when they are blocked, and only with the right password', async () => {
    const blocked = await person({ password: PASSWORD });
    (await app.http('POST', `/users/${blocked.user.id}/block`, { as: root })).must(201);
    await record.take();
    const signIn = (password: string) =>
      app.http('POST', '/-/sign_in', { json: { login: blocked.user.username, password } });
    (await signIn('something else')).must(401);
    expect(await record.take()).toEqual([]);
    (await signIn(PASSWORD)).must(403);
    expect(await record.take()).toEqual([{ type: 'user_failed_login', userId: blocked.user.id }]);
  });

  it('take keys, memberships, projects and their own groups with them', async () => {
    const gone = await person();
    const other = await person();
    const [own, elsewhere] = [await project(gone), await project(other)];
    const alone = await group(gone);
    const below = await group(gone, { parent_id: String(alone) });
    const inside = await project(gone, { namespace_id: String(below) });
    const member = { user_id: String(gone.user.id), access_level: '30' };
    (await app.http('POST', `/projects/${elsewhere}/members`, { as: other, form: member })).must(201);
    const added = await app.http('POST', '/user/keys', { as: gone, form: { title: 'mine', key: key(1) } });
    const keyId = added.must(201).number('id');
    await record.take();
    (await app.http('DELETE', `/users/${gone.user.id}?hard_delete=true`, { as: root })).must(204);
    const userId = gone.user.id;
    const lost = { type: 'member_removed', userId, expiresAt: null };
    expect(await record.take()).toEqual([
      { type: 'project_destroyed', projectId: inside },
      { ...lost, place: inGroup(below), accessLevel: 50 },
      { type: 'group_destroyed', groupId: below },
      { ...lost, place: inGroup(alone), accessLevel: 50 },
      { type: 'group_destroyed', groupId: alone },
      { type: 'key_destroyed', keyId },
      { ...lost, place: inProject(own), accessLevel: 50 },
      { ...lost, place: inProject(elsewhere), accessLevel: 30 },
      { type: 'project_destroyed', projectId: own },
      { type: 'user_destroyed', userId },
    ]);
    expect(lastSeen).not.toContain('gone');
    expect(lastSeen.at(-1)).toBe(gone.user.username);
    app.clock.advance(120);
    await app.tick('deleted projects');
    await app.tick('deleted users');
    expect(await record.take()).toEqual([]);
  });
});

describe('keys', () => {
  it('are created and destroyed by their user and by an administrator', async () => {
    const ada = await person();
    await record.take();
    const paths = [
      ['/user/keys', ada],
      [`/users/${ada.user.id}/keys`, root],
    ] as const;
    for (const [path, as] of paths) {
      const made = (await app.http('POST', path, { as, form: { title: 'laptop', key: key(2) } })).must(201);
      const keyId = made.number('id');
      expect(await record.take()).toEqual([{ type: 'key_created', keyId }]);
      (await app.http('POST', path, { as, form: { title: 'again', key: key(2) } })).must(400);
      (await app.http('POST', path, { as, form: { title: 'broken', key: KEY } })).must(400);
      expect(await record.take()).toEqual([]);
      (await app.http('DELETE', `${path}/${keyId}`, { as })).must(204);
      expect(await record.take()).toEqual([{ type: 'key_destroyed', keyId }]);
      (await app.http('DELETE', `${path}/${keyId}`, { as })).must(404);
      expect(await record.take()).toEqual([]);
    }
  });
});

describe('projects', () => {
  it('in a namespace of one’s own come with their owner', async () => {
    const ada = await person();
    await record.take();
    const projectId = await project(ada);
    expect(await record.take()).toEqual([
      { type: 'project_created', projectId },
      { type: 'member_added', place: inProject(projectId), userId: ada.user.id, accessLevel: 50, expiresAt: null },
    ]);
    (await app.http('DELETE', `/projects/${projectId}`, { as: ada })).must(202);
    expect((await record.take()).map((fact) => fact.type)).toEqual(['member_removed', 'project_destroyed']);
    expect(lastSeen).toEqual([`${ada.user.username}/p${count}`]);
    (await app.http('DELETE', `/projects/${projectId}`, { as: ada })).must(404);
    app.clock.advance(120);
    await app.tick('deleted projects');
    expect(await record.take()).toEqual([]);
  });

  it('in a group come without one', async () => {
    const ada = await person();
    const within = await group(ada);
    await record.take();
    const projectId = await project(ada, { namespace_id: String(within) });
    expect(await record.take()).toEqual([{ type: 'project_created', projectId }]);
  });

  it('are updated by what really changes, archiving too', async () => {
    const ada = await person();
    const projectId = await project(ada);
    await record.take();
    const updated = [{ type: 'project_updated', projectId }];
    const put = async (form: Readonly<Record<string, string>>) =>
      (await app.http('PUT', `/projects/${projectId}`, { as: ada, form })).must(200);
    await put({ description: 'New' });
    expect(await record.take()).toEqual(updated);
    await put({ description: 'New', visibility: 'private' });
    expect(await record.take()).toEqual([]);
    // As GitLab: only a new path is a renaming.
    await put({ name: 'A new name' });
    expect(await record.take()).toEqual(updated);
    for (const verb of ['archive', 'unarchive']) {
      (await app.http('POST', `/projects/${projectId}/${verb}`, { as: ada })).must(201);
      expect(await record.take()).toEqual(updated);
    }
    const settings = { enforce_ci_inbound_job_token_scope_enabled: 'false' };
    (await app.http('PUT', '/application/settings', { as: root, form: settings })).must(200);
    const scope = { as: ada, json: { enabled: false } };
    (await app.http('PATCH', `/projects/${projectId}/job_token_scope`, scope)).must(204);
    expect(await record.take()).toEqual(updated);
    (await app.http('PUT', `/projects/${projectId}`, { as: ada, form: { visibility: 'secret' } })).must(400);
    expect(await record.take()).toEqual([]);
  });

  it('are renamed by their path, and not by their namespace’s', async () => {
    const ada = await person();
    const projectId = await project(ada);
    const old = `${ada.user.username}/p${count}`;
    await record.take();
    const form = { path: `moved-${count}`, name: 'Moved', description: 'Too' };
    (await app.http('PUT', `/projects/${projectId}`, { as: ada, form })).must(200);
    expect(await record.take()).toEqual([{ type: 'project_renamed', projectId, oldPathWithNamespace: old }]);
    (await app.http('PUT', `/users/${ada.user.id}`, { as: root, form: { username: `else-${count}` } })).must(200);
    expect((await record.take()).map((fact) => fact.type)).toEqual(['user_renamed']);
  });

  it('are transferred, and a personal namespace makes its user the owner', async () => {
    const ada = await person();
    const within = await group(ada);
    const projectId = await project(ada, { namespace_id: String(within) });
    const old = (await app.http('GET', `/projects/${projectId}`, { as: ada })).string('path_with_namespace');
    await record.take();
    const to = (namespace: string) =>
      app.http('PUT', `/projects/${projectId}/transfer`, { as: ada, form: { namespace } });
    (await to(String(within))).must(400);
    expect(await record.take()).toEqual([]);
    (await to(ada.user.username)).must(200);
    expect(await record.take()).toEqual([
      { type: 'project_transferred', projectId, oldPathWithNamespace: old },
      { type: 'member_added', place: inProject(projectId), userId: ada.user.id, accessLevel: 50, expiresAt: null },
    ]);
  });
});

describe('groups', () => {
  it('are created with their owner, updated, renamed, destroyed with what is in them', async () => {
    const ada = await person();
    await record.take();
    const groupId = await group(ada);
    const path = `g${count}`;
    const owner = { userId: ada.user.id, accessLevel: 50, expiresAt: null };
    expect(await record.take()).toEqual([
      { type: 'group_created', groupId },
      { type: 'member_added', place: inGroup(groupId), ...owner },
    ]);
    const put = async (form: Readonly<Record<string, string>>) =>
      (await app.http('PUT', `/groups/${groupId}`, { as: ada, form })).must(200);
    await put({ description: 'New' });
    expect(await record.take()).toEqual([{ type: 'group_updated', groupId }]);
    await put({ description: 'New' });
    expect(await record.take()).toEqual([]);
    await put({ path: `${path}-new`, name: 'New' });
    expect(await record.take()).toEqual([{ type: 'group_renamed', groupId, oldPath: path, oldFullPath: path }]);
    const below = await group(ada, { parent_id: String(groupId) });
    const projectId = await project(ada, { namespace_id: String(below) });
    await record.take();
    (await app.http('DELETE', `/groups/${groupId}`, { as: ada })).must(202);
    expect(await record.take()).toEqual([
      { type: 'project_destroyed', projectId },
      { type: 'member_removed', place: inGroup(below), ...owner },
      { type: 'group_destroyed', groupId: below },
      { type: 'member_removed', place: inGroup(groupId), ...owner },
      { type: 'group_destroyed', groupId },
    ]);
    expect(lastSeen.every((seen) => seen.startsWith(`${path}-new`) && !seen.includes('~'))).toBe(true);
    expect(lastSeen).toHaveLength(3);
  });

  it('are moved without a word, and refused ones leave no fact', async () => {
    const ada = await person();
    const [above, groupId] = [await group(ada), await group(ada)];
    await project(ada, { namespace_id: String(groupId) });
    await record.take();
    const transfer = await app.http('POST', `/groups/${groupId}/transfer`, {
      as: ada,
      form: { group_id: String(above) },
    });
    transfer.must(201);
    (await app.http('POST', '/groups', { as: ada, form: { name: 'x', path: 'not a path' } })).must(400);
    (await app.http('PUT', `/groups/${groupId}`, { as: ada, form: { path: 'not a path' } })).must(400);
    (await app.http('DELETE', `/groups/${groupId}`, { as: await person() })).must(404);
    expect((await record.take()).filter((fact) => fact.type !== 'user_created')).toEqual([]);
  });
});

describe('members', () => {
  it('are added, updated and removed, in projects and groups', async () => {
    const [ada, ben] = [await person(), await person()];
    const [projectId, groupId] = [await project(ada), await group(ada)];
    await record.take();
    const userId = ben.user.id;
    for (const place of [inProject(projectId), inGroup(groupId)]) {
      const path = `/${place.kind}s/${place.id}/members`;
      const form = { user_id: String(userId), access_level: '30' };
      (await app.http('POST', path, { as: ada, form })).must(201);
      expect(await record.take()).toEqual([{ type: 'member_added', place, userId, accessLevel: 30, expiresAt: null }]);
      (await app.http('POST', path, { as: ada, form })).must(409);
      (await app.http('POST', path, { as: ada, form: { ...form, access_level: '31' } })).must(400);
      const put = async (wanted: Readonly<Record<string, string>>) =>
        (await app.http('PUT', `${path}/${userId}`, { as: ada, form: wanted })).must(200);
      await put({ access_level: '30' });
      expect(await record.take()).toEqual([]);
      await put({ access_level: '40', expires_at: '2099-01-02' });
      const member = { place, userId, accessLevel: 40, expiresAt: '2099-01-02' };
      expect(await record.take()).toEqual([{ type: 'member_updated', ...member }]);
      (await app.http('DELETE', `${path}/${ada.user.id}`, { as: ben })).must(403);
      expect(await record.take()).toEqual([]);
      (await app.http('DELETE', `${path}/${userId}`, { as: ada })).must(204);
      expect(await record.take()).toEqual([{ type: 'member_removed', ...member }]);
    }
  });

  it('who leave a group leave what is below it', async () => {
    const [ada, ben] = [await person(), await person()];
    const above = await group(ada);
    const below = await group(ada, { parent_id: String(above) });
    const projectId = await project(ada, { namespace_id: String(below) });
    const form = { user_id: String(ben.user.id), access_level: '30' };
    for (const place of [inGroup(above), inGroup(below), inProject(projectId)]) {
      (await app.http('POST', `/${place.kind}s/${place.id}/members`, { as: ada, form })).must(201);
    }
    await record.take();
    (await app.http('DELETE', `/groups/${above}/members/${ben.user.id}`, { as: ada })).must(204);
    expect((await record.takeOf('member_removed')).map((fact) => fact.place)).toEqual([
      inGroup(above),
      inGroup(below),
      inProject(projectId),
    ]);
  });

  it('are removed when their time is over, once', async () => {
    const [ada, ben] = [await person(), await person()];
    const projectId = await project(ada);
    const day = 86_400;
    const expiresAt = new Date(app.clock.now().getTime() + 2 * day * 1000).toISOString().slice(0, 10);
    const form = { user_id: String(ben.user.id), access_level: '20', expires_at: expiresAt };
    (await app.http('POST', `/projects/${projectId}/members`, { as: ada, form })).must(201);
    await record.take();
    await app.tick('expired memberships');
    expect(await record.take()).toEqual([]);
    app.clock.advance(3 * day);
    await app.tick('expired memberships');
    const userId = ben.user.id;
    expect(await record.take()).toEqual([
      { type: 'member_removed', place: inProject(projectId), userId, accessLevel: 20, expiresAt },
    ]);
    await app.tick('expired memberships');
    expect(await record.take()).toEqual([]);
  });

  it('that are bots of access tokens come, and go with their home or when they are long idle', async () => {
    const ada = await person();
    const [projectId, groupId] = [await project(ada), await group(ada)];
    for (const place of [inProject(projectId), inGroup(groupId)]) {
      await record.take();
      const form = { name: 'robot', scopes: 'api', access_level: '30' };
      const path = `/${place.kind}s/${place.id}/access_tokens`;
      const made = (await app.http('POST', path, { as: ada, form })).must(201);
      const userId = made.number('user_id');
      const member = { place, userId, accessLevel: 30, expiresAt: null };
      expect(await record.take()).toEqual([
        { type: 'user_created', userId },
        { type: 'member_added', ...member },
      ]);
      const second = (await app.http('POST', path, { as: ada, form })).must(201);
      (await app.http('DELETE', `${path}/${second.number('id')}`, { as: ada })).must(204);
      app.clock.advance(31 * 86_400);
      await record.take();
      await app.tick('bots');
      expect(await record.take()).toEqual([
        { type: 'member_removed', ...member, userId: second.number('user_id') },
        { type: 'user_destroyed', userId: second.number('user_id') },
      ]);
      (await app.http('DELETE', `/${place.kind}s/${place.id}`, { as: ada })).must(202);
      expect((await record.take()).slice(0, 2)).toEqual([
        { type: 'member_removed', ...member },
        { type: 'user_destroyed', userId },
      ]);
    }
  });
});
