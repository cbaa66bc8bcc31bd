import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';

/**
 * The examples of GitLab's page on pipeline schedules, typed as they stand and answered field by field: texts, times
 * and inputs are the page's own. Numbers, hashes and addresses are compared by type. Where GitLab itself does not do
 * what its page says, a table below says so (and docs/compatibility.md).
 */

type Body = Readonly<Record<string, unknown>>;
/** What stands at a path instead of what the page has there; undefined: nothing. */
type Differences = Readonly<Record<string, unknown>>;

/** There are no avatars; two fields are younger than the page. */
const OWNER: Differences = { 'owner.avatar_url': null, 'owner.public_email': '', 'owner.locked': false };
/** GitLab answers all of the basic entity, with the short name of the ref. */
const LAST_PIPELINE: Differences = {
  'last_pipeline.ref': 'main',
  'last_pipeline.iid': '<number>',
  'last_pipeline.project_id': '<number>',
  'last_pipeline.source': 'schedule',
  'last_pipeline.created_at': '2017-05-19T13:40:17.727Z',
  'last_pipeline.updated_at': '2017-05-19T13:40:17.727Z',
  'last_pipeline.web_url': '<string>',
};
/** The page says `scheduled`. */
const PIPELINE: Differences = { source: 'schedule' };
/** The page leaves out what every variable has. */
const VARIABLE: Differences = { raw: false };

const MASKED = new Set(['id', 'iid', 'project_id', 'sha', 'web_url']);

const masked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, MASKED.has(key) ? `<${typeof field}>` : masked(field)]),
  );
};

const put = (body: Body, [key = '', ...rest]: readonly string[], value: unknown): Body => {
  const inner = Object(body[key]);
  const { [key]: _, ...others } = body;
  if (rest.length > 0) return { ...others, [key]: put(inner, rest, value) };
  return value === undefined ? others : { ...others, [key]: value };
};

const real = (documented: Body, ...differences: readonly Differences[]): Body =>
  differences
    .flatMap((table) => Object.entries(table))
    .reduce((body, [path, value]) => put(body, path.split('.'), value), Object(masked(documented)));

const ROOT = {
  name: 'Administrator',
  username: 'root',
  id: 1,
  state: 'active',
  avatar_url: 'http://www.gravatar.com/avatar/e64c7d89f26bd1972efa854d13d7dd61?s=80&d=identicon',
  web_url: 'https://gitlab.example.com/root',
};
const MAEDA = {
  name: 'shinya',
  username: 'maeda',
  id: 50,
  state: 'active',
  avatar_url: 'http://www.gravatar.com/avatar/8ca0a796a679c292e3a11da50f99e801?s=80&d=identicon',
  web_url: 'https://gitlab.example.com/maeda',
};
const LISTED = {
  id: 13,
  description: 'Test schedule pipeline',
  ref: 'refs/heads/main',
  cron: '* * * * *',
  cron_timezone: 'Asia/Tokyo',
  next_run_at: '2017-05-19T13:41:00.000Z',
  active: true,
  created_at: '2017-05-19T13:31:08.849Z',
  updated_at: '2017-05-19T13:40:17.727Z',
  owner: ROOT,
  inputs: [
    { name: 'deploy_strategy', value: 'blue-green' },
    { name: 'feature_flags', value: ['flag1', 'flag2'] },
  ],
};
const SHOWN = {
  ...LISTED,
  last_pipeline: {
    id: 332,
    sha: '0e788619d0b5ec17388dffb973ecd505946156db',
    ref: 'refs/heads/main',
    status: 'pending',
  },
  variables: [{ key: 'TEST_VARIABLE_1', variable_type: 'env_var', value: 'TEST_1', raw: false }],
};
const UPDATED = {
  id: 13,
  description: 'Test schedule pipeline',
  ref: 'refs/heads/main',
  cron: '0 2 * * *',
  cron_timezone: 'Asia/Tokyo',
  next_run_at: '2017-05-19T17:00:00.000Z',
  active: true,
  created_at: '2017-05-19T13:31:08.849Z',
  updated_at: '2017-05-19T13:44:16.135Z',
  last_pipeline: SHOWN.last_pipeline,
  owner: ROOT,
};
const CREATED = {
  id: 14,
  description: 'Build packages',
  ref: 'refs/heads/main',
  cron: '0 1 * * 5',
  cron_timezone: 'UTC',
  next_run_at: '2017-05-26T01:00:00.000Z',
  active: true,
  created_at: '2017-05-19T13:43:08.169Z',
  updated_at: '2017-05-19T13:43:08.169Z',
  last_pipeline: null,
  owner: ROOT,
};
const PIPELINES_OF = [
  {
    id: 47,
    iid: 12,
    project_id: 29,
    status: 'pending',
    source: 'scheduled',
    ref: 'new-pipeline',
    sha: 'a91957a858320c0e17f3a0eca7cfacbff50ea29a',
    web_url: 'https://example.com/foo/bar/pipelines/47',
    created_at: '2016-08-11T11:28:34.085Z',
    updated_at: '2016-08-11T11:32:35.169Z',
  },
  {
    id: 48,
    iid: 13,
    project_id: 29,
    status: 'pending',
    source: 'scheduled',
    ref: 'new-pipeline',
    sha: 'eb94b618fb5865b26e80fdd8ae531b7a63ad851a',
    web_url: 'https://example.com/foo/bar/pipelines/48',
    created_at: '2016-08-12T10:06:04.561Z',
    updated_at: '2016-08-12T10:09:56.223Z',
  },
] as const;

