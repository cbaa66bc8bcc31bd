import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

let app: TestApp;
let project: TestProject;
let people: Readonly<Record<'developer' | 'maintainer' | 'owner' | 'admin', Person>>;
const tokens = new Map<string, string>();

/** Developers may run on this branch. */
const BRANCH = 'open';

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject('show:\n  script: env\n');
  await project.commit('show:\n  script: env\n', { branch: BRANCH });
  const developer = await app.addPerson('developer');
  const maintainer = await app.addPerson('maintainer');
  people = { developer, maintainer, owner: project.owner, admin: await app.root() };
  await project.addMember(developer, ROLES.maintainer);
  await project.addMember(maintainer, ROLES.maintainer);
  for (const [name, person] of Object.entries(people)) tokens.set(name, await project.addTrigger(person));
  await project.call('PUT', `/members/${developer.user.id}`, { form: { access_level: String(ROLES.developer) } });
});
afterAll(() => app.close());

const trigger = (who: string, form: Readonly<Record<string, string>> = {}) =>
  project.anonymously('POST', '/trigger/pipeline', { form: { token: tokens.get(who) ?? '', ref: BRANCH, ...form } });

const REFUSED = [400, { message: { base: ['Insufficient permissions to set pipeline variables'] } }];

describe('who may pass variables', () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['developer', ['developer', 'maintainer', 'owner', 'admin']],
    ['maintainer', ['maintainer', 'owner', 'admin']],
    ['owner', ['owner', 'admin']],
    ['no_one_allowed', []],
  ];
  it.each(rows)('ci_pipeline_variables_minimum_override_role %s', async (setting, allowed) => {
    await project.set({ ci_pipeline_variables_minimum_override_role: setting });
    for (const who of Object.keys(people)) {
      expect((await trigger(who)).status, `${who} without variables`).toBe(201);
      const before = await project.countPipelines();
      const answer = await trigger(who, { 'variables[A]': '1' });
      if (allowed.includes(who)) expect(answer.status, `${who} with variables`).toBe(201);
      else {
        expect(answer.refusal, `${who} with variables`).toEqual(REFUSED);
        expect(await project.countPipelines()).toBe(before);
      }
    }
  });

  it('is maintainer for a new project', async () => {
    const made = await app.addProject('a:\n  script: a\n');
    const shown = await made.call('GET', '');
    expect(shown.at('ci_pipeline_variables_minimum_override_role')).toBe('maintainer');
  });
});

describe('variables that cannot be', () => {
  const asOwner = (form: Readonly<Record<string, string>>) => trigger('owner', form);
  beforeAll(() => project.set({ ci_pipeline_variables_minimum_override_role: 'maintainer' }));

  it('422 and a failed pipeline for TRIGGER_PAYLOAD', async () => {
    const before = await project.countPipelines();
    const answer = await asOwner({ 'variables[TRIGGER_PAYLOAD]': 'x', 'variables[A]': '1' });
    expect(answer.refusal).toEqual([422, { message: { base: ['Duplicate variable name: TRIGGER_PAYLOAD'] } }]);
    expect(await project.countPipelines()).toBe(before + 1);
    const saved = await project.newestPipeline();
    expect((await saved.get()).body).toMatchObject({ status: 'failed', source: 'trigger' });
    expect((await saved.call('GET', '/variables')).body).toEqual([]);
    expect(await saved.jobs()).toEqual([]);
  });

  it.each([
    ['a-b', "can contain only letters, digits and '_'."],
    ['a b', "can contain only letters, digits and '_'."],
    ['ä', "can contain only letters, digits and '_'."],
    ['x'.repeat(256), 'is too long (maximum is 255 characters)'],
  ])('400 for the name %j', async (name, problem) => {
    const before = await project.countPipelines();
    const answer = await asOwner({ [`variables[${name}]`]: 'x' });
    expect(answer.refusal).toEqual([
      400,
      { message: { base: ['Failed to build the pipeline!'], 'variables.key': [problem] } },
    ]);
    expect(await project.countPipelines()).toBe(before);
  });

  it('takes empty values, long values and 500 variables', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`V${index}`, `v${index}`]));
    const variables = { ...many, EMPTY: '', LONG: 'x'.repeat(100_000) };
    const answer = await project.anonymously('POST', '/trigger/pipeline', {
      json: { token: tokens.get('owner'), ref: BRANCH, variables },
    });
    const rows = (await project.pipeline(answer.must(201).number('id')).call('GET', '/variables')).rows();
    expect(rows).toHaveLength(503);
    expect(rows.find((row) => row.at('key') === 'EMPTY')?.body).toEqual({
      variable_type: 'env_var',
      key: 'EMPTY',
      value: '',
      raw: false,
    });
    expect(rows.find((row) => row.at('key') === 'LONG')?.string('value')).toHaveLength(100_000);
  });

  it('keeps the values sealed at rest', async () => {
    await asOwner({ 'variables[SECRET]': 'a value that nobody should find' });
    const rows = await app.db.selectFrom('pipeline_variables').select('value_sealed').execute();
    expect(rows.some((row) => row.value_sealed.includes('nobody should find'))).toBe(false);
  });
});
