import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';
import { serveRoutes } from '../../../test/support/serve-routes.ts';
import { ok, route } from '../../http/index.ts';
import { projectGuards } from './guards.ts';
import type { Project } from './project.ts';

let rooms: RoomServer;
let ada: Person;
let ben: Person;
/** The project that is reached into, and one in a subgroup whose jobs reach. */
let target: Project;
let source: Project;
let top: number;
let below: number;

const group = async (path: string, json: object = {}, as = ada.token) =>
  (await rooms.call('POST', '/groups', { as, json: { name: path, path, ...json } })).number('id');

beforeAll(async () => {
  rooms = await startRoomServer();
  ada = await rooms.addPerson('ada');
  ben = await rooms.addPerson('ben');
  target = await rooms.addProject(ada.user, { name: 'target' });
  top = await group('top');
  below = await group('below', { parent_id: top });
  source = await rooms.addProject(ada.user, { name: 'source', namespaceId: below });
});
afterAll(() => rooms.close());

const list = () => `/projects/${target.id}/job_token_scope/groups_allowlist`;
const allow = (json: object, as?: string) => rooms.call('POST', list(), { as, json });
const disallow = (id: number, as = ada.token) => rooms.call('DELETE', `${list()}/${id}`, { as });
/** What a job of that project, run by that person, sees of the target. */
const reach = async (from: Project = source, person = ada) => {
  const guard = projectGuards({
    db: rooms.db,
    clock: rooms.clock,
    findExecutingJobByToken: async (digest) => rooms.control.jobs.get(Buffer.from(digest).toString('hex')),
  })('read_build', { jobToken: 'READ_JOBS', authenticateFirst: true });
  const { url } = await serveRoutes([
    route({
      method: 'GET',
      path: '/projects/:id/probe',
      summary: 'for the test',
      params: {},
      guard,
      handler: async ({ subject }) => ok({ role: subject.role ?? null }),
    }),
  ]);
  const headers = { 'JOB-TOKEN': rooms.addJobToken(from, person.user) };
  const response = await fetch(`${url}/api/v4/projects/${target.id}/probe`, { headers });
  return response.status;
};
const log = () => rooms.call('GET', `/projects/${target.id}/penstock/job_token_auth_log`, { as: ada.token });

describe('the allowlist of groups', () => {
  it('is read and written by maintainers, with GitLab’s answers', async () => {
    expect(await rooms.call('GET', list(), { as: ada.token })).toMatchObject({ status: 200, body: [] });
    expect(await allow({ target_group_id: below }, ada.token)).toMatchObject({
      status: 201,
      body: { source_project_id: target.id, target_group_id: below },
    });
    expect((await rooms.call('GET', list(), { as: ada.token })).body).toEqual([
      { id: below, web_url: `${rooms.url}/groups/top/below`, name: 'below' },
    ]);
    const body = (text: string) => ({ status: 400, body: { message: `400 Bad request - ${text}` } });
    expect(await allow({ target_group_id: below }, ada.token)).toMatchObject(
      body('This group is already in the job token allowlist.'),
    );
    expect(await allow({ target_group_id: 99_999 }, ada.token)).toMatchObject({
      status: 404,
      body: { message: '404 target_group_id not found Not Found' },
    });
    const hidden = await group('bens', {}, ben.token);
    expect(await allow({ target_group_id: hidden }, ada.token)).toMatchObject(
      body(
        "The target_group that you are attempting to access does not exist or you don't have permission to perform this action",
      ),
    );
    expect(await allow({}, ada.token)).toMatchObject({ status: 400, body: { error: 'target_group_id is missing' } });
    expect((await disallow(below)).status).toBe(204);
    for (const id of [below, hidden, 99_999]) {
      expect(await disallow(id)).toMatchObject(body('Target group is not in the job token scope'));
    }
  });

  it('is no business of strangers, nobody, and developers', async () => {
    expect((await allow({ target_group_id: top })).body).toEqual({ message: '401 Unauthorized' });
    expect((await allow({ target_group_id: top }, ben.token)).body).toEqual({ message: '404 Project Not Found' });
    await rooms.addMember(target, ben, 30);
    expect((await allow({ target_group_id: top }, ben.token)).body).toEqual({ message: '403 Forbidden' });
    expect((await disallow(top, ben.token)).body).toEqual({ message: '403 Forbidden' });
  });

  it('lets in the jobs of every project in the group and below it, and nobody else’s', async () => {
    const side = await group('side', { parent_id: top });
    const neighbour = await rooms.addProject(ada.user, { name: 'neighbour', namespaceId: side });
    expect([await reach(), await reach(neighbour)]).toEqual([403, 403]);
    await allow({ target_group_id: below }, ada.token);
    expect([await reach(), await reach(neighbour)]).toEqual([200, 403]);
    await disallow(below);
    await allow({ target_group_id: top }, ada.token);
    expect([await reach(), await reach(neighbour)]).toEqual([200, 200]);
    // The list grants nothing by itself.
    expect(await reach(source, await rooms.addPerson('outsider'))).toBe(404);
    await disallow(top);
    expect(await reach()).toBe(403);
  });
});

describe('the log of job tokens', () => {
  it('says which project’s jobs were let in, and when last; those kept out and its own are not in it', async () => {
    const quiet = await rooms.addProject(ada.user, { name: 'quiet' });
    target = await rooms.addProject(ada.user, { name: 'watched' });
    expect((await log()).body).toEqual([]);
    await reach();
    await reach(target);
    expect((await log()).body).toEqual([]);
    await allow({ target_group_id: top }, ada.token);
    await reach();
    const entry = {
      source_project: {
        id: source.id,
        name: 'source',
        path_with_namespace: 'top/below/source',
        web_url: `${rooms.url}/top/below/source`,
      },
      last_authorized_at: '2026-03-04T05:06:07.089Z',
    };
    expect((await log()).body).toEqual([entry]);
    rooms.control.now = new Date('2026-03-04T05:06:37.089Z');
    await reach();
    expect((await log()).body).toEqual([entry]);
    rooms.control.now = new Date('2026-03-04T05:07:07.089Z');
    await reach();
    expect((await log()).body).toEqual([{ ...entry, last_authorized_at: '2026-03-04T05:07:07.089Z' }]);
    expect((await log()).headers.get('x-total')).toBe('1');
    const other = `/projects/${quiet.id}/penstock/job_token_auth_log`;
    expect((await rooms.call('GET', other, { as: ada.token })).body).toEqual([]);
    expect((await rooms.call('GET', other, { as: ben.token })).status).toBe(404);
    expect((await rooms.call('GET', other)).status).toBe(401);
  });
});
