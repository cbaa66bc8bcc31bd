import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import { serveRoutes } from '../../../test/support/serve-routes.ts';
import { ok, route } from '../../http/index.ts';
import type { Ability } from './abilities.ts';
import { projectGuards } from './guards.ts';
import type { Project } from './project.ts';

const ENFORCED =
  'Job token scope cannot be disabled for this project because it is enforced for the instance. ' +
  'Contact your administrator to modify this setting.';

let rooms: RoomServer;
let ada: Person;
let ben: Person;
let root: Person;
let target: Project;
let source: Project;

beforeAll(async () => {
  rooms = await startRoomServer();
  root = await rooms.addPerson('root', { admin: true });
  ada = await rooms.addPerson('ada');
  ben = await rooms.addPerson('ben');
  target = await rooms.addProject(ada.user, { name: 'target' });
  source = await rooms.addProject(ada.user, { name: 'source' });
});
afterAll(() => rooms.close());

const scope = (path = '', project = target) => `/projects/${project.id}/job_token_scope${path}`;

describe('the scope’s switch', () => {
  it('is on, and cannot be turned off while the instance enforces it', async () => {
    const as = ada.token;
    expect((await rooms.call('GET', scope(), { as })).body).toEqual({ inbound_enabled: true, outbound_enabled: false });
    expect(await rooms.call('PATCH', scope(), { as, json: { enabled: false } })).toMatchObject({
      status: 400,
      body: { message: ENFORCED },
    });
    expect(await rooms.call('PATCH', scope(), { as, json: { enabled: true } })).toMatchObject({
      status: 204,
      body: undefined,
    });
    for (const json of [{}, { outbound_scope_enabled: true }]) {
      expect(await rooms.call('PATCH', scope(), { as, json })).toMatchObject({
        status: 400,
        body: { error: 'enabled is missing, enabled is empty' },
      });
    }
  });

  it('is for maintainers', async () => {
    const reader = await rooms.addPerson('reader');
    await rooms.addMember(target, reader, 30);
    expect(await rooms.call('GET', scope(), { as: reader.token })).toMatchObject({ status: 403 });
    expect(await rooms.call('GET', scope(), { as: ben.token })).toMatchObject({
      status: 404,
      body: { message: '404 Project Not Found' },
    });
    expect(await rooms.call('GET', scope())).toMatchObject({ status: 401 });
  });
});

describe('the allowlist', () => {
  const allow = (target_project_id: unknown, project = target) =>
    rooms.call('POST', scope('/allowlist', project), { as: ada.token, json: { target_project_id } });

  it('holds the project itself, and what is added', async () => {
    const home = await rooms.addProject(ada.user, { name: 'home' });
    const guest = await rooms.addProject(ada.user, { name: 'guest' });
    expect(await allow(guest.id, home)).toMatchObject({
      status: 201,
      body: { source_project_id: home.id, target_project_id: guest.id },
    });
    const list = (await rooms.call('GET', scope('/allowlist', home), { as: ada.token })).body as { id: number }[];
    expect(list.map(({ id }) => id)).toEqual([home.id, guest.id]);
    expect(await allow(guest.id, home)).toMatchObject({
      status: 400,
      body: { message: '400 Bad request - This project is already in the job token allowlist.' },
    });
    const remove = (id: number) => rooms.call('DELETE', scope(`/allowlist/${id}`, home), { as: ada.token });
    expect((await remove(guest.id)).status).toBe(204);
    expect(await remove(guest.id)).toMatchObject({
      status: 400,
      body: { message: '400 Bad request - Target project is not in the job token scope' },
    });
    expect(await remove(home.id)).toMatchObject({
      status: 400,
      body: { message: '400 Bad request - Source project cannot be removed from the job token scope' },
    });
  });

  it('refuses projects that are not there or not to be seen', async () => {
    const hidden = await rooms.addProject(ben.user, { name: 'hidden' });
    expect(await allow(hidden.id)).toMatchObject({
      status: 400,
      body: {
        message:
          "400 Bad request - The target_project that you are attempting to access does not exist or you don't have permission to perform this action",
      },
    });
    expect(await allow(999_999)).toMatchObject({
      status: 404,
      body: { message: '404 target_project_id not found Not Found' },
    });
    expect(await allow('x')).toMatchObject({ status: 400, body: { error: 'target_project_id is invalid' } });
  });
});

