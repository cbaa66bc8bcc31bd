import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../../test/support/http-caller.ts';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { newSigningToken } from './signing-token.ts';

let app: TestApp;
let root: Person;
let project: TestProject;
let group: number;
beforeAll(async () => {
  app = await startTestApp();
  root = await app.root();
  project = await app.addProject({});
  const json = { name: 'crew', path: 'crew' };
  group = (await app.http('POST', '/groups', { as: project.owner, json })).must(201).number('id');
});
afterAll(() => app.close());

const URL = 'http://93.184.216.34/hook';
const call = (method: string, path: string, options: Call = {}) => app.http(method, path, { as: root, ...options });
const add = async (json: object = {}, path = '/hooks') =>
  (await call('POST', path, { json: { url: URL, ...json } })).must(201).number('id');

const homes = () => ({ system: '/hooks', project: `/projects/${project.id}/hooks`, group: `/groups/${group}/hooks` });

describe('a hook of each kind', () => {
  it.each(['system', 'project', 'group'] as const)('%s: what is set is shown, but for secrets', async (kind) => {
    const path = homes()[kind];
    const signing = newSigningToken();
    const json = {
      url: 'http://93.184.216.34/{path}',
      name: 'Receiver',
      description: 'Tells everybody',
      token: 'tell-tale-token',
      signing_token: signing,
      push_events: true,
      tag_push_events: true,
      merge_requests_events: true,
      push_events_branch_filter: 'release/*',
      enable_ssl_verification: false,
      custom_webhook_template: '{"ref":"{{ref}}"}',
      url_variables: [{ key: 'path', value: 'tell-tale-path' }],
      custom_headers: [{ key: 'X-Auth', value: 'tell-tale-header' }],
      ...(kind !== 'system' && { job_events: true, pipeline_events: true, deployment_events: true }),
      ...(kind === 'project' && { resource_deploy_token_events: true }),
    };
    const made = (await call('POST', path, { json })).must(201);
    const { token: _token, signing_token: _signing, ...shown } = json;
    const pairs = { url_variables: [{ key: 'path' }], custom_headers: [{ key: 'X-Auth' }] };
    expect(made.body).toMatchObject({ ...shown, ...pairs, token_present: true, signing_token_present: true });
    const got = (await call('GET', `${path}/${made.number('id')}`)).must(200);
    expect(got.body).toEqual(made.body);
    const list = (await call('GET', path)).must(200);
    expect(list.rows().at(-1)?.at('url_variables')).toEqual(kind === 'system' ? [{ key: 'path' }] : undefined);
    for (const answer of [made, got, list]) expect(answer.text).not.toMatch(/tell-tale|whsec_/);
    (await call('DELETE', `${path}/${made.number('id')}`)).must(204);
    const gone = [404, { message: '404 Not found' }];
    expect((await call('GET', `${path}/${made.number('id')}`)).outcome).toEqual(gone);
    expect((await call('PUT', `${path}/${made.number('id')}`, { json: { name: 'x' } })).outcome).toEqual(gone);
    expect((await call('DELETE', `${path}/${made.number('id')}`)).outcome).toEqual(gone);
  });

  it('begins with the switches of its kind', async () => {
    const { system, project: ofProject, group: ofGroup } = homes();
    const switches = { push_events: true, repository_update_events: false, job_events: false };
    const made = async (path: string) => (await call('POST', path, { form: { url: URL } })).must(201).body;
    expect(await made(system)).toMatchObject({
      push_events: false,
      repository_update_events: true,
      organization_id: 1,
    });
    expect(await made(ofProject)).toMatchObject({ ...switches, project_id: project.id });
    expect(await made(ofGroup)).toMatchObject({ ...switches, group_id: group, subgroup_events: false });
  });

  it('is found in its own place only', async () => {
    const id = await add({}, homes().project);
    expect((await call('GET', `/hooks/${id}`)).status).toBe(404);
    expect((await call('GET', `/groups/${group}/hooks/${id}`)).status).toBe(404);
    const other = await app.addProject({});
    expect((await other.call('GET', `/hooks/${id}`)).status).toBe(404);
  });

  it('is kept sealed', async () => {
    await add({ url: 'http://93.184.216.34/tell-tale', token: 'tell-tale', signing_token: newSigningToken() });
    const { rows } = await app.database.pool.query('select row_to_json(hooks)::text as text from hooks');
    const hex = Buffer.from('tell-tale').toString('hex');
    for (const { text } of rows) expect(text).not.toMatch(new RegExp(`tell-tale|whsec_|${hex}`));
  });
});

