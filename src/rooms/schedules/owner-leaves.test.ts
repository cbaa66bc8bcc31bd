import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

const CONFIG = 'a: { script: a }\n';

let app: TestApp;
let root: Person;
let leaver: Person;
let count = 0;

beforeAll(async () => {
  app = await startTestApp();
  root = await app.root();
});
afterAll(() => app.close());
beforeEach(async () => {
  count += 1;
  leaver = await app.addPerson(`leaver-${count}`);
});

const addSchedule = async (project: TestProject, json: object = {}, as = leaver): Promise<number> => {
  const wanted = { description: 'nightly', ref: 'main', cron: '0 * * * *', ...json };
  return (await project.call('POST', '/pipeline_schedules', { as, json: wanted })).must(201).number('id');
};

/** Whether it is active, and why not. */
const stateOf = async (project: TestProject, id: number): Promise<readonly unknown[]> => {
  const { body } = (await project.call('GET', `/pipeline_schedules/${id}`, { as: root })).must(200);
  const { active, deactivated_reason: reason } = body as { active: boolean; deactivated_reason?: string };
  return [active, reason];
};
const mayNot = () => [false, `its owner, ${leaver.user.username}, may not run pipelines of this project any more`];
const GONE = [false, 'its owner is gone: take ownership of the schedule to run it again'];
const ACTIVE = [true, undefined];

/** A project with the leaver as a member, and a schedule of theirs. */
const setUp = async (role: number = ROLES.maintainer) => {
  const project = await app.addProject(CONFIG);
  await project.addMember(leaver, role);
  return { project, id: await addSchedule(project) };
};

/** A project in a group, or in one below it, of which the leaver is a member. */
const setUpInGroup = async () => {
  const owner = await app.addPerson(`founder-${count}`);
  const call = async (path: string, json: object) =>
    (await app.http('POST', path, { as: owner, json })).must(201).number('id');
  const top = await call('/groups', { name: `club-${count}`, path: `club-${count}` });
  const below = await call('/groups', { name: 'below', path: 'below', parent_id: top });
  await call(`/groups/${top}/members`, { user_id: leaver.user.id, access_level: ROLES.developer });
  const project = await app.addProject(CONFIG, { owner, settings: { namespace_id: String(below) } });
  return { project, owner, member: `/groups/${top}/members/${leaver.user.id}` };
};

