import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';

let app: TestApp;
let developer: Person;
let maintainer: Person;
let project: TestProject;

beforeAll(async () => {
  app = await startTestApp();
  developer = await app.addPerson('developer');
  maintainer = await app.addPerson('maintainer');
  project = await app.addProject('test: {script: [make]}');
  await project.addMember(developer, 30);
  await project.addMember(maintainer, 40);
});
afterAll(() => app.close());

const protect = (json: object, as = maintainer) => project.call('POST', '/protected_tags', { as, json });

describe('protected tags', () => {
  it('are added, read, and taken away', async () => {
    const added = await protect({ name: 'v*' });
    expect(added.outcome).toEqual([
      201,
      {
        name: 'v*',
        create_access_levels: [
          {
            id: expect.any(Number),
            access_level: 40,
            access_level_description: 'Maintainers',
            deploy_key_id: null,
            user_id: null,
            group_id: null,
          },
        ],
      },
    ]);
    expect((await protect({ name: 'v*' })).outcome).toEqual([422, { message: ['Name has already been taken'] }]);
    expect((await project.call('GET', '/protected_tags/v*', { as: maintainer })).body).toEqual(added.body);
    expect((await project.call('GET', '/protected_tags', { as: maintainer })).body).toEqual([added.body]);
    expect((await project.call('DELETE', '/protected_tags/v*')).status).toBe(204);
    expect((await project.call('DELETE', '/protected_tags/v*')).outcome).toEqual([404, { message: '404 Not found' }]);
    expect((await project.call('GET', '/protected_tags/v*')).outcome).toEqual([404, { message: '404 Not found' }]);
  });

  it.each([
    [{}, [400, { error: 'name is missing' }]],
    [{ name: ' ' }, [422, { message: ["Name can't be blank"] }]],
    [{ name: 'x', create_access_level: 20 }, [400, { error: 'create_access_level does not have a valid value' }]],
    [{ name: 'x', create_access_level: 'high' }, [400, { error: 'create_access_level is invalid' }]],
  ])('refuse %j', async (json, outcome) => {
    expect((await protect(json)).outcome).toEqual(outcome);
  });

  it('are for maintainers', async () => {
    expect((await protect({ name: 'x' }, developer)).status).toBe(403);
    expect((await project.call('GET', '/protected_tags', { as: developer })).status).toBe(403);
    expect((await project.anonymously('GET', '/protected_tags')).status).toBe(401);
  });

  it('decide who makes a tag, and who starts its pipeline', async () => {
    (await protect({ name: 'release/*', create_access_level: 40 })).must(201);
    const form = { tag_name: 'release/1', ref: 'main' };
    const make = (as: Person) => project.call('POST', '/repository/tags', { as, form });
    expect((await make(developer)).status).toBeGreaterThanOrEqual(400);
    expect(await project.tagTarget('release/1')).toBeUndefined();
    expect((await make(maintainer)).status).toBe(201);
    const run = (as: Person) => project.call('POST', '/pipeline', { as, json: { ref: 'release/1' } });
    expect((await run(developer)).status).toBe(400);
    expect((await run(maintainer)).status).toBe(201);
    expect((await project.call('DELETE', '/repository/tags/release%2F1', { as: developer })).status).toBe(403);
    expect((await project.call('DELETE', '/protected_tags/release%2F*')).status).toBe(204);
    expect((await run(developer)).status).toBe(201);
  });

  it('of nobody keep maintainers out, too', async () => {
    (await protect({ name: 'frozen', create_access_level: 0 })).must(201);
    const form = { tag_name: 'frozen', ref: 'main' };
    expect((await project.call('POST', '/repository/tags', { form })).status).toBeGreaterThanOrEqual(400);
    expect(await project.tagTarget('frozen')).toBeUndefined();
  });
});