describe('who may', () => {
  it('administrators: system hooks', async () => {
    expect((await app.http('GET', '/hooks')).outcome).toEqual([401, { message: '401 Unauthorized' }]);
    const refused = await app.http('GET', '/hooks', { as: project.owner });
    expect(refused.outcome).toEqual([403, { message: '403 Forbidden' }]);
  });

  it('maintainers: project hooks; owners: group hooks', async () => {
    const developer = await app.addPerson('dev');
    const form = { user_id: String(developer.user.id), access_level: '30' };
    (await project.call('POST', '/members', { form })).must(201);
    expect((await project.call('GET', '/hooks', { as: developer })).status).toBe(403);
    expect((await project.anonymously('GET', '/hooks')).status).toBe(401);
    expect((await project.call('GET', '/hooks', { as: await app.addPerson('nobody') })).status).toBe(404);
    const maintainer = { user_id: String(developer.user.id), access_level: '40' };
    (await app.http('POST', `/groups/${group}/members`, { as: project.owner, form: maintainer })).must(201);
    expect((await app.http('GET', `/groups/${group}/hooks`, { as: developer })).status).toBe(403);
    expect((await app.http('GET', `/groups/${group}/hooks`, { as: project.owner })).status).toBe(200);
  });
});

describe('what is refused', () => {
  const long = (length: number) => 'x'.repeat(length);

  it.each<readonly [string, object, unknown]>([
    ['no address', { url: '' }, { error: 'Invalid url given' }],
    ['an address of another scheme', { url: 'ftp://93.184.216.34' }, { error: 'Invalid url given' }],
    ['no address at all', { url: 'hook' }, { error: 'Invalid url given' }],
    ['a variable without a value', { url: 'http://93.184.216.34/{path}' }, { error: 'Invalid url given' }],
    ['metadata', { url: 'http://169.254.169.254/latest' }, { error: 'Invalid url given' }],
    ['a branch with a space', { push_events_branch_filter: 'a b' }, { error: 'Invalid branch filter given' }],
    [
      'a broken expression',
      { push_events_branch_filter: '(', branch_filter_strategy: 'regex' },
      { error: 'Invalid branch filter given' },
    ],
    [
      'a header of two lines',
      { custom_headers: [{ key: 'X-A', value: 'a\nb' }] },
      { error: 'Custom headers must be a valid json schema' },
    ],
    ['a token of two lines', { token: 'a\nb' }, { error: 'Token is invalid' }],
    [
      'a long name and a long description',
      { name: long(256), description: long(2049) },
      {
        error: 'Name is too long (maximum is 255 characters) and Description is too long (maximum is 2048 characters)',
      },
    ],
    [
      'a short signing token',
      { signing_token: 'whsec_AAAA' },
      { error: 'Signing token must be whsec_ followed by 32 bytes in Base64' },
    ],
  ])('a new hook with %s', async (_what, json, body) => {
    const answer = await call('POST', '/hooks', { json: { url: URL, ...json } });
    expect(answer.status).toBe(422);
    const { hint: _hint, ...gitlabs } = Object(answer.body);
    expect(gitlabs).toEqual(body);
  });

  it.each<readonly [string, object, number, unknown]>([
    ['nothing', {}, 400, { error: 'No parameters provided' }],
    ['nothing but no variables', { url_variables: [] }, 400, { error: 'No parameters provided' }],
    [
      'a strategy that is none',
      { branch_filter_strategy: 'x' },
      400,
      { error: 'branch_filter_strategy does not have a valid value' },
    ],
    ['a switch that is none', { push_events: 'perhaps' }, 400, { error: 'push_events is invalid' }],
    [
      'a pair without a value',
      { custom_headers: [{ key: 'a' }] },
      400,
      { error: 'custom_headers[0][value] is missing' },
    ],
    [
      'a bad header',
      { custom_headers: [{ key: '1', value: 'a' }] },
      422,
      { error: 'Custom headers validation failed' },
    ],
    ['a long name', { name: long(256) }, 422, { message: { name: ['is too long (maximum is 255 characters)'] } }],
  ])('a change to %s', async (_what, json, status, body) => {
    const answer = await call('PUT', `/hooks/${await add()}`, { json });
    const { hint: _hint, ...gitlabs } = Object(answer.body);
    expect([answer.status, gitlabs]).toEqual([status, body]);
  });

  it('nothing for its characters that take more room', async () => {
    await add({ name: '😀'.repeat(255) });
  });

  it('a new hook without an address', async () => {
    expect((await call('POST', '/hooks', { json: {} })).outcome).toEqual([400, { error: 'url is missing' }]);
  });

  it('says why an address is refused', async () => {
    const answer = await call('POST', homes().project, { json: { url: 'http://10.0.0.1/' } });
    expect(answer.outcome).toEqual([
      422,
      { error: 'Invalid url given', hint: 'Requests to the local network are not allowed' },
    ]);
  });

  it('the 101st hook of a project, the 51st of a group', async () => {
    const other = await app.addProject({});
    const json = { name: 'full', path: 'full' };
    const full = (await app.http('POST', '/groups', { as: other.owner, json })).must(201).number('id');
    for (const [path, most, noun] of [
      [`/projects/${other.id}/hooks`, 100, 'project'],
      [`/groups/${full}/hooks`, 50, 'group'],
    ] as const) {
      const first = await add({}, path);
      await app.database.pool.query(
        `insert into hooks (kind, project_id, group_id, url_sealed, switches, enable_ssl_verification,
            branch_filter_strategy, url_variables_sealed, custom_headers_sealed, created_at, updated_at)
          select kind, project_id, group_id, url_sealed, switches, enable_ssl_verification,
            branch_filter_strategy, url_variables_sealed, custom_headers_sealed, created_at, updated_at
          from hooks, generate_series(2, ${most}) where id = ${first}`,
      );
      const error = `Maximum number of ${noun} hooks (${most}) exceeded`;
      expect((await call('POST', path, { json: { url: URL } })).outcome).toEqual([422, { error }]);
      // Of several at once, only as many as there is room for.
      await app.database.pool.query(`delete from hooks where id = ${first}`);
      const together = [1, 2, 3, 4].map(() => call('POST', path, { json: { url: URL } }));
      const statuses = (await Promise.all(together)).map(({ status }) => status);
      expect(statuses.toSorted((one, other) => one - other)).toEqual([201, 422, 422, 422]);
    }
  });

  it('the deletion of what has changed since', async () => {
    const headers = { 'If-Unmodified-Since': new Date(app.clock.now().getTime() - 60_000).toUTCString() };
    expect((await call('DELETE', `/hooks/${await add()}`, { headers })).status).toBe(412);
  });
});

