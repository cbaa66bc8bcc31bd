import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

/** Who may what with a schedule: GitLab's rules, one test a rule. */

const CONFIG = 'build: {script: make}\n';
/** `side` is open to developers, `main` is protected. */
const WANTED = { description: 'Nightly', ref: 'side', cron: '0 1 * * *' };
const NAMES = [
  'guest',
  'planner',
  'reporter',
  'developer',
  'holder',
  'maintainer',
  'owner',
  'admin',
  'stranger',
] as const;
type Name = (typeof NAMES)[number];

let app: TestApp;
let people: Readonly<Record<Name, Person>>;
let project: TestProject;
/** Of `holder`, a developer. */
let id: number;

const addProject = async (visibility: string): Promise<TestProject> => {
  const made = await app.addProject(CONFIG, { owner: people.owner, settings: { visibility } });
  for (const name of ['guest', 'planner', 'reporter', 'developer', 'maintainer'] as const) {
    await made.addMember(people[name], ROLES[name]);
  }
  await made.addMember(people.holder, ROLES.developer);
  await made.commit(CONFIG, { branch: 'side' });
  await made.set({ ci_pipeline_variables_minimum_override_role: 'developer' });
  return made;
};

const addSchedule = async (to: TestProject, as: Person, json: object = {}): Promise<number> =>
  (await to.call('POST', '/pipeline_schedules', { as, json: { ...WANTED, ...json } })).must(201).number('id');

beforeAll(async () => {
  app = await startTestApp();
  const entries: [Name, Person][] = [];
  for (const name of NAMES) {
    entries.push([name, name === 'admin' ? await app.root() : await app.addPerson(name)]);
  }
  people = Object.fromEntries(entries) as Record<Name, Person>;
  project = await addProject('private');
  id = await addSchedule(project, people.holder);
  const inputs = [{ name: 'colour', value: 'green' }];
  await project.call('PUT', `/pipeline_schedules/${id}`, { as: people.holder, json: { inputs } });
  const variable = { key: 'COLOUR', value: 'green' };
  await project.call('POST', `/pipeline_schedules/${id}/variables`, { as: people.holder, json: variable });
});
afterAll(() => app.close());

/** The status that each of them gets. */
const statuses = async (
  names: readonly Name[],
  call: (as: Person) => Promise<{ readonly status: number }>,
): Promise<Readonly<Record<string, number>>> => {
  const found: [string, number][] = [];
  for (const name of names) found.push([name, (await call(people[name])).status]);
  return Object.fromEntries(found);
};

describe('read', () => {
  const READERS = ['stranger', 'guest', 'planner', 'reporter', 'developer'] as const;
  const rows = [
    ['private', 'true', { stranger: 404, guest: 200, planner: 200, reporter: 200, developer: 200 }],
    ['private', 'false', { stranger: 404, guest: 403, planner: 403, reporter: 200, developer: 200 }],
    ['internal', 'true', { stranger: 200, guest: 200, planner: 200, reporter: 200, developer: 200 }],
    ['public', 'true', { stranger: 200, guest: 200, planner: 200, reporter: 200, developer: 200 }],
    ['public', 'false', { stranger: 403, guest: 403, planner: 403, reporter: 200, developer: 200 }],
  ] as const;
  it.each(rows)('a %s project, public pipelines %s', async (visibility, publicJobs, expected) => {
    const place = await addProject(visibility);
    const schedule = await addSchedule(place, people.owner);
    await place.set({ public_jobs: publicJobs });
    expect(await statuses(READERS, (as) => place.call('GET', '/pipeline_schedules', { as }))).toEqual(expected);
    // One that may not be read is not there.
    const hidden = Object.fromEntries(
      Object.entries(expected).map(([name, status]) => [name, status === 403 ? 404 : status]),
    );
    for (const path of ['', '/pipelines']) {
      const call = (as: Person) => place.call('GET', `/pipeline_schedules/${schedule}${path}`, { as });
      expect(await statuses(READERS, call), path).toEqual(hidden);
    }
    for (const path of ['', `/${schedule}`, `/${schedule}/pipelines`]) {
      expect((await place.anonymously('GET', `/pipeline_schedules${path}`)).outcome).toEqual([
        401,
        { message: '401 Unauthorized' },
      ]);
    }
  });

  it('needs CI/CD to be switched on', async () => {
    const place = await addProject('private');
    const schedule = await addSchedule(place, people.owner);
    await place.set({ builds_access_level: 'disabled' });
    expect((await place.call('GET', '/pipeline_schedules')).status).toBe(403);
    expect((await place.call('GET', `/pipeline_schedules/${schedule}`)).status).toBe(404);
  });

  it('shows variables and inputs to maintainers and to its owner only', async () => {
    const seen: Record<string, readonly unknown[]> = {};
    for (const name of ['reporter', 'developer', 'holder', 'maintainer', 'owner', 'admin'] as const) {
      const as = people[name];
      const shown = await project.call('GET', `/pipeline_schedules/${id}`, { as });
      const [listed] = (await project.call('GET', '/pipeline_schedules', { as })).rows();
      const variable = await project.call('GET', `/pipeline_schedules/${id}/variables/COLOUR`, { as });
      const fields = ['variables', 'inputs'].filter((field) => shown.at(field) !== undefined);
      seen[name] = [...fields, listed?.at('inputs') !== undefined, listed?.at('variables'), variable.status];
    }
    const all = ['variables', 'inputs', true, undefined, 200];
    const none = [false, undefined, 403];
    expect(seen).toEqual({ reporter: none, developer: none, holder: all, maintainer: all, owner: all, admin: all });
  });
});

