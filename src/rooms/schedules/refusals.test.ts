import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

/** What the schedules' API refuses, in GitLab's words. */

let app: TestApp;
let project: TestProject;
let developer: Person;
let id: number;

const CONFIG = 'build: {script: make}\n';
const WANTED = { description: 'Nightly', ref: 'main', cron: '0 1 * * *' };

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject(CONFIG);
  developer = await app.addPerson('developer');
  await project.addMember(developer, ROLES.developer);
  const sha = await project.commit(CONFIG, { branch: 'both' });
  await project.tag('both', sha);
  await project.tag('v1', sha);
  await project.commit(CONFIG, { branch: 'stable' });
  await project.commit(CONFIG, { branch: 'open' });
  await project.protect('stable');
  id = (await create({})).must(201).number('id');
});
afterAll(() => app.close());

const create = (json: object, as: Person = project.owner) =>
  project.call('POST', '/pipeline_schedules', { as, json: { ...WANTED, ...json } });
const update = (json: object, as: Person = project.owner) =>
  project.call('PUT', `/pipeline_schedules/${id}`, { as, json });
const message = (body: unknown) => [400, { message: body }];
const error = (text: string) => [400, { error: text }];
/** Without our own reasons beside GitLab's message. */
const outcomeOf = ({ status, body }: { readonly status: number; readonly body: unknown }) => {
  const { reasons: _, ...gitlabs } = Object(body);
  return [status, gitlabs];
};

const AMBIGUOUS = message({ ref: ['is ambiguous'] });
const manyInputs = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `i${index}`, value: index }));

describe('a schedule that is to be made', () => {
  it('needs a description, a ref and a cron', async () => {
    const answer = await project.call('POST', '/pipeline_schedules', { json: {} });
    expect(answer.outcome).toEqual(error('description is missing, ref is missing, ref is empty, cron is missing'));
  });

  const rows: readonly (readonly [string, object, unknown])[] = [
    ['a blank ref', { ref: '' }, error('ref is empty')],
    ['no cron', { cron: '* * *' }, message({ cron: ['syntax is invalid'] })],
    ['a cron that never comes', { cron: '0 12 31 2 *' }, message({ cron: ['syntax is invalid'] })],
    ['a cron with a zone', { cron: '0 1 * * * UTC' }, message({ cron: ['syntax is invalid'] })],
    ['an empty cron', { cron: ' ' }, message({ cron: ['syntax is invalid', "can't be blank"] })],
    ['an unknown zone alone', { cron_timezone: 'Mars/Base' }, message({ cron_timezone: ['syntax is invalid'] })],
    [
      'both',
      { cron: 'x', cron_timezone: 'Mars/Base' },
      message({ cron: ['syntax is invalid'], cron_timezone: ['syntax is invalid'] }),
    ],
    ['a ref that is a branch and a tag', { ref: 'both' }, AMBIGUOUS],
    ['a ref that is neither', { ref: 'nowhere' }, AMBIGUOUS],
    ['a prefix of refs without a name', { ref: 'refs/heads/' }, AMBIGUOUS],
    ['a blank description', { description: ' ' }, message({ description: ["can't be blank"] })],
    [
      'a description of more than 2000 characters',
      { description: 'x'.repeat(2001) },
      message({ description: ['is too long (maximum is 2000 characters)'] }),
    ],
    [
      'several at once',
      { description: '', ref: 'nowhere', cron: 'x' },
      message({ cron: ['syntax is invalid'], ref: ['is ambiguous'], description: ["can't be blank"] }),
    ],
    [
      'an input twice',
      { inputs: [...manyInputs(2), { name: 'i0', value: 1 }] },
      message({ inputs: ['have duplicate values (i0)'] }),
    ],
    ['more than 20 inputs', { inputs: manyInputs(21) }, message({ inputs: ['exceeds the limit of 20.'] })],
    [
      'an input whose JSON has more than 1024 characters',
      { inputs: [{ name: 'a', value: 'x'.repeat(1023) }] },
      message({ 'inputs.value': ['exceeds max serialized size: 1024 characters'] }),
    ],
    ['an input without a name', { inputs: [{ name: '', value: 1 }] }, message({ 'inputs.name': ["can't be blank"] })],
    ['an input without a value', { inputs: [{ name: 'a' }] }, error('inputs[0][value] is missing')],
    ['a hash as the value of an input', { inputs: [{ name: 'a', value: {} }] }, error('inputs[0][value] is invalid')],
    [
      'a number that no machine has',
      { inputs: [{ name: 'a', value: [JSON.rawJSON('1e200000')] }] },
      error('inputs[0][value] is invalid'),
    ],
    ['a null as the value of an input', { inputs: [{ name: 'a', value: null }] }, error('inputs[0][value] is invalid')],
    ['inputs that are no list', { inputs: 'a' }, error('inputs is invalid')],
    ['a flag that is none', { active: 'perhaps' }, error('active is invalid')],
  ];
  it.each(rows)('%s', async (_, json, expected) => {
    expect(outcomeOf(await create(json))).toEqual(expected);
  });

  it('says why a cron is refused beside the message', async () => {
    const answer = await create({ cron: '61 * * * *' });
    expect(answer.at('reasons')).toEqual([{ attribute: 'cron', message: expect.stringContaining('61') }]);
  });

  it('takes what is just within the limits', async () => {
    const inputs = [...manyInputs(19), { name: 'a', value: 'x'.repeat(1022) }];
    const made = (await create({ inputs, description: '😀'.repeat(2000) })).must(201);
    await project.call('DELETE', `/pipeline_schedules/${made.number('id')}`);
  });

  it('is not for a protected ref on which its maker may not run pipelines', async () => {
    const refused = message({ base: ['The current user is not authorized to create the pipeline schedule'] });
    expect((await create({ ref: 'stable' }, developer)).outcome).toEqual(refused);
    expect((await create({ ref: 'refs/heads/stable' }, developer)).outcome).toEqual(refused);
    (await create({ ref: 'open' }, developer)).must(201);
  });
});

