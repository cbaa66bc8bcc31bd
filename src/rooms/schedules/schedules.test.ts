import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

const CONFIG = 'build: {script: make}\n';
const WANTED = { description: 'Nightly', ref: 'main', cron: '0 1 * * *' };

let app: TestApp;
let project: TestProject;

beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  project = await app.addProject(CONFIG);
});
afterAll(() => app.close());

const add = async (json: object = {}, as: Person = project.owner): Promise<number> =>
  (await project.call('POST', '/pipeline_schedules', { as, json: { ...WANTED, ...json } })).must(201).number('id');
const get = async (id: number) => (await project.call('GET', `/pipeline_schedules/${id}`)).must(200);
const update = async (id: number, json: object) =>
  (await project.call('PUT', `/pipeline_schedules/${id}`, { json })).must(200);

describe('the list', () => {
  it('is in the order of numbers, in pages, by scope', async () => {
    const ids = [await add(), await add({ active: false }), await add()];
    await update(ids[0] ?? 0, { description: 'Changed last' });
    const list = async (query: Readonly<Record<string, string>>) =>
      (await project.call('GET', '/pipeline_schedules', { query })).must(200);
    expect((await list({})).pluck('id')).toEqual(ids);
    expect((await list({ scope: 'active' })).pluck('id')).toEqual([ids[0], ids[2]]);
    expect((await list({ scope: 'inactive' })).pluck('id')).toEqual([ids[1]]);
    const second = await list({ per_page: '2', page: '2' });
    expect(second.pluck('id')).toEqual([ids[2]]);
    expect([second.headers.get('x-total'), second.headers.get('x-total-pages')]).toEqual(['3', '2']);
  });

  it('shows neither newest pipelines nor variables, but inputs', async () => {
    const id = await add({ inputs: [{ name: 'a', value: 1 }] });
    await project.call('POST', `/pipeline_schedules/${id}/play`);
    const [row] = (await project.call('GET', '/pipeline_schedules')).rows();
    expect(Object.keys(Object(row?.body)).toSorted()).toEqual([
      'active',
      'created_at',
      'cron',
      'cron_timezone',
      'description',
      'id',
      'inputs',
      'next_run_at',
      'owner',
      'ref',
      'updated_at',
    ]);
  });
});

describe('texts', () => {
  it('are kept as they were sent, but for spaces around the cron', async () => {
    const zone = 'Pacific Time (US & Canada)';
    const id = await add({ cron: '  0 1 * * fri ', cron_timezone: zone, description: ' Two  words ' });
    expect((await get(id)).body).toMatchObject({
      cron: '0 1 * * fri',
      cron_timezone: zone,
      description: ' Two  words ',
    });
  });

  it('that are not named stay, and a change that changes nothing is none', async () => {
    const id = await add({ cron_timezone: 'Asia/Tokyo' });
    const before = (await get(id)).body;
    app.clock.advance(60);
    await update(id, { description: 'Nightly', cron: ' 0 1 * * *' });
    await project.call('PUT', `/pipeline_schedules/${id}`);
    expect((await get(id)).body).toEqual(before);
    const changed = await update(id, { description: 'Weekly' });
    expect(changed.body).toMatchObject({ cron_timezone: 'Asia/Tokyo', updated_at: app.clock.now().toISOString() });
  });
});

describe('next_run_at', () => {
  it('is the next minute of the cron in its zone', async () => {
    const id = await add({ cron: '30 9 * * *', cron_timezone: 'Asia/Tokyo' });
    expect((await get(id)).at('next_run_at')).toBe(nextDayAt('00:30'));
  });

  it('is planned anew for another cron or zone, and for nothing else', async () => {
    const id = await add({ cron: '0 3 * * *' });
    const planned = (await get(id)).string('next_run_at');
    app.clock.advance(3 * 86_400);
    expect((await update(id, { description: 'Other', ref: 'refs/tags/x' })).at('next_run_at')).toBe(planned);
    expect((await update(id, { cron: '0 4 * * *' })).at('next_run_at')).toBe(nextDayAt('04:00'));
    app.clock.advance(86_400);
    expect((await update(id, { cron_timezone: 'Etc/GMT-1' })).at('next_run_at')).toBe(nextDayAt('03:00'));
  });

  it('of a schedule that is switched off is shown, and lies ahead when it is switched on again', async () => {
    const id = await add({ cron: '0 3 * * *', active: false });
    expect((await get(id)).at('next_run_at')).toBe(nextDayAt('03:00'));
    app.clock.advance(10 * 86_400);
    expect((await get(id)).at('next_run_at')).toBe(nextDayAt('03:00'));
    expect((await update(id, { active: true })).body).toMatchObject({ active: true, next_run_at: nextDayAt('03:00') });
  });
});

/** The first such time of day (UTC) after now. */
const nextDayAt = (time: string): string => {
  const now = app.clock.now();
  const today = new Date(`${now.toISOString().slice(0, 10)}T${time}:00.000Z`);
  return new Date(today.getTime() + (today > now ? 0 : 86_400_000)).toISOString();
};

