import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import type { Project } from './project.ts';

let rooms: RoomServer;
let owner: Person;
let developer: Person;
let project: Project;

beforeAll(async () => {
  rooms = await startRoomServer();
  owner = await rooms.addPerson('owner');
  developer = await rooms.addPerson('developer');
  project = await rooms.addProject(owner.user, { name: 'guarded' });
  await rooms.addMember(project, developer, 30);
});
afterAll(() => rooms.close());

const branches = (path = '') => `/projects/${project.id}/protected_branches${path}`;

describe('protected branches', () => {
  it('are added, read, changed and taken away', async () => {
    const as = owner.token;
    const json = { name: 'release/*', push_access_level: 0, merge_access_level: 30 };
    const added = await rooms.call('POST', branches(), { as, json });
    expect(added).toMatchObject({
      status: 201,
      body: {
        name: 'release/*',
        push_access_levels: [{ access_level: 0, access_level_description: 'No one' }],
        merge_access_levels: [{ access_level: 30, access_level_description: 'Developers + Maintainers' }],
        allow_force_push: false,
      },
    });
    expect(await rooms.call('POST', branches(), { as, json })).toMatchObject({
      status: 409,
      body: { message: "Protected branch 'release/*' already exists" },
    });
    const one = branches('/release%2F*');
    expect((await rooms.call('GET', one, { as })).body).toEqual(added.body);
    expect(
      await rooms.call('PATCH', one, { as, json: { allow_force_push: true, push_access_level: 40 } }),
    ).toMatchObject({
      status: 200,
      body: {
        allow_force_push: true,
        push_access_levels: [{ access_level: 40 }],
        merge_access_levels: [{ access_level: 30 }],
      },
    });
    const names = (await rooms.call('GET', branches(), { as })).body as { name: string }[];
    expect(names.map(({ name }) => name)).toEqual(['main', 'release/*']);
    expect((await rooms.call('DELETE', one, { as })).status).toBe(204);
    expect(await rooms.call('DELETE', one, { as })).toMatchObject({ status: 404, body: { message: '404 Not Found' } });
    expect(await rooms.call('GET', one, { as })).toMatchObject({ status: 404, body: { message: '404 Not Found' } });
  });

  it('refuse what is no level, a missing name, and anybody below maintainer', async () => {
    const post = (json: unknown, as?: string) => rooms.call('POST', branches(), { as, json });
    expect(await post({ name: 'x', push_access_level: 20 }, owner.token)).toMatchObject({
      status: 400,
      body: { message: { 'push_access_levels.access_level': ['is not included in the list'] } },
    });
    expect(await post({}, owner.token)).toMatchObject({
      status: 400,
      body: { error: 'name is missing, name is empty' },
    });
    expect(await post({ name: 'x' }, developer.token)).toMatchObject({ status: 403 });
    expect(await post({ name: 'x' })).toMatchObject({ status: 401 });
  });
});
