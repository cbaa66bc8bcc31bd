import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countStatements } from '../../../test/support/count-statements.ts';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { runDueTicks, untilNextRun } from './index.ts';

const CONFIG = `
workflow: { name: "run of $WHO" }
a: { script: a, environment: { name: $WHO } }
b: { script: b, needs: [a] }
`;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const add = async (project: TestProject, json: object = {}): Promise<number> => {
  const all = { description: 'nightly', ref: 'main', cron: '0 * * * *', ...json };
  return (await project.call('POST', '/pipeline_schedules', { json: all })).must(201).number('id');
};

const addMany = (project: TestProject, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => add(project, { description: `nightly ${index}` })));

const toNextHour = (): void => {
  app.clock.advance(3600 - ((app.clock.now().getTime() / 1000) % 3600));
};

const runDue = async (): Promise<void> => {
  await app.tick('schedules');
  await app.settle();
};

const statesOf = async (project: TestProject, id: number): Promise<readonly unknown[]> =>
  (await project.call('GET', `/penstock/schedules/${id}/ticks`)).must(200).pluck('state').toReversed();

describe('schedules of one project that are due together', () => {
  it('have a pipeline each, with their own variables, jobs and environments, numbered without gaps', async () => {
    const project = await app.addProject(CONFIG);
    const ids = await addMany(project, 3);
    for (const id of ids) {
      const json = { key: 'WHO', value: `number ${id}` };
      (await project.call('POST', `/pipeline_schedules/${id}/variables`, { json })).must(201);
    }
    toNextHour();
    await runDue();
    const pipelines = (await project.call('GET', '/pipelines')).must(200);
    expect(pipelines.pluck('name').toSorted()).toEqual(ids.map((id) => `run of number ${id}`).toSorted());
    expect(pipelines.pluck('iid')).toEqual([3, 2, 1]);
    for (const id of pipelines.pluck('id')) {
      const jobs = (await project.call('GET', `/pipelines/${String(id)}/jobs`)).must(200);
      expect([...jobs.pluck('name')].toSorted()).toEqual(['a', 'b']);
      expect([...jobs.pluck('status')].toSorted()).toEqual(['created', 'pending']);
    }
    const environments = (await project.call('GET', '/environments')).must(200).pluck('name');
    expect([...environments].toSorted()).toEqual(ids.map((id) => `number ${id}`).toSorted());
  });

  it('do not keep each other from running when one ends in a refusal', async () => {
    const project = await app.addProject(CONFIG);
    await project.commit('a: { script: [] , when: never_heard_of }\n', { branch: 'broken' });
    const good = await addMany(project, 2);
    const broken = await add(project, { ref: 'broken' });
    toNextHour();
    await runDue();
    for (const id of good) expect(await statesOf(project, id)).toEqual(['started']);
    expect(await statesOf(project, broken)).toEqual(['refused']);
  });

  it('do not keep each other from running when the database refuses one of them', async () => {
    const project = await app.addProject(CONFIG);
    const [bad, ...good] = await addMany(project, 3);
    if (bad === undefined) throw new Error('no schedule');
    await sql`create function refuse_one() returns trigger language plpgsql as
      $$ begin if new.schedule_id = ${sql.lit(bad)} then raise exception 'not this one'; end if; return new; end $$`.execute(
      app.db,
    );
    await sql`create trigger refuse_one before insert on pipelines for each row execute function refuse_one()`.execute(
      app.db,
    );
    try {
      toNextHour();
      await runDue();
      for (const id of good) expect(await statesOf(project, id)).toEqual(['started']);
      expect(await statesOf(project, bad)).toEqual(['planned']);
      expect(app.faults.splice(0).join('')).toContain('a scheduled run failed');
    } finally {
      await sql`drop trigger refuse_one on pipelines`.execute(app.db);
      await sql`drop function refuse_one`.execute(app.db);
    }
    // It is tried again by itself.
    app.clock.advance(10);
    await runDue();
    expect(await statesOf(project, bad)).toEqual(['started']);
    expect((await project.call('GET', '/pipelines')).must(200).pluck('iid')).toEqual([3, 2, 1]);
  });

  it('cost no more statements for being many', async () => {
    const statements = countStatements(app.database.pool);
    const cost = async (count: number): Promise<number> => {
      const project = await app.addProject('a: { script: a }\n');
      await sql`update pipeline_schedules set active = false`.execute(app.db);
      await addMany(project, count);
      toNextHour();
      return statements.during(() => runDueTicks(app.parts));
    };
    await cost(1);
    expect(await cost(20)).toBe(await cost(2));
  });
});

describe('the next moment', () => {
  it('is the next run of an active schedule, in milliseconds', async () => {
    toNextHour();
    await runDue();
    const project = await app.addProject(CONFIG);
    const id = await add(project, { cron: '30 * * * *' });
    toNextHour();
    await runDue();
    expect(await untilNextRun(app.parts)).toBe(30 * 60_000);
    (await project.call('PUT', `/pipeline_schedules/${id}`, { json: { active: false } })).must(200);
    expect(await untilNextRun(app.parts)).toBe(60 * 60_000);
  });
});
