import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpReceiver } from '../../../test/support/receiver.ts';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { runDueTicks } from './index.ts';
import { leaseDueTicks, lockDueSchedules } from './ledger-store.ts';

const CONFIG = 'a: { script: a }\n';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ outboundAllow: '127.0.0.1' });
});
afterAll(() => app.close());

const add = async (project: TestProject, json: object = {}): Promise<number> => {
  const all = { description: 'nightly', ref: 'main', cron: '0 * * * *', ...json };
  return (await project.call('POST', '/pipeline_schedules', { json: all })).must(201).number('id');
};

const toNextHour = (): void => {
  app.clock.advance(3600 - ((app.clock.now().getTime() / 1000) % 3600));
};

const statesOf = async (project: TestProject, id: number): Promise<readonly unknown[]> =>
  (await project.call('GET', `/penstock/schedules/${id}/ticks`)).must(200).pluck('state').toReversed();

/** An address that answers nobody before `answer` is called. */
const hanging = async () => {
  const waiting: (() => void)[] = [];
  const { host } = await httpReceiver((_, response) => void waiting.push(() => response.end(CONFIG)));
  return {
    config: `include: { remote: "http://${host}/ci.yml" }\n`,
    answer: (): void => {
      for (const go of waiting.splice(0)) go();
    },
  };
};

describe('a schedule whose configuration does not come', () => {
  it('does not keep one of another project from starting at its minute', async () => {
    const { config, answer } = await hanging();
    const slow = await app.addProject(config);
    const other = await app.addProject(CONFIG);
    const bad = await add(slow);
    const good = await add(other, { cron: '1 * * * *' });
    toNextHour();
    await runDueTicks(app.parts);
    app.clock.advance(60);
    await runDueTicks(app.parts);
    expect(await statesOf(other, good)).toEqual(['started']);
    expect(await statesOf(slow, bad)).toEqual(['planned']);
    answer();
    await app.settle();
  });

  it('does not keep those of another project from starting that have to be run one by one, however many wait', async () => {
    const { config, answer } = await hanging();
    const slow = await app.addProject(config);
    const other = await app.addProject(CONFIG);
    toNextHour();
    const bad = await Promise.all(Array.from({ length: 12 }, () => add(slow, { cron: '30 * * * *' })));
    const good = await add(other, { cron: '31 * * * *' });
    (await other.call('PUT', `/penstock/schedules/${good}/policy`, { json: { overlap: 'forbid' } })).must(200);
    app.clock.advance(1800);
    await runDueTicks(app.parts);
    app.clock.advance(60);
    await runDueTicks(app.parts);
    await expect.poll(() => statesOf(other, good)).toEqual(['started']);
    for (const id of bad) expect(await statesOf(slow, id)).toEqual(['planned']);
    answer();
    await app.settle();
  });
});

describe('projects take turns', () => {
  /** Schedules of each of three projects that are due in the same minute, in the order of the projects. */
  const inThreeProjects = async (counts: readonly [number, number, number]): Promise<readonly TestProject[]> => {
    await sql`delete from pipeline_schedules`.execute(app.db);
    const projects: TestProject[] = [];
    for (const count of counts) {
      const project = await app.addProject(CONFIG);
      for (let index = 0; index < count; index += 1) await add(project);
      projects.push(project);
    }
    toNextHour();
    return projects;
  };

  it('when schedules are planned: the first page has the first of each', async () => {
    const projects = await inThreeProjects([4, 1, 2]);
    const page = await app.db.transaction().execute((tx) => lockDueSchedules(tx, app.clock.now(), 3));
    expect(page.map(({ projectId }) => projectId).toSorted((one, other) => one - other)).toEqual(
      projects.map(({ id }) => id),
    );
  });

  it('when ticks are run: the first page has the first of each, and none of a project that is left out', async () => {
    const [first, second, third] = await inThreeProjects([4, 1, 2]);
    const now = app.clock.now();
    await sql`
      insert into schedule_ticks (schedule_id, project_id, planned_at, due_at, state)
      select id, project_id, ${now}, ${now}, 'planned' from pipeline_schedules`.execute(app.db);
    const lease = async (limit: number, notOf: readonly TestProject[] = []) => {
      const options = { limit, notOf: notOf.map(({ id }) => id) };
      const ticks = await leaseDueTicks(app.db, now, new Date(now.getTime() + 1000), options);
      return ticks.map(({ projectId }) => projectId);
    };
    if (first === undefined || second === undefined || third === undefined) throw new Error('no projects');
    expect((await lease(3)).toSorted((one, other) => one - other)).toEqual([first.id, second.id, third.id]);
    expect(await lease(5, [first])).toEqual([third.id]);
    expect(await lease(5)).toEqual([first.id, first.id, first.id]);
  });
});
