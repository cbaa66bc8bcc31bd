import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

/** Penstock's own calls: policy, ledger and preview. */

let app: TestApp;
let project: TestProject;
let reporter: Person;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject('build: {script: make}\n');
  reporter = await app.addPerson('reporter');
  await project.addMember(reporter, ROLES.reporter);
});
afterAll(() => app.close());

const moveTo = (moment: string) => app.clock.advance((Date.parse(moment) - app.clock.now().getTime()) / 1000);
const add = async (json: object): Promise<number> => {
  const wanted = { description: 'Nightly', ref: 'main', cron: '0 1 * * *', ...json };
  return (await project.call('POST', '/pipeline_schedules', { json: wanted })).must(201).number('id');
};
const own = (method: string, id: number, path: string, call = {}) =>
  project.call(method, `/penstock/schedules/${id}/${path}`, call);

describe('policy', () => {
  const DEFAULTS = {
    overlap: 'allow',
    catch_up: 'last',
    catch_up_deadline: null,
    jitter: 0,
    dst_gap: null,
    dst_overlap: null,
  };

  it('is as GitLab has it until somebody changes it, field by field', async () => {
    const id = await add({});
    expect((await own('GET', id, 'policy')).outcome).toEqual([200, DEFAULTS]);
    const changes = { overlap: 'queue', catch_up: 'all', catch_up_deadline: 3600, jitter: 300, dst_gap: 'after_gap' };
    expect((await own('PUT', id, 'policy', { json: changes })).outcome).toEqual([200, { ...DEFAULTS, ...changes }]);
    const back = { catch_up_deadline: null, dst_gap: null, dst_overlap: 'both' };
    const expected = { ...DEFAULTS, overlap: 'queue', catch_up: 'all', jitter: 300, dst_overlap: 'both' };
    expect((await own('PUT', id, 'policy', { json: back })).outcome).toEqual([200, expected]);
    expect((await own('GET', id, 'policy', { as: reporter })).outcome).toEqual([200, expected]);
    expect((await own('PUT', id, 'policy', { as: reporter, json: {} })).status).toBe(403);
  });

  const refused = [
    ['overlap', 'twice', 'does not have a valid value'],
    ['catch_up', 'some', 'does not have a valid value'],
    ['catch_up_deadline', 0, 'does not have a valid value'],
    ['catch_up_deadline', 2 ** 31, 'does not have a valid value'],
    ['jitter', 3601, 'does not have a valid value'],
    ['jitter', 'long', 'is invalid, jitter does not have a valid value'],
    ['dst_gap', 'first', 'does not have a valid value'],
    ['dst_overlap', 'skip', 'does not have a valid value'],
  ] as const;
  it.each(refused)('%s %s is refused', async (name, value, text) => {
    const id = await add({});
    const answer = await own('PUT', id, 'policy', { json: { [name]: value } });
    expect(answer.outcome).toEqual([400, { error: `${name} ${text}` }]);
  });

  it('of daylight saving plans the next run anew', async () => {
    moveTo('2026-03-28T12:00:00Z');
    const id = await add({ cron: '30 2 * * *', cron_timezone: 'Europe/Berlin' });
    const nextRun = async () => (await project.call('GET', `/pipeline_schedules/${id}`)).at('next_run_at');
    expect(await nextRun()).toBe('2026-03-30T00:30:00.000Z');
    await own('PUT', id, 'policy', { json: { dst_gap: 'after_gap' } });
    expect(await nextRun()).toBe('2026-03-29T01:00:00.000Z');
  });
});

describe('preview', () => {
  it('shows the next runs in both times, and where the clock is turned', async () => {
    moveTo('2026-03-27T12:00:00Z');
    const id = await add({ cron: '30 3 * * *', cron_timezone: 'Berlin' });
    const preview = (await own('GET', id, 'preview', { as: reporter, query: { count: '3' } })).must(200);
    expect(preview.body).toEqual({
      active: true,
      deactivated_reason: null,
      runs: [
        { at: '2026-03-28T02:30:00.000Z', local: '2026-03-28T03:30:00+01:00', zone_changes: [] },
        {
          at: '2026-03-29T01:30:00.000Z',
          local: '2026-03-29T03:30:00+02:00',
          zone_changes: [{ at: '2026-03-29T01:00:00.000Z', offset_before: 3600, offset_after: 7200 }],
        },
        { at: '2026-03-30T01:30:00.000Z', local: '2026-03-30T03:30:00+02:00', zone_changes: [] },
      ],
    });
  });

  it('has 20 runs, at most 100', async () => {
    const id = await add({ cron: 'H H * * *', active: false });
    const runs = async (query = {}) => (await own('GET', id, 'preview', { query })).must(200).at('runs');
    expect(await runs()).toHaveLength(20);
    expect(await runs({ count: '100' })).toHaveLength(100);
    const answer = await own('GET', id, 'preview', { query: { count: '101' } });
    expect(answer.outcome).toEqual([400, { error: 'count does not have a valid value' }]);
  });

  it('agrees with next_run_at', async () => {
    const id = await add({ cron: 'H H(0-7) * * 1-5', cron_timezone: 'Asia/Kathmandu' });
    const planned = (await project.call('GET', `/pipeline_schedules/${id}`)).string('next_run_at');
    expect((await own('GET', id, 'preview')).at('runs', 0, 'at')).toBe(planned);
  });
});

describe('ticks', () => {
  it('are listed the newest first, in pages, by state', async () => {
    const id = await add({});
    const minute = (number: number) => new Date(Date.UTC(2026, 0, 1, 0, number));
    const states = ['started', 'missed', 'skipped', 'planned'] as const;
    const rows = states.map((state, index) => ({
      schedule_id: id,
      project_id: project.id,
      planned_at: minute(index),
      due_at: minute(index),
      decided_at: state === 'planned' ? null : minute(index + 1),
      state,
      reason: state === 'skipped' ? 'The run before has not ended' : null,
    }));
    await app.db.insertInto('schedule_ticks').values(rows).execute();
    const list = async (query: Readonly<Record<string, string>> = {}) =>
      (await own('GET', id, 'ticks', { query })).must(200);
    expect((await list()).pluck('state')).toEqual(states.toReversed());
    const skipped = await list({ state: 'skipped' });
    expect(skipped.body).toEqual([
      {
        id: skipped.number(0, 'id'),
        planned_at: '2026-01-01T00:02:00.000Z',
        due_at: '2026-01-01T00:02:00.000Z',
        decided_at: '2026-01-01T00:03:00.000Z',
        state: 'skipped',
        reason: 'The run before has not ended',
        pipeline_id: null,
        refusal_id: null,
      },
    ]);
    const page = await list({ per_page: '2', page: '2' });
    expect([page.pluck('state'), page.headers.get('x-total')]).toEqual([['missed', 'started'], '4']);
    const several = await own('GET', id, 'ticks?state[]=missed&state[]=planned');
    expect(several.pluck('state')).toEqual(['planned', 'missed']);
    const unknown = await own('GET', id, 'ticks', { query: { state: 'lost' } });
    expect(unknown.outcome).toEqual([400, { error: 'state does not have a valid value' }]);
  });
});
