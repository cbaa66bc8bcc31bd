import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import type { ScheduleId } from '../../kit/ids.ts';
import { ROLES } from '../projects/role.ts';
import { addScheduleVariable } from './change-variables.ts';

const CONFIG = 'a: { script: a }\n';
const MINUTE = 60;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** A schedule of each hour on `main`, and what became of it. */
const scheduleOf = async (
  project: TestProject,
  { policy, as, ...fields }: { policy?: object; as?: Person; cron?: string; ref?: string } = {},
) => {
  const person = as ?? project.owner;
  const json = { description: 'nightly', ref: 'main', cron: '0 * * * *', ...fields };
  const id = (await project.call('POST', '/pipeline_schedules', { as: person, json })).must(201).number('id');
  if (policy !== undefined) {
    (await project.call('PUT', `/penstock/schedules/${id}/policy`, { as: person, json: policy })).must(200);
  }
  return {
    id,
    get: async () => (await project.call('GET', `/pipeline_schedules/${id}`)).must(200),
    /** The states of the ledger's rows, the oldest first. */
    states: async (): Promise<readonly unknown[]> =>
      (await project.call('GET', `/penstock/schedules/${id}/ticks`)).must(200).pluck('state').toReversed(),
    ticks: async () => (await project.call('GET', `/penstock/schedules/${id}/ticks`)).must(200),
    pipelines: async () => (await project.call('GET', `/pipeline_schedules/${id}/pipelines`)).must(200).pluck('id'),
  };
};

/** To the next full hour. */
const toNextHour = (): void => {
  const now = app.clock.now().getTime() / 1000;
  app.clock.advance(3600 - (now % 3600));
};

const runDue = async (): Promise<void> => {
  await app.tick('schedules');
  await app.settle();
};

describe('a tick', () => {
  it('makes one pipeline as the owner, at its minute and not before', async () => {
    const project = await app.addProject(CONFIG);
    const schedule = await scheduleOf(project);
    toNextHour();
    app.clock.advance(-1);
    await runDue();
    expect(await schedule.states()).toEqual([]);
    app.clock.advance(1);
    await runDue();
    await runDue();
    const [id] = await schedule.pipelines();
    const pipeline = (await project.call('GET', `/pipelines/${String(id)}`)).must(200);
    expect(pipeline.at('source')).toBe('schedule');
    expect(pipeline.at('user', 'id')).toBe(project.owner.user.id);
    expect(await schedule.pipelines()).toHaveLength(1);
    const [row] = (await schedule.ticks()).rows();
    expect(row?.body).toMatchObject({ state: 'started', pipeline_id: id });
    const next = new Date((await schedule.get()).string('next_run_at')).getTime();
    expect(next - app.clock.now().getTime()).toBe(3600_000);
  });

  it('happens once on two servers that look at the same moment', async () => {
    const project = await app.addProject(CONFIG);
    const schedules = await Promise.all(Array.from({ length: 8 }, () => scheduleOf(project)));
    const other = await app.startAnother();
    toNextHour();
    await Promise.all([runDue(), app.tick('schedules', other), runDue(), app.tick('schedules', other)]);
    for (const schedule of schedules) {
      expect(await schedule.states()).toEqual(['started']);
      expect(await schedule.pipelines()).toHaveLength(1);
    }
  });

  it('that a server took and never decided is decided by another after a while', async () => {
    const project = await app.addProject(CONFIG);
    const schedule = await scheduleOf(project);
    toNextHour();
    await app.db
      .insertInto('schedule_ticks')
      .values({
        schedule_id: schedule.id,
        project_id: project.id,
        planned_at: app.clock.now(),
        due_at: app.clock.now(),
        state: 'planned',
        leased_until: new Date(app.clock.now().getTime() + 60_000),
      })
      .execute();
    await runDue();
    expect(await schedule.states()).toEqual(['planned']);
    app.clock.advance(61);
    await runDue();
    expect(await schedule.states()).toEqual(['late']);
    expect(await schedule.pipelines()).toHaveLength(1);
  });

  it('of a schedule that is deleted at that moment has a pipeline or none, and the deletion succeeds', async () => {
    const project = await app.addProject(CONFIG);
    const schedules = await Promise.all(Array.from({ length: 8 }, () => scheduleOf(project)));
    toNextHour();
    const remove = (id: number) => project.call('DELETE', `/pipeline_schedules/${id}`);
    const [, ...removed] = await Promise.all([runDue(), ...schedules.map(({ id }) => remove(id))]);
    expect(removed.map(({ status }) => status)).toEqual(schedules.map(() => 204));
    const left = await app.db.selectFrom('schedule_ticks').select('id').where('project_id', '=', project.id).execute();
    expect(left).toEqual([]);
  });

  it('that is due when its schedule is changed still has its row', async () => {
    const project = await app.addProject(CONFIG);
    const [first, second] = [await scheduleOf(project), await scheduleOf(project)];
    toNextHour();
    const change = (id: number, json: object) => project.call('PUT', `/pipeline_schedules/${id}`, { json });
    (await change(first.id, { cron: '0 */1 * * *' })).must(200);
    (await change(second.id, { active: false })).must(200);
    await runDue();
    expect(await first.states()).toEqual(['started']);
    expect(await second.states()).toEqual(['skipped']);
  });

  it('that can make no pipeline is refused, with the reason; the schedule stays active', async () => {
    const project = await app.addProject('a: { script: a, rules: [{ when: never }] }\n');
    const schedule = await scheduleOf(project);
    toNextHour();
    await runDue();
    const [row] = (await schedule.ticks()).rows();
    expect(row?.at('state')).toBe('refused');
    expect(row?.string('reason')).toContain('a is not in the pipeline');
    expect(row?.number('refusal_id')).toBeGreaterThan(0);
    expect((await schedule.get()).at('active')).toBe(true);
  });
});

