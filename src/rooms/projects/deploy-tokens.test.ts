import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder, tryGit } from '../../../test/support/git-client.ts';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';

const CONFIG = 'test: {script: [make]}';

let app: TestApp;
let owner: Person;
let developer: Person;
let project: TestProject;
const folder = temporaryFolder('deploy-tokens');

beforeAll(async () => {
  app = await startTestApp();
  owner = await app.addPerson('owner');
  developer = await app.addPerson('developer');
  project = await app.addProject(CONFIG, { owner, path: 'private' });
  await project.addMember(developer, 30);
});
afterAll(() => app.close());

const make = (json: object, as = owner) =>
  project.call('POST', '/deploy_tokens', { as, json: { name: 'deploy', scopes: ['read_repository'], ...json } });

let clones = 0;
/** Clones the project; the exit code and what git said. */
const clone = (username: string, password: string, of = project) => {
  const remote = app.url.replace('://', `://${encodeURIComponent(username)}:${encodeURIComponent(password)}@`);
  clones += 1;
  return tryGit(folder, ['clone', '-q', `${remote}/${of.fullPath}.git`, join(folder, `clone-${clones}`)]);
};

describe('a deploy token', () => {
  it('is shown once, listed without its value, and deleted', async () => {
    const made = await make({ expires_at: '2027-01-01T12:00:00Z', scopes: ['read_repository', 'read_registry'] });
    expect(made.status).toBe(201);
    expect(made.string('token')).toMatch(/^gldt-[A-Za-z0-9_-]{20}$/);
    const { token: _value, ...rest } = made.body as Record<string, unknown>;
    const id = made.number('id');
    expect(rest).toEqual({
      id,
      name: 'deploy',
      username: `gitlab+deploy-token-${id}`,
      expires_at: '2027-01-01T12:00:00.000Z',
      scopes: ['read_repository', 'read_registry'],
      revoked: false,
      expired: false,
    });
    expect((await project.call('GET', `/deploy_tokens/${id}`)).outcome).toEqual([200, rest]);
    expect((await project.call('GET', '/deploy_tokens')).rows().map((row) => row.body)).toContainEqual(rest);
    const root = await app.root();
    expect((await app.http('GET', '/deploy_tokens', { as: root })).pluck('id')).toContain(id);
    expect((await app.http('GET', '/deploy_tokens', { as: owner })).status).toBe(403);
    expect((await project.call('DELETE', `/deploy_tokens/${id}`)).status).toBe(204);
    expect((await project.call('GET', `/deploy_tokens/${id}`)).outcome).toEqual([404, { message: '404 Not found' }]);
    expect((await project.call('DELETE', `/deploy_tokens/${id}`)).status).toBe(404);
  });

  it('is for maintainers', async () => {
    expect((await make({}, developer)).status).toBe(403);
    expect((await project.call('GET', '/deploy_tokens', { as: developer })).status).toBe(403);
    expect((await project.anonymously('GET', '/deploy_tokens')).status).toBe(401);
    const stranger = await app.addPerson('stranger');
    expect((await project.call('GET', '/deploy_tokens', { as: stranger })).status).toBe(404);
  });

  it.each([
    [{ name: undefined }, { error: 'name is missing' }],
    [{ scopes: undefined }, { error: 'scopes is missing' }],
    [{ scopes: [] }, { message: "Scopes can't be blank" }],
    [{ scopes: ['api'] }, { error: 'scopes does not have a valid value' }],
    [{ expires_at: 'soon' }, { error: 'expires_at is invalid' }],
    [{ username: 'a b' }, { message: "Username can contain only letters, digits, '_', '-', '+', and '.'" }],
  ])('refuses %j', async (json, body) => {
    expect((await make(json)).outcome).toEqual([400, body]);
  });

  it('clones its project with its own user name, pushes nothing, and opens nothing else', async () => {
    const made = await make({});
    const [token, username] = [made.string('token'), made.string('username')];
    expect((await clone(username, token)).code).toBe(0);
    expect(await clone('someone', token)).toMatchObject({
      code: 128,
      stderr: expect.stringContaining('Access denied'),
    });
    expect(await clone(username, `${token}x`)).toMatchObject({
      code: 128,
      stderr: expect.stringContaining('Access denied'),
    });
    const other = await app.addProject(CONFIG, { owner, path: 'other' });
    expect(await clone(username, token, other)).toMatchObject({
      code: 128,
      stderr: expect.stringContaining('not be found'),
    });

    const work = join(folder, `clone-1`);
    const remote = app.url.replace('://', `://${encodeURIComponent(username)}:${token}@`);
    const pushed = await tryGit(work, ['push', `${remote}/${project.fullPath}.git`, 'HEAD:refs/heads/new']);
    expect(pushed).toMatchObject({ code: 128, stderr: expect.stringContaining('403') });

    for (const headers of [
      { 'Deploy-Token': token },
      { 'PRIVATE-TOKEN': token },
      { Authorization: `Bearer ${token}` },
    ]) {
      const answer = await app.http('GET', `/projects/${project.id}`, { headers });
      expect([401, 404]).toContain(answer.status);
    }
  });

  it('takes a name of its own, needs the scope, and ends with its time or its row', async () => {
    const custom = await make({ username: 'ci-reader', expires_at: '2030-01-01T00:00:00Z' });
    expect((await clone('ci-reader', custom.string('token'))).code).toBe(0);
    expect((await clone(`gitlab+deploy-token-${custom.number('id')}`, custom.string('token'))).code).toBe(128);
    const registry = await make({ scopes: ['read_registry'] });
    expect(await clone(registry.string('username'), registry.string('token'))).toMatchObject({
      code: 128,
      stderr: expect.stringContaining('403'),
    });
    await project.call('DELETE', `/deploy_tokens/${custom.number('id')}`);
    expect((await clone('ci-reader', custom.string('token'))).code).toBe(128);
    const short = await make({ expires_at: new Date(app.clock.now().getTime() + 1000).toISOString() });
    expect((await clone(short.string('username'), short.string('token'))).code).toBe(0);
    app.clock.advance(1000);
    expect((await clone(short.string('username'), short.string('token'))).code).toBe(128);
    expect((await project.call('GET', `/deploy_tokens/${short.number('id')}`)).body).toMatchObject({ expired: true });
    expect((await project.call('GET', '/deploy_tokens', { query: { active: 'true' } })).pluck('id')).not.toContain(
      short.number('id'),
    );
  });

  it('of a group opens every project below it', async () => {
    const group = (await app.http('POST', '/groups', { as: owner, json: { name: 'Fleet', path: 'fleet' } })).must(201);
    const json = { name: 'fleet', scopes: ['read_repository'] };
    const path = `/groups/${group.number('id')}/deploy_tokens`;
    const made = (await app.http('POST', path, { as: owner, json })).must(201);
    const inside = (
      await app.http('POST', '/projects', {
        as: owner,
        json: { path: 'ship', namespace_id: group.number('id'), initialize_with_readme: true },
      })
    ).must(201);
    const remote = app.url.replace('://', `://${encodeURIComponent(made.string('username'))}:${made.string('token')}@`);
    const target = `${remote}/${inside.string('path_with_namespace')}.git`;
    expect((await tryGit(folder, ['ls-remote', target])).code).toBe(0);
    expect((await clone(made.string('username'), made.string('token'))).code).toBe(128);
    expect((await app.http('GET', path, { as: developer })).status).toBe(404);
    expect((await app.http('DELETE', `${path}/${made.number('id')}`, { as: owner })).status).toBe(204);
    expect((await tryGit(folder, ['ls-remote', target])).code).toBe(128);
  });

  it('of the name gitlab-deploy-token is given to jobs, sealed until then', async () => {
    const scene = await app.scene(CONFIG);
    const first = await scene.runner.mustTake();
    expect(first.variable('CI_DEPLOY_USER')).toBeUndefined();
    const json = { name: 'gitlab-deploy-token', scopes: ['read_repository'] };
    const made = (await scene.project.call('POST', '/deploy_tokens', { json })).must(201);
    await scene.project.run();
    const job = await scene.runner.mustTake();
    expect(job.variable('CI_DEPLOY_USER')).toBe(made.string('username'));
    expect(job.variable('CI_DEPLOY_PASSWORD')).toBe(made.string('token'));
    expect(job.payload.variables.find(({ key }) => key === 'CI_DEPLOY_PASSWORD')).toMatchObject({
      masked: true,
      public: false,
    });
    const rows = await app.db.selectFrom('deploy_tokens').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(made.string('token'));
    const bytes = rows.flatMap((row) => (row.token_sealed === null ? [] : [row.token_sealed.toString('latin1')]));
    expect(bytes).toHaveLength(1);
    expect(bytes.join('')).not.toContain(made.string('token'));
  });
});