describe('inputs', () => {
  const inputsOf = async (id: number) => (await get(id)).at('inputs');

  it('keep their types', async () => {
    const inputs = [
      { name: 'text', value: 'a' },
      { name: 'empty', value: '' },
      { name: 'whole', value: 7 },
      { name: 'broken', value: 1.5 },
      { name: 'long', value: 2 ** 60 },
      { name: 'flag', value: false },
      { name: 'list', value: ['x', 1, null, { y: true }] },
      { name: '__proto__', value: 'harmless' },
    ];
    const id = await add({ inputs });
    expect(await inputsOf(id)).toEqual(inputs);
    (await project.call('POST', `/pipeline_schedules/${id}/play`)).must(201);
  });

  it('are merged by name', async () => {
    const id = await add({
      inputs: [
        { name: 'kept', value: 1 },
        { name: 'changed', value: 1 },
        { name: 'gone', value: 1 },
      ],
    });
    const inputs = [
      { name: 'changed', value: [2] },
      { name: 'gone', destroy: true },
      { name: 'new', value: true, destroy: false },
      { name: 'never there', destroy: true },
    ];
    const answer = await update(id, { inputs });
    expect(answer.at('inputs')).toBeUndefined();
    expect(await inputsOf(id)).toEqual([
      { name: 'kept', value: 1 },
      { name: 'changed', value: [2] },
      { name: 'new', value: true },
    ]);
    await update(id, { inputs: [] });
    expect(await inputsOf(id)).toHaveLength(3);
  });
});

describe('variables', () => {
  it('are of two types, and told apart by case', async () => {
    const id = await add();
    const path = `/pipeline_schedules/${id}/variables`;
    await project.call('POST', path, { json: { key: 'A', value: '1' } });
    const file = await project.call('POST', path, { json: { key: 'a', value: '', variable_type: 'file' } });
    expect(file.outcome).toEqual([201, { variable_type: 'file', key: 'a', value: '', raw: false }]);
    const changed = await project.call('PUT', `${path}/A`, { json: { variable_type: 'file' } });
    expect(changed.body).toEqual({ variable_type: 'file', key: 'A', value: '1', raw: false });
    expect((await get(id)).at('variables')).toEqual([changed.body, file.body]);
  });

  it('are sealed where they lie', async () => {
    const id = await add();
    await project.call('POST', `/pipeline_schedules/${id}/variables`, { json: { key: 'A', value: 'very secret' } });
    const row = await app.db
      .selectFrom('pipeline_schedule_variables')
      .select('value_sealed')
      .where('schedule_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.value_sealed.includes('secret')).toBe(false);
  });
});

describe('owners', () => {
  it('that are deleted leave a schedule without one, which a maintainer takes', async () => {
    const leaver = await app.addPerson('leaver');
    await project.addMember(leaver, ROLES.maintainer);
    const id = await add({}, leaver);
    await app.http('DELETE', `/users/${leaver.user.id}`, { as: await app.root() });
    expect((await get(id)).at('owner')).toBeNull();
    const taken = await project.call('POST', `/pipeline_schedules/${id}/take_ownership`);
    expect(taken.must(201).at('owner', 'id')).toBe(project.owner.user.id);
  });
});

describe('pipelines of a schedule', () => {
  it('are listed the oldest first, with filters, and outlive it', async () => {
    await project.commit(CONFIG, { branch: 'side' });
    const id = await add();
    const other = await add({ ref: 'side' });
    const play = async (schedule: number) =>
      (await project.call('POST', `/pipeline_schedules/${schedule}/play`)).must(201);
    const start = app.clock.now().getTime();
    const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
    await play(id);
    app.clock.advance(100);
    await play(id);
    await play(other);
    app.clock.advance(100);
    await play(id);
    await project.run();
    const list = async (query: Readonly<Record<string, string>> = {}) =>
      (await project.call('GET', `/pipeline_schedules/${id}/pipelines`, { query })).must(200);
    const all = (await list()).pluck('id');
    expect(all).toHaveLength(3);
    expect(all).toEqual(all.toSorted());
    expect((await list({ sort: 'desc' })).pluck('id')).toEqual(all.toReversed());
    expect((await list({ created_after: at(50), created_before: at(150) })).pluck('id')).toEqual([all[1]]);
    expect((await list({ updated_after: at(150) })).pluck('id')).toEqual([all[2]]);
    expect((await list({ updated_before: at(50) })).pluck('id')).toEqual([all[0]]);
    (await project.call('POST', `/pipelines/${String(all[1])}/cancel`)).must(200);
    expect((await list({ status: 'canceled' })).pluck('id')).toEqual([all[1]]);
    expect((await list({ scope: 'finished' })).pluck('id')).toEqual([all[1]]);
    expect((await list({ scope: 'pending' })).pluck('id')).toEqual([all[0], all[2]]);
    expect((await list({ scope: 'branches' })).pluck('id')).toEqual([all[2]]);
    expect((await list({ scope: 'tags' })).pluck('id')).toEqual([]);
    const page = await list({ per_page: '2' });
    expect([page.pluck('id').length, page.headers.get('x-total')]).toEqual([2, '3']);
    expect((await get(id)).at('last_pipeline', 'id')).toBe(all[2]);

    (await project.call('DELETE', `/pipeline_schedules/${id}`)).must(204);
    const kept = await project.call('GET', `/pipelines/${String(all[0])}`);
    expect(kept.must(200).at('source')).toBe('schedule');
  });
});