describe('a tick that was planned and waits for its jitter', () => {
  /** A schedule whose tick is planned and not yet due. */
  const waiting = async (project: TestProject) => {
    const schedule = await scheduleOf(project, { policy: { jitter: 3600 } });
    do {
      toNextHour();
      await runDue();
    } while ((await schedule.states()).at(-1) !== 'planned');
    const due = new Date((await schedule.ticks()).string(0, 'due_at')).getTime();
    const isDue = () => app.clock.advance((due - app.clock.now().getTime()) / 1000);
    const change = async (json: object) =>
      (await project.call('PUT', `/pipeline_schedules/${schedule.id}`, { json })).must(200);
    return { ...schedule, isDue, change };
  };

  it('stays when the cron is changed: it starts when it is due, as the schedule is then', async () => {
    const project = await app.addProject(CONFIG);
    await project.commit(CONFIG, { branch: 'other', from: (await project.headOf('main')) ?? '' });
    const schedule = await waiting(project);
    await schedule.change({ cron: '0 4 1 1 *', ref: 'other' });
    const [before] = (await schedule.ticks()).rows();
    schedule.isDue();
    await runDue();
    const [row] = (await schedule.ticks()).rows();
    expect(row?.body).toMatchObject({ id: before?.number('id'), due_at: before?.string('due_at'), state: 'started' });
    const pipeline = (await project.call('GET', `/pipelines/${row?.number('pipeline_id')}`)).must(200);
    expect(pipeline.at('ref')).toBe('other');
  });

  it('is skipped with a reason when the schedule is switched off', async () => {
    const project = await app.addProject(CONFIG);
    const schedule = await waiting(project);
    await schedule.change({ active: false });
    schedule.isDue();
    await runDue();
    const [row] = (await schedule.ticks()).rows();
    expect(row?.body).toMatchObject({
      state: 'skipped',
      reason: 'the schedule was switched off before its start',
      pipeline_id: null,
    });
  });

  it('starts when it is due if the schedule was switched off and on again meanwhile, and no other comes of it', async () => {
    const project = await app.addProject(CONFIG);
    const schedule = await waiting(project);
    const before = (await schedule.ticks()).rows().length;
    await schedule.change({ active: false });
    await runDue();
    await schedule.change({ active: true });
    await runDue();
    expect((await schedule.states()).at(-1)).toBe('planned');
    schedule.isDue();
    await runDue();
    const rows = (await schedule.ticks()).rows();
    expect(rows.at(-before)?.at('state')).toBe('started');
    expect(new Set(rows.map((row) => row.string('planned_at'))).size).toBe(rows.length);
  });
});

describe('a variable for a schedule that is deleted at that moment', () => {
  it('is refused with 404', async () => {
    const project = await app.addProject(CONFIG);
    const { id } = await scheduleOf(project);
    (await project.call('DELETE', `/pipeline_schedules/${id}`)).must(204);
    const variable = { key: 'A', value: '1', variableType: 'env_var', raw: false } as const;
    await expect(addScheduleVariable(app.parts, id as ScheduleId, variable)).rejects.toThrow(
      '404 Pipeline Schedule Not Found',
    );
  });
});

describe('a time without a server', () => {
  it('makes up the last run, and says that the others were missed', async () => {
    const project = await app.addProject(CONFIG);
    const schedule = await scheduleOf(project);
    toNextHour();
    app.clock.advance(2 * 3600 + 10 * MINUTE);
    await runDue();
    expect(await schedule.states()).toEqual(['missed', 'missed', 'late']);
    expect(await schedule.pipelines()).toHaveLength(1);
  });

  it('makes up all or none where the schedule says so', async () => {
    const project = await app.addProject(CONFIG);
    const all = await scheduleOf(project, { policy: { catch_up: 'all' } });
    const none = await scheduleOf(project, { policy: { catch_up: 'none' } });
    toNextHour();
    app.clock.advance(3600 + 10 * MINUTE);
    await runDue();
    expect(await all.states()).toEqual(['late', 'late']);
    expect(await none.states()).toEqual(['missed', 'missed']);
  });
});

