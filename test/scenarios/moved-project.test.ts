import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, temporaryFolder, tryGit } from '../support/git-client.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
let folder: string;

beforeAll(async () => {
  app = await startTestApp();
  folder = temporaryFolder('moved');
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a project whose group was renamed, and that was moved', () => {
  it('is cloned from and pushed to under its old paths; its jobs know the new one', async () => {
    const ada = await app.addPerson('ada');
    const json = (path: string, more: object = {}) => ({ as: ada, json: { name: path, path, ...more } });
    const top = (await app.http('POST', '/groups', json('first'))).must(201).number('id');
    const below = (await app.http('POST', '/groups', json('inner', { parent_id: top }))).must(201).number('id');
    const config = 'test:\n  script: make\n  variables: {WHERE: "$CI_PROJECT_PATH"}\n';
    const project = await app.addProject(config, {
      owner: ada,
      path: 'shop',
      settings: { namespace_id: String(below) },
    });
    expect(project.fullPath).toBe('first/inner/shop');

    const urlOf = (path: string) => `${app.url.replace('http://', `http://ada:${ada.token}@`)}/${path}.git`;
    const work = join(folder, 'work');
    mkdirSync(work);
    await git(work, 'clone', '-q', urlOf('first/inner/shop'), '.');
    (await app.http('PUT', `/groups/${top}`, { as: ada, json: { path: 'second' } })).must(200);
    (await app.http('PUT', `/projects/${project.id}/transfer`, { as: ada, json: { namespace: 'second' } })).must(200);

    await git(work, 'commit', '-q', '--allow-empty', '-m', 'After the move');
    await git(work, 'push', '-q', 'origin', 'HEAD:main');
    await app.settle();
    for (const old of ['first/inner/shop', 'second/inner/shop', 'second/shop']) {
      expect(await git(folder, 'ls-remote', urlOf(old), 'refs/heads/main')).toContain(
        await git(work, 'rev-parse', 'HEAD'),
      );
    }
    const stranger = await app.addPerson('stranger');
    const foreign = urlOf('first/inner/shop').replace(ada.token, stranger.token);
    expect((await tryGit(folder, ['ls-remote', foreign])).stderr).toContain('could not be found');

    const runner = await app.addRunner(project);
    const job = await runner.mustTake('test');
    const values = Object.fromEntries(job.payload.variables.map(({ key, value }) => [key, value]));
    expect(values).toMatchObject({
      CI_PROJECT_PATH: 'second/shop',
      CI_PROJECT_PATH_SLUG: 'second-shop',
      CI_PROJECT_NAMESPACE: 'second',
      CI_PROJECT_NAMESPACE_ID: String(top),
      CI_PROJECT_ROOT_NAMESPACE: 'second',
    });
  });

  it('has nested names in its jobs’ variables', async () => {
    const ada = await app.addPerson('nested');
    const make = async (path: string, more: object = {}) =>
      (await app.http('POST', '/groups', { as: ada, json: { name: path, path, ...more } })).must(201).number('id');
    const top = await make('Top-Group');
    const below = await make('Sub_Group', { parent_id: top });
    const project = await app.addProject('test: {script: make}', {
      owner: ada,
      path: 'deep',
      settings: { namespace_id: String(below) },
    });
    await project.run();
    const runner = await app.addRunner(project);
    const job = await runner.mustTake('test');
    const values = Object.fromEntries(job.payload.variables.map(({ key, value }) => [key, value]));
    expect(values).toMatchObject({
      CI_PROJECT_PATH: 'Top-Group/Sub_Group/deep',
      CI_PROJECT_NAMESPACE: 'Top-Group/Sub_Group',
      CI_PROJECT_NAMESPACE_SLUG: 'top-group-sub-group',
      CI_PROJECT_NAMESPACE_ID: String(below),
      CI_PROJECT_ROOT_NAMESPACE: 'Top-Group',
    });
  });

  it('goes with its group: rows and repositories are removed in the background, subgroups too', async () => {
    const ada = await app.addPerson('gone');
    const make = async (path: string, more: object = {}) =>
      (await app.http('POST', '/groups', { as: ada, json: { name: path, path, ...more } })).must(201).number('id');
    const top = await make('gone-top');
    const below = await make('sub', { parent_id: top });
    const project = await app.addProject('test: {script: make}', {
      owner: ada,
      path: 'p',
      settings: { namespace_id: String(below) },
    });
    (await app.http('DELETE', `/groups/${top}`, { as: ada })).must(202);
    app.clock.advance(61);
    await app.tick('deleted projects');
    const rows = async (table: 'projects' | 'namespaces', ids: readonly number[]) =>
      (await app.db.selectFrom(table).select('id').where('id', 'in', ids).execute()).length;
    expect([await rows('projects', [project.id]), await rows('namespaces', [top, below])]).toEqual([0, 0]);
  });
});