let app: TestApp;
let project: TestProject;
let root: Person;
let id: number;

const moveTo = (moment: string) => app.clock.advance((Date.parse(moment) - app.clock.now().getTime()) / 1000);
/** `curl --form`: a multipart body. */
const form = (...fields: readonly (readonly [name: string, value: string])[]) => {
  const multipart = new FormData();
  for (const [name, value] of fields) multipart.append(name, value);
  return { multipart };
};
const CONFIG = `
spec:
  inputs:
    deploy_strategy: {default: none}
    feature_flags: {type: array, default: []}
---
build: {script: make}
`;

beforeAll(async () => {
  app = await startTestApp();
  moveTo('2017-05-19T13:31:08.849Z');
  root = await app.addPerson('root', { admin: true, name: 'Administrator' });
  project = await app.addProject(CONFIG, { owner: root });
  const inputs = LISTED.inputs.map(({ name, value }) => ({ name, value }));
  const json = { description: 'First', ref: 'main', cron: '0 0 1 * *', cron_timezone: 'Asia/Tokyo', inputs };
  id = (await project.call('POST', '/pipeline_schedules', { json })).must(201).number('id');
  moveTo('2017-05-19T13:40:17.727Z');
  const changes = { description: 'Test schedule pipeline', cron: '* * * * *' };
  (await project.call('PUT', `/pipeline_schedules/${id}`, { json: changes })).must(200);
});
afterAll(() => app.close());

const schedule = (method: string, path = '', call = {}) =>
  project.call(method, `/pipeline_schedules/${id}${path}`, call);