describe('create', () => {
  it('takes a developer', async () => {
    const created = await statuses(NAMES, (as) => project.call('POST', '/pipeline_schedules', { as, json: WANTED }));
    expect(created).toEqual({
      guest: 403,
      planner: 403,
      reporter: 403,
      developer: 201,
      holder: 201,
      maintainer: 201,
      owner: 201,
      admin: 201,
      stranger: 404,
    });
  });

  it('takes a confirmed address', async () => {
    const unconfirmed = await app.addPerson('unconfirmed', { confirmed: false });
    await project.addMember(unconfirmed, ROLES.developer);
    const answer = await project.call('POST', '/pipeline_schedules', { as: unconfirmed, json: WANTED });
    expect(answer.outcome).toEqual([403, { message: '403 Forbidden' }]);
  });

  it('is over once the project is archived; reading is not', async () => {
    const place = await addProject('private');
    const schedule = await addSchedule(place, people.owner);
    await place.call('POST', '/archive');
    expect((await place.call('POST', '/pipeline_schedules', { json: WANTED })).status).toBe(403);
    expect((await place.call('POST', `/pipeline_schedules/${schedule}/play`)).status).toBe(403);
    expect((await place.call('GET', `/pipeline_schedules/${schedule}`)).status).toBe(200);
  });
});

describe('change', () => {
  const MEMBERS = ['guest', 'reporter', 'developer', 'holder', 'maintainer', 'owner', 'admin', 'stranger'] as const;
  const OWN = { guest: 403, reporter: 403, developer: 403, maintainer: 403, owner: 403, stranger: 404 };

  it('is for its owner and administrators; a maintainer takes it first', async () => {
    const call = (as: Person) =>
      project.call('PUT', `/pipeline_schedules/${id}`, { as, json: { description: 'Other' } });
    expect(await statuses(MEMBERS, call)).toEqual({ ...OWN, holder: 200, admin: 200 });
  });

  it('of variables likewise', async () => {
    const path = `/pipeline_schedules/${id}/variables`;
    const post = (as: Person) => project.call('POST', path, { as, json: { key: as.user.username, value: '1' } });
    expect(await statuses(MEMBERS, post)).toEqual({ ...OWN, holder: 201, admin: 201 });
    const put = (as: Person) => project.call('PUT', `${path}/COLOUR`, { as, json: { value: 'red' } });
    expect(await statuses(MEMBERS, put)).toEqual({ ...OWN, holder: 200, admin: 200 });
  });

  it('of variables also takes the right to set variables of pipelines', async () => {
    const place = await addProject('private');
    const schedule = await addSchedule(place, people.holder);
    const path = `/pipeline_schedules/${schedule}/variables`;
    const call = (method: string, end: string) =>
      place.call(method, `${path}${end}`, { as: people.holder, json: { key: 'A', value: '1' } });
    (await call('POST', '')).must(201);
    await place.set({ ci_pipeline_variables_minimum_override_role: 'maintainer' });
    for (const [method, end] of [
      ['POST', ''],
      ['PUT', '/A'],
      ['DELETE', '/A'],
    ] as const) {
      expect((await call(method, end)).outcome, method).toEqual([403, { message: '403 Forbidden' }]);
    }
    // Also where there is no such schedule.
    const gone = await place.call('POST', '/pipeline_schedules/999999/variables', { as: people.holder, json: {} });
    expect(gone.status).toBe(403);
    expect((await place.call('DELETE', `${path}/A`, { as: people.maintainer })).status).toBe(202);
  });

  it('ends with the role', async () => {
    const place = await addProject('private');
    const leaver = await app.addPerson('leaver');
    await place.addMember(leaver, ROLES.developer);
    const schedule = await addSchedule(place, leaver);
    await place.call('PUT', `/members/${leaver.user.id}`, { form: { access_level: String(ROLES.reporter) } });
    const path = `/pipeline_schedules/${schedule}`;
    const shown = (await place.call('GET', path, { as: leaver })).must(200);
    expect(shown.at('variables')).toBeUndefined();
    for (const [method, end] of [
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/take_ownership'],
      ['POST', '/play'],
    ] as const) {
      expect((await place.call(method, `${path}${end}`, { as: leaver })).status, method).toBe(403);
    }
  });
});

