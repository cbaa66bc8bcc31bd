import { Gitlab } from '@gitbeaker/rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../support/room-server.ts';

let rooms: RoomServer;
let ada: Person;
let ben: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  ada = await rooms.addPerson('ada');
  ben = await rooms.addPerson('ben');
});
afterAll(() => rooms.close());

describe('@gitbeaker/rest', () => {
  it('makes a project with members, variables, a protected branch and a trigger token, and reads them back', async () => {
    const api = new Gitlab({ host: rooms.url, token: ada.token });
    expect(await api.Users.showCurrentUser()).toMatchObject({ username: 'ada' });
    expect((await api.Metadata.show()).version).toBe('19.4.0-penstock');
    const project = await api.Projects.create({
      name: 'Made by gitbeaker',
      visibility: 'internal',
      ciConfigPath: 'ci.yml',
    });
    expect(await api.Projects.show('ada/made-by-gitbeaker')).toMatchObject({
      id: project.id,
      ci_config_path: 'ci.yml',
      visibility: 'internal',
    });
    expect(await api.Projects.edit(project.id, { buildTimeout: 1200 })).toMatchObject({ build_timeout: 1200 });

    await api.ProjectMembers.add(project.id, 30, { userId: ben.user.id });
    const members = await api.ProjectMembers.all(project.id, { includeInherited: true });
    expect(members.map(({ username, access_level }) => [username, access_level])).toEqual([
      ['ada', 50],
      ['ben', 30],
    ]);

    await api.ProjectVariables.create(project.id, 'KEY', 'one');
    await api.ProjectVariables.create(project.id, 'KEY', 'two', { environmentScope: 'production' });
    const filter = { environment_scope: 'production' };
    expect(await api.ProjectVariables.show(project.id, 'KEY', { filter })).toMatchObject({ value: 'two' });
    await api.ProjectVariables.edit(project.id, 'KEY', 'three', { filter });
    expect((await api.ProjectVariables.all(project.id)).map(({ value }) => value)).toEqual(['one', 'three']);
    await api.ProjectVariables.remove(project.id, 'KEY', { filter });

    await api.ProtectedBranches.create(project.id, 'release/*', { pushAccessLevel: 0 });
    expect(await api.ProtectedBranches.show(project.id, 'release/*')).toMatchObject({ name: 'release/*' });

    const trigger = await api.PipelineTriggerTokens.create(project.id, 'by gitbeaker');
    expect(trigger.token).toMatch(/^glptt-/);
    expect(await api.PipelineTriggerTokens.all(project.id)).toMatchObject([
      { id: trigger.id, description: 'by gitbeaker' },
    ]);

    await api.Projects.remove(project.id);
    await expect(api.Projects.show(project.id)).rejects.toThrow('404 Project Not Found');
  });
});