describe("the documented examples, in the page's order", () => {
  it('GET pipeline_schedules', async () => {
    const answer = (await project.call('GET', '/pipeline_schedules')).must(200);
    expect(masked(answer.body)).toEqual([real(LISTED, OWNER)]);
  });

  it('GET pipeline_schedules/13', async () => {
    await schedule('POST', '/variables', form(['key', 'TEST_VARIABLE_1'], ['value', 'TEST_1']));
    (await schedule('POST', '/play')).must(201);
    const answer = (await schedule('GET')).must(200);
    expect(masked(answer.body)).toEqual(real(SHOWN, OWNER, LAST_PIPELINE));
  });

  it('GET pipeline_schedules/13/pipelines', async () => {
    await project.commit(CONFIG, { branch: 'new-pipeline' });
    const fields = { description: 'Another', ref: 'new-pipeline', cron: '0 0 * * *' };
    const other = (await project.call('POST', '/pipeline_schedules', { json: fields })).must(201).number('id');
    for (const _ of PIPELINES_OF) (await project.call('POST', `/pipeline_schedules/${other}/play`)).must(201);
    const answer = (await project.call('GET', `/pipeline_schedules/${other}/pipelines`)).must(200);
    const times = { created_at: '2017-05-19T13:40:17.727Z', updated_at: '2017-05-19T13:40:17.727Z' };
    expect(masked(answer.body)).toEqual(PIPELINES_OF.map((documented) => real(documented, PIPELINE, times)));
    (await project.call('DELETE', `/pipeline_schedules/${other}`)).must(204);
  });

  it('POST pipeline_schedules', async () => {
    moveTo('2017-05-19T13:43:08.169Z');
    const fields = [
      ['description', 'Build packages'],
      ['ref', 'main'],
      ['cron', '0 1 * * 5'],
      ['cron_timezone', 'UTC'],
      ['active', 'true'],
    ] as const;
    const plain = (await project.call('POST', '/pipeline_schedules', form(...fields))).must(201);
    expect(masked(plain.body)).toEqual(real(CREATED, OWNER));

    const input = [['inputs[][name]', 'deploy_strategy'] as const, ['inputs[][value]', 'blue-green'] as const];
    const withInput = (await project.call('POST', '/pipeline_schedules', form(...fields, ...input))).must(201);
    expect(masked(withInput.body)).toEqual(real(CREATED, OWNER));
    const shown = await project.call('GET', `/pipeline_schedules/${withInput.number('id')}`);
    expect(shown.at('inputs')).toEqual([{ name: 'deploy_strategy', value: 'blue-green' }]);
  });

  it('PUT pipeline_schedules/13', async () => {
    moveTo('2017-05-19T13:44:16.135Z');
    const plain = (await schedule('PUT', '', form(['cron', '0 2 * * *']))).must(200);
    expect(masked(plain.body)).toEqual(real(UPDATED, OWNER, LAST_PIPELINE));

    await schedule('PUT', '', form(['inputs[][name]', 'existing_input'], ['inputs[][value]', 'old']));
    const withInputs = await schedule(
      'PUT',
      '',
      form(
        ['cron', '0 2 * * *'],
        ['inputs[][name]', 'deploy_strategy'],
        ['inputs[][value]', 'rolling'],
        ['inputs[][name]', 'existing_input'],
        ['inputs[][destroy]', 'true'],
      ),
    );
    expect(masked(withInputs.must(200).body)).toEqual(real(UPDATED, OWNER, LAST_PIPELINE));
    expect((await schedule('GET')).at('inputs')).toEqual([
      { name: 'deploy_strategy', value: 'rolling' },
      { name: 'feature_flags', value: ['flag1', 'flag2'] },
    ]);
  });

  it('POST pipeline_schedules/13/take_ownership', async () => {
    moveTo('2017-05-19T13:46:37.468Z');
    const maeda = await app.addPerson('maeda', { name: 'shinya' });
    await project.addMember(maeda, 40);
    const answer = (await schedule('POST', '/take_ownership', { as: maeda })).must(201);
    const documented = { ...UPDATED, updated_at: '2017-05-19T13:46:37.468Z', owner: MAEDA };
    expect(masked(answer.body)).toEqual(real(documented, OWNER, LAST_PIPELINE));
  });

  it('POST pipeline_schedules/13/play', async () => {
    expect((await schedule('POST', '/play')).outcome).toEqual([201, { message: '201 Created' }]);
    expect((await schedule('GET')).at('next_run_at')).toBe(UPDATED.next_run_at);
  });

  it('variables: POST, GET, PUT, DELETE', async () => {
    const created = await schedule('POST', '/variables', form(['key', 'NEW_VARIABLE'], ['value', 'new value']));
    const documented = { key: 'NEW_VARIABLE', variable_type: 'env_var', value: 'new value' };
    expect(created.outcome).toEqual([201, real(documented, VARIABLE)]);
    expect((await schedule('GET', '/variables/NEW_VARIABLE')).outcome).toEqual([200, real(documented, VARIABLE)]);
    const updated = { key: 'NEW_VARIABLE', value: 'updated value', variable_type: 'env_var' };
    const changed = await schedule('PUT', '/variables/NEW_VARIABLE', form(['value', 'updated value']));
    expect(changed.outcome).toEqual([200, real(updated, VARIABLE)]);
    // The page's body lacks `variable_type` here; GitLab answers 202 with all of the entity.
    const deleted = await schedule('DELETE', '/variables/NEW_VARIABLE');
    expect(deleted.outcome).toEqual([202, real(updated, VARIABLE)]);
  });

  // The page shows the schedule as the body; GitLab answers 204 without one.
  it('DELETE pipeline_schedules/13', async () => {
    expect((await schedule('DELETE')).outcome).toEqual([204, undefined]);
    expect((await schedule('GET')).outcome).toEqual([404, { message: '404 Pipeline Schedule Not Found' }]);
  });
});