describe('a job’s token', () => {
  const serve = async (ability: Ability) => {
    const guard = projectGuards({
      db: rooms.db,
      clock: rooms.clock,
      findExecutingJobByToken: async (digest) => rooms.control.jobs.get(Buffer.from(digest).toString('hex')),
    })(ability, { jobToken: 'READ_JOBS', authenticateFirst: true });
    const { url } = await serveRoutes([
      route({
        method: 'GET',
        path: '/projects/:id/probe',
        summary: 'for the test',
        params: {},
        guard,
        handler: async ({ subject }) => ok({ role: subject.role ?? null, kind: subject.actor.kind }),
      }),
    ]);
    return async (project: Project, headers: Record<string, string>) => {
      const response = await fetch(`${url}/api/v4/projects/${project.id}/probe`, { headers });
      return { status: response.status, body: await response.json() };
    };
  };

  it('reaches its own project with its user’s role, by each header', async () => {
    const probe = await serve('read_job_artifacts');
    const token = rooms.addJobToken(source, ada.user);
    const welcome = { status: 200, body: { role: 50, kind: 'job' } };
    expect(await probe(source, { 'JOB-TOKEN': token })).toEqual(welcome);
    expect(await probe(source, { Authorization: `Bearer ${token}` })).toEqual(welcome);
    expect(await probe(source, { 'PRIVATE-TOKEN': token })).toMatchObject({ status: 401 });
    expect(await probe(source, { 'JOB-TOKEN': 'glcbt-unknown' })).toEqual({
      status: 401,
      body: { message: '401 Unauthorized' },
    });
    expect(await probe(source, { 'JOB-TOKEN': token, 'PRIVATE-TOKEN': ada.token })).toEqual({
      status: 200,
      body: { role: 50, kind: 'user' },
    });
  });

  it('is kept out of other private projects, until they allow its project', async () => {
    const probe = await serve('read_build');
    const token = rooms.addJobToken(source, ada.user);
    expect(await probe(target, { 'JOB-TOKEN': token })).toEqual({
      status: 403,
      body: {
        message: `403 Forbidden - Authentication by CI/CD job token not allowed from ada/source to project #${target.id}.`,
      },
    });
    await rooms.call('POST', scope('/allowlist'), { as: ada.token, json: { target_project_id: source.id } });
    expect(await probe(target, { 'JOB-TOKEN': token })).toEqual({ status: 200, body: { role: 50, kind: 'job' } });
    // The allowlist grants nothing by itself.
    expect(await probe(target, { 'JOB-TOKEN': rooms.addJobToken(source, ben.user) })).toEqual({
      status: 404,
      body: { message: '404 Project Not Found' },
    });
    // Nor does it work the other way round.
    expect((await probe(source, { 'JOB-TOKEN': rooms.addJobToken(target, ada.user) })).status).toBe(403);
  });

  it('loses its role in public projects that do not allow its project', async () => {
    const open = await rooms.addProject(ada.user, { name: 'open', settings: { visibility: 'public' } });
    const closed = await rooms.addProject(ada.user, {
      name: 'half open',
      settings: { visibility: 'public', publicJobs: false },
    });
    const token = { 'JOB-TOKEN': rooms.addJobToken(source, ada.user) };
    expect(await (await serve('read_build'))(open, token)).toEqual({ status: 200, body: { role: null, kind: 'job' } });
    expect((await (await serve('read_build'))(closed, token)).status).toBe(403);
    expect((await (await serve('read_pipeline'))(open, token)).status).toBe(403);
    expect((await (await serve('update_pipeline'))(open, token)).status).toBe(403);
  });

  it('of an administrator has no administrator’s rights', async () => {
    const probe = await serve('read_build');
    const rootsOwn = await rooms.addProject(root.user, { name: 'mine' });
    const token = { 'JOB-TOKEN': rooms.addJobToken(rootsOwn, root.user) };
    expect((await probe(rootsOwn, token)).status).toBe(200);
    const foreign = await rooms.addProject(ben.user, { name: 'foreign' });
    await rooms.db
      .insertInto('job_token_scope_projects')
      .values({ project_id: foreign.id, source_project_id: rootsOwn.id, created_at: rooms.clock.now() })
      .execute();
    expect(await probe(foreign, token)).toEqual({ status: 404, body: { message: '404 Project Not Found' } });
  });

  it('dies with its job, and with its user’s rights', async () => {
    const probe = await serve('read_build');
    const eve = await rooms.addPerson('eve');
    await rooms.addMember(source, eve, 30);
    const token = { 'JOB-TOKEN': rooms.addJobToken(source, eve.user) };
    expect((await probe(source, token)).status).toBe(200);
    await rooms.db.deleteFrom('project_members').where('user_id', '=', eve.user.id).execute();
    expect((await probe(source, token)).status).toBe(404);
    await rooms.addMember(source, eve, 30);
    await rooms.db.updateTable('users').set({ state: 'blocked' }).where('id', '=', eve.user.id).execute();
    expect((await probe(source, token)).status).toBe(403);
    rooms.control.jobs.clear();
    expect(await probe(source, token)).toEqual({ status: 401, body: { message: '401 Unauthorized' } });
  });
});
