import { Gitlab } from '@gitbeaker/rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../support/room-server.ts';

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

describe('@gitbeaker/rest', () => {
  it('makes a group with a subgroup, a project, members and variables, reads them back, moves and deletes them', async () => {
    const api = new Gitlab({ host: rooms.url, token: ada.token });
    const top = await api.Groups.create('Acme', 'acme', { visibility: 'internal' });
    const below = await api.Groups.create('Tools', 'tools', { parentId: top.id });
    expect((await api.Groups.allSubgroups(top.id)).map(({ full_path }) => full_path)).toEqual(['acme/tools']);
    expect((await api.Groups.allDescendantGroups('acme', {})).map(({ id }) => id)).toEqual([below.id]);
    expect(await api.Groups.show('acme/tools')).toMatchObject({ id: below.id, full_name: 'Acme / Tools' });
    expect((await api.Groups.all({ search: 'acme' })).map(({ id }) => id)).toEqual([top.id]);
    expect((await api.Namespaces.all()).map(({ full_path }) => full_path)).toEqual(['ada', 'acme', 'acme/tools']);

    const project = await api.Projects.create({ name: 'Press', path: 'press', namespaceId: below.id });
    expect(project.path_with_namespace).toBe('acme/tools/press');
    const listed = await api.Groups.allProjects(top.id, { includeSubgroups: true });
    expect(listed.map(({ id }) => id)).toEqual([project.id]);

    await api.GroupMembers.add(top.id, 30, { userId: ben.user.id });
    await api.GroupMembers.edit(top.id, ben.user.id, 40);
    const members = await api.ProjectMembers.all(project.id, { includeInherited: true });
    expect(members.map(({ username, access_level }) => [username, access_level])).toEqual([
      ['ada', 50],
      ['ben', 40],
    ]);
    expect(await api.GroupMembers.show(below.id, ben.user.id, { includeInherited: true })).toMatchObject({
      access_level: 40,
    });
    await api.GroupMembers.remove(top.id, ben.user.id);

    await api.GroupVariables.create(top.id, 'REGION', 'north', { protected: true });
    await api.GroupVariables.edit(top.id, 'REGION', 'south');
    expect(await api.GroupVariables.show(top.id, 'REGION')).toMatchObject({ value: 'south', protected: true });
    await api.GroupVariables.remove(top.id, 'REGION');
    expect(await api.GroupVariables.all(top.id)).toEqual([]);

    const admin = new Gitlab({ host: rooms.url, token: root.token });
    await admin.InstanceLevelCICDVariables.create('WORLD', 'wide');
    expect(await admin.InstanceLevelCICDVariables.all()).toMatchObject([{ key: 'WORLD', value: 'wide' }]);
    await admin.InstanceLevelCICDVariables.remove('WORLD');

    expect(await api.Projects.transfer(project.id, top.id)).toMatchObject({ path_with_namespace: 'acme/press' });
    // The client follows the way from the old path.
    expect(await api.Projects.show('acme/tools/press')).toMatchObject({ id: project.id });
    await api.Groups.edit(top.id, { path: 'acme-corp' });
    expect(await api.Projects.show('acme/press')).toMatchObject({ path_with_namespace: 'acme-corp/press' });

    await api.Groups.remove(top.id);
    await expect(api.Projects.show(project.id)).rejects.toThrow('404 Project Not Found');
    await expect(api.Groups.show(below.id)).rejects.toThrow('404 Group Not Found');
  });
});