describe('a run that has not ended', () => {
  const twoHours = async (overlap: string) => {
    const project = await app.addProject(CONFIG);
    const schedule = await scheduleOf(project, { policy: { overlap } });
    for (let hour = 0; hour < 2; hour += 1) {
      toNextHour();
      await runDue();
    }
    return { project, schedule };
  };

  it('does not matter by default', async () => {
    const { schedule } = await twoHours('allow');
    expect(await schedule.states()).toEqual(['started', 'started']);
  });

  it('keeps the next from starting where overlap is forbidden', async () => {
    const { schedule } = await twoHours('forbid');
    expect(await schedule.states()).toEqual(['started', 'skipped']);
    expect((await schedule.ticks()).string(0, 'reason')).toMatch(/^pipeline \d+ of this schedule has not ended$/);
  });

  it('is canceled by the next where it replaces', async () => {
    const { project, schedule } = await twoHours('replace');
    expect(await schedule.states()).toEqual(['started', 'started']);
    const [first, second] = (await schedule.pipelines()).map(Number).toSorted((one, other) => one - other);
    const statusOf = async (id: number | undefined) => (await project.call('GET', `/pipelines/${id}`)).at('status');
    expect([await statusOf(first), await statusOf(second)]).toEqual(['canceled', 'pending']);
  });

  it('is waited for where runs queue', async () => {
    const { project, schedule } = await twoHours('queue');
    expect(await schedule.states()).toEqual(['started', 'planned']);
    const runner = await app.addRunner(project);
    await runner.work();
    app.clock.advance(3);
    await runDue();
    expect(await schedule.states()).toEqual(['started', 'started']);
  });
});

describe('an owner who may not run pipelines any more', () => {
  it('switches the schedule off where nobody noticed before, with a reason; others run on', async () => {
    const project = await app.addProject(CONFIG);
    const person = await app.addPerson('leaver');
    await project.addMember(person, ROLES.maintainer);
    const theirs = await scheduleOf(project, { as: person });
    const mine = await scheduleOf(project);
    const tomorrow = new Date(app.clock.now().getTime() + 86_400_000).toISOString().slice(0, 10);
    const json = { access_level: ROLES.maintainer, expires_at: tomorrow };
    (await project.call('PUT', `/members/${person.user.id}`, { json })).must(200);
    app.clock.advance(86_400);
    expect((await theirs.get()).at('active')).toBe(true);
    toNextHour();
    await runDue();
    expect((await theirs.states()).at(-1)).toBe('refused');
    const reason = 'its owner, leaver, may not run pipelines of this project any more';
    expect((await theirs.ticks()).string(0, 'reason')).toBe(reason);
    expect((await theirs.get()).body).toMatchObject({ active: false, deactivated_reason: reason });
    expect((await mine.states()).at(-1)).toBe('started');
  });
});

describe('an archived project', () => {
  it('has no scheduled pipelines, and a row that says so', async () => {
    const project = await app.addProject(CONFIG);
    const schedule = await scheduleOf(project);
    (await project.call('POST', '/archive')).must(201);
    toNextHour();
    await runDue();
    expect((await schedule.ticks()).string(0, 'reason')).toBe('the project is archived');
  });
});

describe('the lag', () => {
  it('is from the moment of the tick to its pipeline, in the API and as a metric', async () => {
    const project = await app.addProject(CONFIG);
    const schedule = await scheduleOf(project);
    const lag = async () => (await project.call('GET', '/penstock/schedules/lag')).must(200);
    expect((await lag()).body).toMatchObject({ runs: 0, p50_seconds: null, p99_seconds: null });
    toNextHour();
    app.clock.advance(3);
    await runDue();
    toNextHour();
    app.clock.advance(1);
    await runDue();
    expect(await schedule.states()).toEqual(['started', 'started']);
    expect((await lag()).body).toMatchObject({ runs: 2, p50_seconds: 2, max_seconds: 3 });
    const metrics = await fetch(`${app.url}/-/metrics`);
    expect(metrics.headers.get('content-type')).toContain('version=0.0.4');
    expect(await metrics.text()).toMatch(/penstock_schedule_lag_seconds_bucket\{le="5"\} [1-9]/);
    expect((await project.anonymously('GET', '/penstock/schedules/lag')).status).toBe(401);
  });
});