describe('variables and headers one by one', () => {
  const wrong = (sentence: string) => [422, { error: sentence, hint: expect.any(String) }];

  it('are set and taken away', async () => {
    const id = await add();
    for (const [kind, missing] of [
      ['url_variables', 'URL variable'],
      ['custom_headers', 'Custom header'],
    ] as const) {
      const path = `/hooks/${id}/${kind}`;
      expect((await call('PUT', `${path}/a`, { json: { value: 'one' } })).outcome).toEqual([204, undefined]);
      expect((await call('PUT', `${path}/b`, { form: { value: 'two' } })).status).toBe(204);
      expect((await call('GET', `/hooks/${id}`)).at(kind)).toEqual([{ key: 'a' }, { key: 'b' }]);
      expect((await call('PUT', `${path}/1`, { json: { value: 'x' } })).outcome).toEqual(wrong('Illegal key or value'));
      expect((await call('PUT', `${path}/a`, { json: { value: '' } })).outcome).toEqual(wrong('Illegal key or value'));
      expect((await call('PUT', `${path}/a`, { json: {} })).outcome).toEqual([400, { error: 'value is missing' }]);
      expect((await call('DELETE', `${path}/a`)).outcome).toEqual([204, undefined]);
      expect((await call('DELETE', `${path}/a`)).outcome).toEqual([404, { message: `404 ${missing} Not Found` }]);
      for (const key of ['toString', 'constructor', '__proto__']) {
        expect((await call('DELETE', `${path}/${key}`)).outcome).toEqual([
          404,
          { message: `404 ${missing} Not Found` },
        ]);
      }
      expect((await call('PUT', `/hooks/0/${kind}/a`, { json: { value: 'x' } })).status).toBe(404);
    }
  });

  it('are set by many at once', async () => {
    const id = await add();
    const keys = Array.from({ length: 12 }, (_, index) => `key${index}`);
    const set = keys.map((key) => call('PUT', `/hooks/${id}/custom_headers/${key}`, { json: { value: key } }));
    expect((await Promise.all(set)).map(({ status }) => status)).toEqual(keys.map(() => 204));
    const kept = (await call('GET', `/hooks/${id}`)).at('custom_headers');
    expect(kept).toHaveLength(keys.length);
    expect(kept).toEqual(expect.arrayContaining(keys.map((key) => ({ key }))));
  });

  it('a variable that the address needs stays', async () => {
    const id = await add({ url: `${URL}/{a}`, url_variables: [{ key: 'a', value: 'x' }] });
    const refused = await call('DELETE', `/hooks/${id}/url_variables/a`);
    expect(refused.outcome).toEqual(wrong('Could not unset variable'));
    expect((await call('PUT', `/hooks/${id}/url_variables/a`, { json: { value: 'y' } })).status).toBe(204);
  });

  it('one of several that the address needs is changed alone', async () => {
    const pairs = ['a', 'b'].map((key) => ({ key, value: key }));
    const id = await add({ url: `${URL}/{a}/{b}`, url_variables: pairs });
    expect((await call('PUT', `/hooks/${id}/url_variables/a`, { json: { value: 'y' } })).outcome).toEqual([
      204,
      undefined,
    ]);
    expect((await call('GET', `/hooks/${id}`)).at('url_variables')).toEqual([{ key: 'a' }, { key: 'b' }]);
  });

  it('come as forms too', async () => {
    const raw = `url=${encodeURIComponent(`${URL}/{a}`)}&url_variables[][key]=a&url_variables[][value]=x`;
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const made = (await call('POST', '/hooks', { raw, headers })).must(201);
    expect(made.at('url_variables')).toEqual([{ key: 'a' }]);
  });
});

describe('a hook that leads somewhere else', () => {
  it('takes no secret along, and its failures are forgotten', async () => {
    const id = await add({ token: 't', custom_headers: [{ key: 'X-A', value: 'a' }] }, homes().project);
    await app.database.pool.query(
      `update hooks set consecutive_failures = 9, disabled_at = now(), disabled_reason = 'gone' where id = ${id}`,
    );
    const path = `${homes().project}/${id}`;
    expect((await call('GET', path)).body).toMatchObject({ alert_status: 'disabled', disabled_reason: 'gone' });
    (await call('PUT', path, { json: { name: 'n' } })).must(200);
    expect((await call('GET', path)).body).toMatchObject({ alert_status: 'disabled', token_present: true });
    const moved = await call('PUT', path, { json: { url: 'http://93.184.216.34/other' } });
    const clean = { alert_status: 'executable', disabled_reason: null, token_present: false, custom_headers: [] };
    expect(moved.must(200).body).toMatchObject(clean);
  });
});