describe('schedules of somebody who leaves are switched off at once', () => {
  it('out of the project: only theirs, only there, with a reason; a comeback does not switch them on', async () => {
    const { project, id } = await setUp();
    const other = await setUp();
    const inactive = await addSchedule(project, { active: false });
    const mine = await addSchedule(project, {}, project.owner);
    (await project.call('DELETE', `/members/${leaver.user.id}`)).must(204);
    expect(await stateOf(project, id)).toEqual(mayNot());
    expect(await stateOf(project, inactive)).toEqual([false, undefined]);
    expect(await stateOf(project, mine)).toEqual(ACTIVE);
    expect(await stateOf(other.project, other.id)).toEqual(ACTIVE);
    await project.addMember(leaver, ROLES.maintainer);
    expect(await stateOf(project, id)).toEqual(mayNot());
    const again = await project.call('PUT', `/pipeline_schedules/${id}`, { as: leaver, json: { active: true } });
    again.must(200);
    expect(await stateOf(project, id)).toEqual(ACTIVE);
  });

  it('by themselves', async () => {
    const { project, id } = await setUp();
    (await project.call('DELETE', `/members/${leaver.user.id}`, { as: leaver })).must(204);
    expect(await stateOf(project, id)).toEqual(mayNot());
  });

  it('when the membership has ended by its date', async () => {
    const { project, id } = await setUp();
    const expires = new Date(app.clock.now().getTime() + 86_400_000).toISOString().slice(0, 10);
    (
      await project.call('PUT', `/members/${leaver.user.id}`, {
        json: { access_level: ROLES.maintainer, expires_at: expires },
      })
    ).must(200);
    await app.tick('expired memberships');
    expect(await stateOf(project, id)).toEqual(ACTIVE);
    app.clock.advance(2 * 86_400);
    await app.tick('expired memberships');
    expect(await stateOf(project, id)).toEqual(mayNot());
  });

  it('below developer, and not above', async () => {
    const { project, id } = await setUp();
    const change = async (level: number) =>
      (await project.call('PUT', `/members/${leaver.user.id}`, { json: { access_level: level } })).must(200);
    await change(ROLES.developer);
    expect(await stateOf(project, id)).toEqual(ACTIVE);
    await change(ROLES.reporter);
    expect(await stateOf(project, id)).toEqual(mayNot());
  });

  it('out of a group above, unless the project has them as a member of its own', async () => {
    const { project, owner, member } = await setUpInGroup();
    await project.addMember(leaver, ROLES.maintainer);
    const id = await addSchedule(project);
    (await app.http('DELETE', `${member}?skip_subresources=true`, { as: owner })).must(204);
    expect(await stateOf(project, id)).toEqual(ACTIVE);
    (await project.call('DELETE', `/members/${leaver.user.id}`)).must(204);
    expect(await stateOf(project, id)).toEqual(mayNot());
  });

  it('with a lower role in a group above', async () => {
    const { project, owner, member } = await setUpInGroup();
    const id = await addSchedule(project, { ref: await branchOf(project) });
    (await app.http('PUT', member, { as: owner, json: { access_level: ROLES.reporter } })).must(200);
    expect(await stateOf(project, id)).toEqual(mayNot());
  });

  it('out of an archived project', async () => {
    const { project, id } = await setUp();
    (await project.call('POST', '/archive')).must(201);
    (await project.call('DELETE', `/members/${leaver.user.id}`)).must(204);
    expect(await stateOf(project, id)).toEqual(mayNot());
  });

  it.each(['block', 'deactivate'])('by %s', async (verb) => {
    const { project, id } = await setUp();
    (await app.http('POST', `/users/${leaver.user.id}/${verb}`, { as: root })).must(201);
    expect(await stateOf(project, id)).toEqual(mayNot());
  });

  it('by a deletion', async () => {
    const { project, id } = await setUp();
    (await app.http('DELETE', `/users/${leaver.user.id}`, { as: root })).must(204);
    expect(await stateOf(project, id)).toEqual(GONE);
  });

  it('as an administrator who is none any more, where they are no member', async () => {
    leaver = await app.addPerson(`admin-${count}`, { admin: true });
    const { project, id } = await setUp();
    const foreign = await app.addProject(CONFIG);
    const there = await addSchedule(foreign);
    (await app.http('PUT', `/users/${leaver.user.id}`, { as: root, json: { admin: false } })).must(200);
    expect(await stateOf(foreign, there)).toEqual(mayNot());
    expect(await stateOf(project, id)).toEqual(ACTIVE);
  });

  it('with the access token whose bot they are of', async () => {
    const project = await app.addProject(CONFIG);
    const json = { name: 'ci', scopes: ['api'], access_level: ROLES.maintainer };
    const token = (await project.call('POST', '/access_tokens', { json })).must(201);
    const wanted = { description: 'nightly', ref: 'main', cron: '0 * * * *' };
    const headers = { 'private-token': token.string('token') };
    const made = (await project.anonymously('POST', '/pipeline_schedules', { headers, json: wanted })).must(201);
    (await project.call('DELETE', `/access_tokens/${token.number('id')}`)).must(204);
    expect((await stateOf(project, made.number('id')))[0]).toBe(false);
  });

  it('with a row for the run that was due already', async () => {
    const { project, id } = await setUp();
    const now = app.clock.now().getTime() / 1000;
    app.clock.advance(3600 - (now % 3600));
    (await project.call('DELETE', `/members/${leaver.user.id}`)).must(204);
    await app.tick('schedules');
    await app.settle();
    const ticks = (await project.call('GET', `/penstock/schedules/${id}/ticks`)).must(200);
    expect(ticks.pluck('state')).toEqual(['skipped']);
    expect(ticks.string(0, 'reason')).toBe(`the schedule was switched off before its start: ${String(mayNot()[1])}`);
    expect(await project.countPipelines()).toBe(0);
  });

  it('while two servers start their runs: each is off, and its run started or has a row that says why not', async () => {
    const { project } = await setUp();
    const ids = [];
    for (let number = 0; number < 8; number += 1) ids.push(await addSchedule(project));
    const other = await app.startAnother();
    const now = app.clock.now().getTime() / 1000;
    app.clock.advance(3600 - (now % 3600));
    const run = (server?: typeof other) => app.tick('schedules', server);
    const leave = project.call('DELETE', `/members/${leaver.user.id}`);
    const [left] = await Promise.all([leave, run(), run(other), run(), run(other)]);
    left.must(204);
    await run();
    await Promise.all([app.settle(), other.settle()]);
    for (const id of ids) {
      expect((await stateOf(project, id))[0]).toBe(false);
      const states = (await project.call('GET', `/penstock/schedules/${id}/ticks`)).must(200).pluck('state');
      expect(['started', 'skipped', 'refused']).toContain(states.join());
    }
  });
});

/** One that is not protected. */
const branchOf = async (project: TestProject): Promise<string> => {
  const head = (await project.headOf('main')) ?? '';
  await project.commit({ 'a.txt': 'a' }, { branch: 'open', from: head });
  return 'open';
};

describe('why a schedule was switched off', () => {
  it('is in the list too, and nowhere while it is active or a person switched it off', async () => {
    const { project, id } = await setUp();
    const mine = await addSchedule(project, { active: false }, project.owner);
    const shown = async () => {
      const { body } = (await project.call('GET', '/pipeline_schedules')).must(200);
      return (body as readonly { id: number; deactivated_reason?: string }[]).map((row) => [
        row.id,
        'deactivated_reason' in row,
      ]);
    };
    expect(await shown()).toEqual([
      [id, false],
      [mine, false],
    ]);
    (await project.call('DELETE', `/members/${leaver.user.id}`)).must(204);
    expect(await shown()).toEqual([
      [id, true],
      [mine, false],
    ]);
  });
});
