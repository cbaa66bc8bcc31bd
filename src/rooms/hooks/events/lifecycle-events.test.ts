import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { documentedKeys } from '../../../../test/support/documented-events.ts';
import { EventWitness, type WitnessedEvent } from '../../../../test/support/event-witness.ts';
import { type Person, startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import type { NamespaceId } from '../../../kit/ids.ts';

const PASSWORD = 'correct horse battery';
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

let app: TestApp;
let witness: EventWitness;
let root: Person;
let ada: Person;
let ben: Person;
let count = 0;

beforeAll(async () => {
  app = await startTestApp();
  witness = new EventWitness(app);
  root = await app.root();
  await witness.listen({ kind: 'system' }, []);
  ada = await app.addPerson('ada');
  ben = await app.addPerson('ben', { name: 'Ben' });
});
afterAll(() => app.close());
beforeEach(async () => {
  await witness.take();
});

type Form = Readonly<Record<string, string>>;
const call = (method: string, path: string, as: Person, form: Form = {}) => app.http(method, path, { as, form });
const newName = (): string => {
  count += 1;
  return `thing-${count}`;
};
const addGroup = async (form: Form = {}): Promise<number> => {
  const path = newName();
  return (await call('POST', '/groups', ada, { name: path, path, ...form })).must(201).number('id');
};
const addProject = async (form: Form = {}): Promise<number> =>
  (await call('POST', '/projects', ada, { name: newName(), ...form })).must(201).number('id');

/** The one event of that name, with exactly the documented fields and dates in their form. */
const one = async (name: string): Promise<WitnessedEvent> => {
  const event = await witness.takeOne(name);
  expect(event.keys).toEqual(documentedKeys(name));
  expect(event.trigger).toBeNull();
  expect(event.payload.at('event_name')).toBe(name);
  expect([event.payload.string('created_at'), event.payload.string('updated_at')]).toEqual([
    expect.stringMatching(ISO),
    expect.stringMatching(ISO),
  ]);
  return event;
};

describe('projects', () => {
  it('of a user: project_create, project_update, project_rename, project_destroy', async () => {
    const id = await addProject({ path: 'first', name: 'First' });
    const { payload } = await one('project_create');
    expect(payload.body).toMatchObject({
      name: 'First',
      path: 'first',
      path_with_namespace: 'ada/first',
      project_id: id,
      owners: [{ name: "ada's name", email: '[REDACTED]' }],
      owner_name: "ada's name",
      owner_email: '[REDACTED]',
      project_visibility: 'private',
    });
    (await call('PUT', `/projects/${id}`, ada, { description: 'New' })).must(200);
    await one('project_update');
    (await call('POST', `/projects/${id}/archive`, ada)).must(201);
    await one('project_update');
    (await call('POST', `/projects/${id}/unarchive`, ada)).must(201);
    await witness.take();
    (await call('PUT', `/projects/${id}`, ada, { path: 'second' })).must(200);
    expect((await one('project_rename')).payload.body).toMatchObject({
      path_with_namespace: 'ada/second',
      old_path_with_namespace: 'ada/first',
    });
    (await call('DELETE', `/projects/${id}`, ada)).must(202);
    expect((await one('project_destroy')).payload.body).toMatchObject({
      path_with_namespace: 'ada/second',
      owners: [{ name: "ada's name" }],
    });
  });

  it('of a group: its owners, its name; project_transfer', async () => {
    const group = await addGroup({ name: 'The group', path: 'the-group' });
    const id = await addProject({ path: 'inside', namespace_id: String(group) });
    expect((await one('project_create')).payload.body).toMatchObject({
      project_namespace_id: group,
      owners: [{ name: "ada's name", email: '[REDACTED]' }],
      owner_name: 'The group',
      owner_email: '',
    });
    (await call('PUT', `/projects/${id}/transfer`, ada, { namespace: 'ada' })).must(200);
    expect((await one('project_transfer')).payload.body).toMatchObject({
      path_with_namespace: 'ada/inside',
      old_path_with_namespace: 'the-group/inside',
    });
  });

  it('show the addresses that their owners show', async () => {
    const shown = await app.addPerson('shown');
    (await call('PUT', `/users/${shown.user.id}`, root, { public_email: 'shown@example.com' })).must(200);
    await witness.take();
    (await call('POST', '/projects', shown, { name: 'open' })).must(201);
    expect((await one('project_create')).payload.body).toMatchObject({
      owners: [{ email: 'shown@example.com' }],
      owner_email: 'shown@example.com',
    });
  });
});

describe('groups', () => {
  it('group_create, group_update, group_rename, group_destroy', async () => {
    const id = await addGroup({ name: 'Old', path: 'old' });
    expect((await one('group_create')).payload.body).toMatchObject({
      name: 'Old',
      path: 'old',
      full_path: 'old',
      group_id: id,
    });
    (await call('PUT', `/groups/${id}`, ada, { description: 'New' })).must(200);
    await one('group_update');
    (await call('PUT', `/groups/${id}`, ada, { path: 'new', name: 'New' })).must(200);
    expect((await one('group_rename')).payload.body).toMatchObject({
      path: 'new',
      old_path: 'old',
      old_full_path: 'old',
    });
    (await call('DELETE', `/groups/${id}`, ada)).must(202);
    expect((await one('group_destroy')).payload.body).toMatchObject({ name: 'New', full_path: 'new', group_id: id });
  });

  it('tell the hooks of groups above of subgroups, projects and members', async () => {
    const above = await addGroup();
    const place = { kind: 'group', groupId: above as NamespaceId } as const;
    await witness.listen(place, ['subgroup_events', 'project_events', 'member_events']);
    await witness.take();
    const below = await addGroup({ parent_id: String(above), path: 'below' });
    const project = await addProject({ namespace_id: String(below) });
    (await call('POST', `/groups/${below}/members`, ada, { user_id: String(ben.user.id), access_level: '30' })).must(
      201,
    );
    (
      await call('POST', `/projects/${project}/members`, ada, { user_id: String(ben.user.id), access_level: '40' })
    ).must(201);
    (await call('DELETE', `/projects/${project}`, ada)).must(202);
    (await call('DELETE', `/groups/${below}`, ada)).must(202);
    const heard = (await witness.take()).filter(({ trigger }) => trigger !== null);
    expect(heard.map(({ name, trigger }) => [name, trigger])).toEqual([
      ['subgroup_create', 'subgroup_events'],
      ['user_add_to_group', 'member_events'],
      ['project_create', 'project_events'],
      ['user_add_to_group', 'member_events'],
      ['project_destroy', 'project_events'],
      ['user_remove_from_group', 'member_events'],
      ['user_remove_from_group', 'member_events'],
      ['subgroup_destroy', 'subgroup_events'],
    ]);
    expect(heard[0]?.payload.body).toMatchObject({ full_path: expect.any(String), parent_group_id: above });
    expect(heard[2]?.keys).toEqual(
      documentedKeys('project_create').filter((key) => key !== 'owner_name' && key !== 'owner_email'),
    );
  });
});

describe('users', () => {
  it('user_create, user_rename, user_failed_login, user_destroy with the real address', async () => {
    const form = { email: 'new@example.com', name: 'New', username: 'newcomer', password: PASSWORD };
    const id = (await call('POST', '/users', root, form)).must(201).number('id');
    const person = { name: 'New', email: 'new@example.com', user_id: id };
    expect((await one('user_create')).payload.body).toMatchObject({ ...person, username: 'newcomer' });
    (await call('PUT', `/users/${id}`, root, { username: 'renamed' })).must(200);
    expect((await one('user_rename')).payload.body).toMatchObject({
      ...person,
      username: 'renamed',
      old_username: 'newcomer',
    });
    (await call('POST', `/users/${id}/block`, root)).must(201);
    (await app.http('POST', '/-/sign_in', { json: { login: 'renamed', password: PASSWORD } })).must(403);
    expect((await one('user_failed_login')).payload.body).toMatchObject({ ...person, state: 'blocked' });
    (await call('DELETE', `/users/${id}`, root)).must(204);
    expect((await one('user_destroy')).payload.body).toMatchObject({ ...person, username: 'renamed' });
  });

  it('key_create and key_destroy', async () => {
    const parts = [[0, 0, 0, 11], Buffer.from('ssh-ed25519'), [0, 0, 0, 32], Buffer.alloc(32, 7)];
    const key = `ssh-ed25519 ${Buffer.concat(parts.map((part) => Buffer.from(part))).toString('base64')}`;
    const id = (await call('POST', '/user/keys', ada, { title: 'laptop', key })).must(201).number('id');
    expect((await one('key_create')).payload.body).toMatchObject({ id, username: 'ada', key });
    (await call('DELETE', `/user/keys/${id}`, ada)).must(204);
    expect((await one('key_destroy')).payload.body).toMatchObject({ id, username: 'ada', key });
  });
});

describe('members', () => {
  const ofBen = () => ({ user_username: 'ben', user_name: 'Ben', user_email: '[REDACTED]', user_id: ben.user.id });

  it('user_add_to_team, user_update_for_team, user_remove_from_team', async () => {
    const id = await addProject({ path: 'crew', name: 'Crew' });
    await witness.take();
    const members = `/projects/${id}/members`;
    const project = {
      project_name: 'Crew',
      project_path: 'crew',
      project_path_with_namespace: 'ada/crew',
      project_id: id,
      project_visibility: 'private',
      ...ofBen(),
    };
    (await call('POST', members, ada, { user_id: String(ben.user.id), access_level: '30' })).must(201);
    expect((await one('user_add_to_team')).payload.body).toMatchObject({ ...project, access_level: 'Developer' });
    app.clock.advance(60);
    (await call('PUT', `${members}/${ben.user.id}`, ada, { access_level: '40' })).must(200);
    const { payload } = await one('user_update_for_team');
    expect(payload.body).toMatchObject({ ...project, access_level: 'Maintainer' });
    expect(Date.parse(payload.string('updated_at')) - Date.parse(payload.string('created_at'))).toBe(60_000);
    (await call('DELETE', `${members}/${ben.user.id}`, ada)).must(204);
    expect((await one('user_remove_from_team')).payload.body).toMatchObject({ ...project, access_level: 'Maintainer' });
  });

  it('user_add_to_group, user_update_for_group, user_remove_from_group', async () => {
    const id = await addGroup({ name: 'Team', path: 'team' });
    await witness.take();
    const members = `/groups/${id}/members`;
    const group = { group_name: 'Team', group_path: 'team', group_id: id, group_plan: null, ...ofBen() };
    (await call('POST', members, ada, { user_id: String(ben.user.id), access_level: '20' })).must(201);
    expect((await one('user_add_to_group')).payload.body).toMatchObject({
      ...group,
      group_access: 'Reporter',
      expires_at: null,
    });
    (await call('PUT', `${members}/${ben.user.id}`, ada, { access_level: '30', expires_at: '2099-01-02' })).must(200);
    const changed = { ...group, group_access: 'Developer', expires_at: '2099-01-02T00:00:00Z' };
    expect((await one('user_update_for_group')).payload.body).toMatchObject(changed);
    (await call('DELETE', `${members}/${ben.user.id}`, ada)).must(204);
    expect((await one('user_remove_from_group')).payload.body).toMatchObject(changed);
  });
});