describe('take_ownership, delete, play', () => {
  const MEMBERS = ['guest', 'reporter', 'developer', 'holder', 'maintainer', 'owner', 'admin', 'stranger'] as const;

  it('taking is for maintainers, and 200 for who has it', async () => {
    const schedule = await addSchedule(project, people.holder);
    const take = (as: Person) => project.call('POST', `/pipeline_schedules/${schedule}/take_ownership`, { as });
    expect(await statuses(MEMBERS, take)).toEqual({
      guest: 403,
      reporter: 403,
      developer: 403,
      holder: 200,
      maintainer: 201,
      owner: 201,
      admin: 201,
      stranger: 404,
    });
    const again = (await take(people.admin)).must(200);
    expect(again.at('owner', 'username')).toBe('root');
    // It is the holder's no longer.
    expect((await take(people.holder)).status).toBe(403);
  });

  it('deleting is for maintainers and its owner, on a protected ref as well', async () => {
    const deleted: Record<string, number> = {};
    for (const name of MEMBERS) {
      const schedule = await addSchedule(project, people.owner, { ref: 'main' });
      await app.db
        .updateTable('pipeline_schedules')
        .set({ owner_id: people.holder.user.id })
        .where('id', '=', schedule)
        .execute();
      deleted[name] = (await project.call('DELETE', `/pipeline_schedules/${schedule}`, { as: people[name] })).status;
    }
    expect(deleted).toEqual({
      guest: 403,
      reporter: 403,
      developer: 403,
      holder: 204,
      maintainer: 204,
      owner: 204,
      admin: 204,
      stranger: 404,
    });
  });

  it('playing is for developers who may run pipelines on its ref', async () => {
    const place = await addProject('private');
    const open = await addSchedule(place, people.holder);
    const guarded = await addSchedule(place, people.owner, { ref: 'main' });
    const play = (schedule: number) => (as: Person) =>
      place.call('POST', `/pipeline_schedules/${schedule}/play`, { as });
    const nobody = { guest: 403, reporter: 403, stranger: 404 };
    const upper = { maintainer: 201, owner: 201, admin: 201 };
    expect(await statuses(MEMBERS, play(open))).toEqual({ ...nobody, developer: 201, holder: 201, ...upper });
    expect(await statuses(MEMBERS, play(guarded))).toEqual({ ...nobody, developer: 403, holder: 403, ...upper });
  });

  it('is nothing for job tokens', async () => {
    const { runner, project: place } = await app.scene(CONFIG);
    const schedule = await addSchedule(place, place.owner, { ref: 'main' });
    const job = await runner.mustTake();
    for (const [method, end] of [
      ['GET', ''],
      ['POST', '/play'],
      ['DELETE', ''],
    ] as const) {
      const headers = { 'JOB-TOKEN': job.payload.token };
      const answer = await place.anonymously(method, `/pipeline_schedules/${schedule}${end}`, { headers });
      expect(answer.status, method).toBe(401);
    }
  });
});
