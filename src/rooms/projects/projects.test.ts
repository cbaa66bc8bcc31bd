import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';

const TAKEN = ['has already been taken'];

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

const create = (json: unknown, as = ada.token) => rooms.call('POST', '/projects', { as, json });

describe('POST /projects', () => {
  it('makes a private project in the caller’s namespace, with its repository, owner and protected default branch', async () => {
    const answer = await create({ name: 'First Project', description: 'hello' });
    expect(answer.status).toBe(201);
    const id = answer.number('id');
    expect(answer.body).toMatchObject({
      description: 'hello',
      name: 'First Project',
      name_with_namespace: "ada's name / First Project",
      path: 'first-project',
      path_with_namespace: 'ada/first-project',
      created_at: '2026-03-04T05:06:07.089Z',
      default_branch: 'main',
      ssh_url_to_repo: 'git@127.0.0.1:ada/first-project.git',
      http_url_to_repo: `${rooms.url}/ada/first-project.git`,
      web_url: `${rooms.url}/ada/first-project`,
      visibility: 'private',
      empty_repo: true,
      archived: false,
      namespace: { path: 'ada', kind: 'user', full_path: 'ada', parent_id: null, web_url: `${rooms.url}/ada` },
      owner: { username: 'ada' },
      creator_id: ada.user.id,
      builds_access_level: 'enabled',
      public_jobs: true,
      shared_runners_enabled: true,
      ci_config_path: '',
      ci_default_git_depth: 20,
      build_timeout: 3600,
      ci_job_token_scope_enabled: false,
      ci_push_repository_for_job_token_allowed: false,
      ci_pipeline_variables_minimum_override_role: 'maintainer',
      restrict_user_defined_variables: true,
      auto_cancel_pending_pipelines: 'enabled',
      permissions: { project_access: { access_level: 50, notification_level: 3 }, group_access: null },
    });
    const protectedBranches = await rooms.call('GET', `/projects/${id}/protected_branches`, { as: ada.token });
    expect(protectedBranches.body).toMatchObject([
      { name: 'main', push_access_levels: [{ access_level: 40 }], merge_access_levels: [{ access_level: 40 }] },
    ]);
    const head = execFileSync('git', ['symbolic-ref', 'HEAD'], {
      cwd: join(rooms.git.repositoriesFolder, `${id}.git`),
    });
    expect(head.toString()).toBe('refs/heads/main\n');
  });

  it('makes name and path from one another', async () => {
    expect((await create({ path: 'only_path' })).body).toMatchObject({ name: 'only_path', path: 'only_path' });
    expect((await create({ name: 'Plain' })).body).toMatchObject({ name: 'Plain', path: 'Plain' });
    expect((await create({ name: 'Ünïcode & more' })).body).toMatchObject({
      message: { name: [expect.stringContaining('can contain only letters')] },
    });
    expect((await create({ name: 'Größe 1.0' })).body).toMatchObject({ path: 'gro-e-1-0' });
  });

  it('takes settings with it, and starts with a README where asked', async () => {
    const answer = await create({
      name: 'settled',
      visibility: 'internal',
      default_branch: 'trunk',
      initialize_with_readme: true,
      ci_config_path: 'ci/main.yml',
      public_builds: false,
      build_timeout: '7200',
      auto_cancel_pending_pipelines: 'disabled',
      restrict_user_defined_variables: false,
    });
    expect(answer.body).toMatchObject({
      visibility: 'internal',
      default_branch: 'trunk',
      empty_repo: false,
      ci_config_path: 'ci/main.yml',
      public_jobs: false,
      build_timeout: 7200,
      auto_cancel_pending_pipelines: 'disabled',
      ci_pipeline_variables_minimum_override_role: 'developer',
    });
    const repository = join(rooms.git.repositoriesFolder, `${answer.number('id')}.git`);
    expect(execFileSync('git', ['show', 'trunk:README.md'], { cwd: repository }).toString()).toContain('# settled');
  });

  it.each([
    [{}, 400, { error: 'name, path are missing, at least one parameter must be provided' }],
    [{ name: 'first project', path: 'FIRST-project' }, 400, { message: { path: TAKEN } }],
    [{ name: 'First Project', path: 'else' }, 400, { message: { 'project_namespace.name': TAKEN, name: TAKEN } }],
    [{ name: 'First Project' }, 400, { message: { 'project_namespace.name': TAKEN, name: TAKEN, path: TAKEN } }],
    [
      { name: 'x', path: '../etc' },
      400,
      {
        message: {
          path: [
            "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'",
          ],
        },
      },
    ],
    [{ name: 'x', path: 'tree' }, 400, { message: { path: ['tree is a reserved name'] } }],
    [{ name: 'x', path: 'x.git' }, 400, { message: { path: [expect.stringContaining("end in '.git'")] } }],
    [{ name: 'x'.repeat(256), path: 'x' }, 400, { message: { name: ['is too long (maximum is 255 characters)'] } }],
    [{ name: 'x', visibility: 'secret' }, 400, { error: 'visibility does not have a valid value' }],
    [
      { name: 'x', default_branch: '--upload-pack=x' },
      400,
      { message: { default_branch: ['is not a valid branch name'] } },
    ],
    [{ name: 'x', default_branch: 'a..b' }, 400, { message: { default_branch: ['is not a valid branch name'] } }],
    [{ name: 'x', ci_config_path: '../secret.yml' }, 400, { message: { ci_config_path: ["can't include '..'"] } }],
    [
      { name: 'x', build_timeout: 5 },
      400,
      { message: { build_timeout: ['needs to be between 10 minutes and 1 month'] } },
    ],
    [{ name: 'x', build_timeout: 'long' }, 400, { error: 'build_timeout is invalid' }],
    [{ name: 'x', namespace_id: 999_999 }, 400, { message: { namespace: ['is not valid'] } }],
  ])('refuses %j', async (json, status, body) => {
    expect(await create(json)).toMatchObject({ status, body });
  });

  it('does not let one into another’s namespace, except an administrator', async () => {
    const theirs = (await create({ name: 'where' })).body as { namespace: { id: number } };
    const json = { name: 'intruder', namespace_id: theirs.namespace.id };
    expect(await create(json, ben.token)).toMatchObject({
      status: 400,
      body: { message: { namespace: ['is not valid'] } },
    });
    expect(await create(json, root.token)).toMatchObject({
      status: 201,
      body: { path_with_namespace: 'ada/intruder', owner: { username: 'ada' }, creator_id: root.user.id },
    });
  });

  it('makes one of two that are asked for at once, and leaves no repository behind', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create({ name: 'race' })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400, 400]);
    const ids = await rooms.db.selectFrom('projects').select('id').execute();
    const folders = execFileSync('ls', [rooms.git.repositoriesFolder]).toString().trim().split('\n');
    expect(folders.toSorted()).toEqual(ids.map(({ id }) => `${id}.git`).toSorted());
  });

  it('assigns nothing that is not declared', async () => {
    const raw =
      '{"__proto__":{"visibility":"public"},"constructor":{"prototype":{"archived":true}},"name":"innocent",' +
      '"id":4242,"creator_id":1,"archived":true,"full_path":"root/stolen","last_pipeline_iid":99,"deleted_at":"2020-01-01",' +
      '"ci_inbound_job_token_scope_enabled":false,"created_at":"2001-01-01","namespace":{"id":1}}';
    const answer = await rooms.call('POST', '/projects', {
      as: ada.token,
      raw,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { visibility: 'private', archived: false, path_with_namespace: 'ada/innocent', creator_id: ada.user.id },
    });
    const row = await rooms.db
      .selectFrom('projects')
      .selectAll()
      .where('id', '=', answer.number('id'))
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ last_pipeline_iid: 0, deleted_at: null, ci_inbound_job_token_scope_enabled: true });
    expect(row.id).not.toBe(4242);
  });

  it('needs somebody', async () => {
    expect(await rooms.call('POST', '/projects', { json: { name: 'x' } })).toMatchObject({
      status: 401,
      body: { message: '401 Unauthorized' },
    });
  });
});