describe('refs', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['main', 'refs/heads/main'],
    ['v1', 'refs/tags/v1'],
    ['refs/heads/both', 'refs/heads/both'],
    ['refs/tags/both', 'refs/tags/both'],
    ['refs/heads/not/there', 'refs/heads/not/there'],
  ];
  it.each(rows)('%s is kept as %s', async (sent, kept) => {
    const made = (await create({ ref: sent })).must(201);
    expect(made.at('ref')).toBe(kept);
    expect((await update({ ref: sent })).must(200).at('ref')).toBe(kept);
    await project.call('DELETE', `/pipeline_schedules/${made.number('id')}`);
  });
});

describe('a change of a schedule', () => {
  const rows: readonly (readonly [string, object, unknown])[] = [
    ['no cron', { cron: 'never' }, message({ cron: ['syntax is invalid'] })],
    ['an unknown zone', { cron_timezone: 'Mars/Base' }, message({ cron_timezone: ['syntax is invalid'] })],
    ['an ambiguous ref', { ref: 'both' }, AMBIGUOUS],
    ['a blank description', { description: '' }, message({ description: ["can't be blank"] })],
    ['a new input without a value', { inputs: [{ name: 'a' }] }, error('inputs[0][value] is missing')],
    [
      'the same input twice',
      { inputs: [...manyInputs(1), ...manyInputs(1)] },
      message({ inputs: ['have duplicate values (i0)'] }),
    ],
  ];
  it.each(rows)('%s', async (_, json, expected) => {
    const before = (await project.call('GET', `/pipeline_schedules/${id}`)).body;
    expect(outcomeOf(await update(json))).toEqual(expected);
    expect((await project.call('GET', `/pipeline_schedules/${id}`)).body).toEqual(before);
  });

  it('counts the inputs that stay', async () => {
    (await update({ inputs: manyInputs(20) })).must(200);
    const another = { name: 'another', value: 1 };
    expect((await update({ inputs: [another] })).outcome).toEqual(message({ inputs: ['exceeds the limit of 20.'] }));
    (await update({ inputs: [{ name: 'i3', destroy: true }, another] })).must(200);
    (await update({ inputs: [...manyInputs(20), another].map(({ name }) => ({ name, destroy: true })) })).must(200);
  });

  it('may not move it to a protected ref of others', async () => {
    const own = (await create({ ref: 'open' }, developer)).must(201).number('id');
    const answer = await project.call('PUT', `/pipeline_schedules/${own}`, { as: developer, json: { ref: 'stable' } });
    const sentence = 'The current user is not authorized to update the pipeline schedule';
    expect(answer.outcome).toEqual(message({ base: [sentence] }));
    // Once its own ref is protected, nothing of it may be changed.
    await project.protect('open');
    const denied = await project.call('PUT', `/pipeline_schedules/${own}`, { as: developer, json: { ref: 'main' } });
    expect(denied.outcome).toEqual([403, { message: '403 Forbidden' }]);
    const played = await project.call('POST', `/pipeline_schedules/${own}/play`, { as: developer });
    expect(played.outcome).toEqual([403, { message: '403 Forbidden' }]);
    (await project.call('DELETE', `/pipeline_schedules/${own}`, { as: developer })).must(204);
  });
});