describe('PUT /projects/:id', () => {
  it('changes what is given and nothing else', async () => {
    const id = (await create({ name: 'Changing', description: 'stays' })).number('id');
    const put = (json: unknown, as = ada.token) => rooms.call('PUT', `/projects/${id}`, { as, json });
    expect(await put({ ci_default_git_depth: 0, public_jobs: false, archived: true, id: 1 })).toMatchObject({
      status: 200,
      body: { id, ci_default_git_depth: 0, public_jobs: false, description: 'stays', archived: false },
    });
    expect((await put({ builds_access_level: 'disabled' })).body).toMatchObject({ jobs_enabled: false });
    expect((await put({ description: null, ci_config_path: '' })).body).toMatchObject({
      description: null,
      ci_config_path: '',
    });
    expect((await put({ path: 'moved', name: 'Moved' })).body).toMatchObject({ path_with_namespace: 'ada/moved' });
    expect((await put({ unknown: 1 })).body).toMatchObject({
      error: expect.stringMatching(
        /^name, path, description, .* are missing, at least one parameter must be provided$/,
      ),
    });
    expect(await put({ name: 'First Project' })).toMatchObject({
      status: 400,
      body: { message: { 'project_namespace.name': TAKEN, name: TAKEN } },
    });
  });

  it('gives a name to one of those who want it at once', async () => {
    const projects = await Promise.all(
      ['one', 'two', 'three'].map((name) => rooms.addProject(ada.user, { name: `wants ${name}` })),
    );
    const rename = ({ id }: { readonly id: number }) =>
      rooms.call('PUT', `/projects/${id}`, { as: ada.token, json: { name: 'Wanted', path: 'wanted' } });
    const statuses = (await Promise.all(projects.map(rename))).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 400, 400]);
  });

  it('lets owners alone change who may see it, and the owner’s override role', async () => {
    const project = await rooms.addProject(ada.user, { name: 'Ranks' });
    await rooms.addMember(project, ben, 40);
    const put = (json: unknown, as = ben.token) => rooms.call('PUT', `/projects/${project.id}`, { as, json });
    expect(await put({ description: 'by a maintainer' })).toMatchObject({ status: 200 });
    expect(await put({ visibility: 'public' })).toMatchObject({ status: 403, body: { message: '403 Forbidden' } });
    expect(await put({ visibility: 'private' })).toMatchObject({ status: 200 });
    expect(await put({ ci_pipeline_variables_minimum_override_role: 'owner' })).toMatchObject({ status: 400 });
    expect(await put({ ci_pipeline_variables_minimum_override_role: 'developer' })).toMatchObject({ status: 200 });
    expect(await put({ ci_pipeline_variables_minimum_override_role: 'owner' }, ada.token)).toMatchObject({
      status: 200,
    });
    expect(await put({ ci_pipeline_variables_minimum_override_role: 'maintainer' })).toMatchObject({ status: 400 });
  });

  it('moves the default branch only to a branch that is there', async () => {
    const project = await rooms.addProject(ada.user, { name: 'Heads', initializeWithReadme: true });
    const put = (json: unknown) => rooms.call('PUT', `/projects/${project.id}`, { as: ada.token, json });
    expect(await put({ default_branch: 'dev' })).toMatchObject({
      status: 400,
      body: { message: { base: ["Could not change HEAD: branch 'dev' does not exist"] } },
    });
    const cwd = join(rooms.git.repositoriesFolder, `${project.id}.git`);
    execFileSync('git', ['branch', 'dev', 'main'], { cwd });
    expect(await put({ default_branch: 'dev' })).toMatchObject({ status: 200, body: { default_branch: 'dev' } });
    expect(execFileSync('git', ['symbolic-ref', 'HEAD'], { cwd }).toString()).toBe('refs/heads/dev\n');
  });

  it('is for maintainers', async () => {
    const project = await rooms.addProject(ada.user, { name: 'Guarded', settings: { visibility: 'public' } });
    const put = (as?: string) => rooms.call('PUT', `/projects/${project.id}`, { as, json: { description: 'x' } });
    expect((await put()).status).toBe(401);
    expect(await put(ben.token)).toMatchObject({ status: 403, body: { message: '403 Forbidden' } });
  });
});

describe('DELETE /projects/:id', () => {
  it('is for owners, answers 202, and the project is gone at once', async () => {
    const project = await rooms.addProject(ada.user, { name: 'Doomed' });
    await rooms.addMember(project, ben, 40);
    const path = `/projects/${project.id}`;
    expect((await rooms.call('DELETE', path, { as: ben.token })).status).toBe(403);
    expect(await rooms.call('DELETE', path, { as: ada.token })).toMatchObject({
      status: 202,
      body: { message: '202 Accepted' },
    });
    expect(rooms.control.deleted).toEqual(['ada/Doomed']);
    for (const ref of [path, '/projects/ada%2FDoomed', `${path}/members`, `${path}/variables`]) {
      expect(await rooms.call('GET', ref, { as: root.token })).toMatchObject({
        status: 404,
        body: { message: '404 Project Not Found' },
      });
    }
    expect((await rooms.call('GET', '/projects?search=doomed', { as: root.token })).body).toEqual([]);
    expect((await rooms.call('DELETE', path, { as: ada.token })).status).toBe(404);
    expect(await create({ name: 'Doomed' })).toMatchObject({ status: 201, body: { path: 'Doomed' } });
  });
});

describe('archiving', () => {
  it('is for owners and takes the right to write away', async () => {
    const project = await rooms.addProject(ada.user, { name: 'Old' });
    await rooms.addMember(project, ben, 40);
    const trigger = (as: string) =>
      rooms.call('POST', `/projects/${project.id}/triggers`, { as, json: { description: 'x' } });
    expect((await rooms.call('POST', `/projects/${project.id}/archive`, { as: ben.token })).status).toBe(403);
    expect(await rooms.call('POST', `/projects/${project.id}/archive`, { as: ada.token })).toMatchObject({
      status: 201,
      body: { archived: true },
    });
    expect((await trigger(ada.token)).status).toBe(403);
    await rooms.call('POST', `/projects/${project.id}/unarchive`, { as: ada.token });
    expect((await trigger(ada.token)).status).toBe(201);
  });
});