describe('what is not there', () => {
  it('is 404, as a number and as a text', async () => {
    for (const path of ['/0', '/999999', '/abc', '/999999/pipelines', '/999999/variables/A']) {
      const answer = await project.call('GET', `/pipeline_schedules${path}`);
      expect(answer.outcome, path).toEqual([404, { message: '404 Pipeline Schedule Not Found' }]);
    }
  });

  it("is 404 also for another project's schedule", async () => {
    const other = await app.addProject(CONFIG, { owner: project.owner });
    const answer = await other.call('GET', `/pipeline_schedules/${id}`);
    expect(answer.outcome).toEqual([404, { message: '404 Pipeline Schedule Not Found' }]);
  });

  it('of variables has a sentence of its own', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await project.call(method, `/pipeline_schedules/${id}/variables/NONE`);
      expect(answer.outcome).toEqual([404, { message: '404 Pipeline Schedule Variable Not Found' }]);
    }
  });
});

describe('lists', () => {
  it('know two scopes', async () => {
    const answer = await project.call('GET', '/pipeline_schedules', { query: { scope: 'all' } });
    expect(answer.outcome).toEqual(error('scope does not have a valid value'));
  });

  it.each(['scope', 'status', 'sort'])('of pipelines: %s', async (name) => {
    const answer = await project.call('GET', `/pipeline_schedules/${id}/pipelines`, { query: { [name]: 'x' } });
    expect(answer.outcome).toEqual(error(`${name} does not have a valid value`));
  });
});

describe('variables', () => {
  const rows: readonly (readonly [string, object, unknown])[] = [
    ['a bad key', { key: 'a-b', value: '' }, message({ key: ["can contain only letters, digits and '_'."] })],
    [
      'a blank key',
      { key: ' ', value: '' },
      message({ key: ["can't be blank", "can contain only letters, digits and '_'."] }),
    ],
    ['a long key', { key: 'k'.repeat(256), value: '' }, message({ key: ['is too long (maximum is 255 characters)'] })],
    ['no key', { value: '' }, error('key is missing')],
    ['no value', { key: 'A' }, error('value is missing')],
    [
      'an unknown type',
      { key: 'A', value: '', variable_type: 'x' },
      error('variable_type does not have a valid value'),
    ],
    ['a key that is there', { key: 'TAKEN', value: '' }, message({ key: ['has already been taken'] })],
  ];
  it.each(rows)('%s', async (_, json, expected) => {
    await project.call('POST', `/pipeline_schedules/${id}/variables`, { json: { key: 'TAKEN', value: '1' } });
    expect((await project.call('POST', `/pipeline_schedules/${id}/variables`, { json })).outcome).toEqual(expected);
  });
});

describe('DELETE', () => {
  it('is refused when the schedule was changed since', async () => {
    const made = (await create({})).must(201).number('id');
    app.clock.advance(60);
    const since = app.clock.now().toUTCString();
    app.clock.advance(60);
    (await project.call('PUT', `/pipeline_schedules/${made}`, { json: { description: 'Other' } })).must(200);
    const headers = { 'If-Unmodified-Since': since };
    const answer = await project.call('DELETE', `/pipeline_schedules/${made}`, { headers });
    expect(answer.outcome).toEqual([412, { message: '412 Precondition Failed' }]);
    (await project.call('DELETE', `/pipeline_schedules/${made}`)).must(204);
  });
});
