import type { IncomingMessage, ServerResponse } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { httpReceiver } from '../../../test/support/receiver.ts';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';

let app: TestApp;
let root: Person;
let project: TestProject;
beforeAll(async () => {
  app = await startTestApp({ outboundAllow: '127.0.0.1' });
  root = await app.root();
  project = await app.addProject('job: {script: make}\n');
});
afterAll(() => app.close());
// Each may make five of its calls a minute.
beforeEach(() => app.clock.advance(60));

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** A receiver that answers in this way, and what it was told. */
const receiver = async (
  answer: (response: ServerResponse, count: number) => void = (response) => response.end('ok'),
) => {
  const heard: Heard[] = [];
  const { host } = await httpReceiver(async (request, response) => {
    heard.push({ headers: request.headers, body: await readJson(request) });
    answer(response, heard.length);
  });
  return { url: `http://${host}/`, heard };
};

const addHook = async (json: object, path = '/hooks') =>
  (await project.call('POST', path, { json })).must(201).number('id');
const test = (id: number, trigger: string) => project.call('POST', `/hooks/${id}/test/${trigger}`);
const statusWith = (status: number) => (response: ServerResponse) => void response.writeHead(status).end('Sorry');

describe('a test of a system hook', () => {
  const MOCK = {
    project_id: 1,
    owner_email: 'example@gitlabhq.com',
    owner_name: 'Someone',
    name: 'Ruby',
    path: 'ruby',
    event_name: 'project_create',
  };

  it.each([200, 500])('sends made-up data and answers with it, whatever the receiver says: %i', async (status) => {
    const { url, heard } = await receiver(statusWith(status));
    const id = (await app.http('POST', '/hooks', { as: root, json: { url, token: 'secret' } })).must(201).number('id');
    expect((await app.http('POST', `/hooks/${id}`, { as: root })).outcome).toEqual([201, MOCK]);
    expect(heard).toMatchObject([
      { body: MOCK, headers: { 'x-gitlab-event': 'System Hook', 'x-gitlab-token': 'secret' } },
    ]);
    const log = (await app.http('GET', `/penstock/hooks/${id}/events`, { as: root })).must(200);
    expect(log.body).toMatchObject([
      { trigger: 'system_hooks', response_status: String(status), response_body: 'Sorry' },
    ]);
    expect(log.text).not.toContain('secret"');
  });

  it('where nobody is, is no error', async () => {
    const json = { url: 'http://127.0.0.1:1/' };
    const id = (await app.http('POST', '/hooks', { as: root, json })).must(201).number('id');
    expect((await app.http('POST', `/hooks/${id}`, { as: root })).outcome).toEqual([201, MOCK]);
    expect((await app.http('POST', '/hooks/0', { as: root })).outcome).toEqual([404, { message: '404 Not found' }]);
  });
});

describe('a test of a project hook', () => {
  it('sends the newest push, whatever the switches', async () => {
    const { url, heard } = await receiver();
    const id = await addHook({ url, push_events: false });
    expect((await test(id, 'push_events')).outcome).toEqual([201, { message: '201 Created' }]);
    const after = await project.headOf('main');
    expect(heard).toMatchObject([
      { headers: { 'x-gitlab-event': 'Push Hook' }, body: { object_kind: 'push', after, project_id: project.id } },
    ]);
  });

  it('says what the receiver says', async () => {
    const { url } = await receiver(statusWith(500));
    const id = await addHook({ url });
    expect((await test(id, 'push_events')).outcome).toEqual([422, { message: 'Sorry' }]);
    const nobody = await addHook({ url: 'http://127.0.0.1:1/' });
    expect((await test(nobody, 'push_events')).outcome).toEqual([
      422,
      { message: '127.0.0.1:1 refused the connection' },
    ]);
  });

  it('says why a redirect is not followed', async () => {
    const { url } = await receiver((response) => void response.writeHead(302, { location: '/on' }).end('Moved'));
    const id = await addHook({ url });
    const message = 'More than 3 redirects';
    expect((await test(id, 'push_events')).outcome).toEqual([422, { message }]);
    const attempt = (await project.call('GET', `/hooks/${id}/events`)).must(200).number(0, 'id');
    const again = await project.call('POST', `/hooks/${id}/events/${attempt}/resend`);
    expect(again.outcome).toEqual([422, { message }]);
  });

  it.each([
    ['job_events', 'Ensure the project has CI jobs.'],
    ['pipeline_events', 'Ensure the project has CI pipelines.'],
    ['tag_push_events', 'Ensure the project has tags.'],
    ['merge_requests_events', 'Ensure the project has merge requests.'],
    ['note_events', 'Ensure the project has notes.'],
    ['issues_events', 'Ensure the project has issues.'],
    ['releases_events', 'Ensure the project has releases.'],
    ['deployment_events', 'Testing not available for this hook'],
  ])('%s of a project without any: %s', async (trigger, message) => {
    const { url, heard } = await receiver();
    expect((await test(await addHook({ url }), trigger)).outcome).toEqual([422, { message }]);
    expect(heard).toEqual([]);
  });

  it('of a kind that is none', async () => {
    const id = await addHook({ url: 'http://127.0.0.1:1/' });
    const error = 'trigger does not have a valid value';
    expect((await test(id, 'nothing_events')).outcome).toEqual([400, { error }]);
  });

  it('works while the hook is disabled, and enables it', async () => {
    const { url } = await receiver((response, count) => response.writeHead(count === 1 ? 500 : 204).end());
    const id = await addHook({ url });
    await app.database.pool.query(`update hooks set disabled_at = now(), disabled_reason = 'gone' where id = ${id}`);
    expect((await test(id, 'push_events')).status).toBe(422);
    expect((await project.call('GET', `/hooks/${id}`)).at('alert_status')).toBe('disabled');
    expect((await test(id, 'push_events')).status).toBe(201);
    expect((await project.call('GET', `/hooks/${id}`)).at('alert_status')).toBe('executable');
  });

  it('may be made five times a minute', async () => {
    const { url } = await receiver();
    const id = await addHook({ url });
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await test(id, 'push_events')).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
  });

  it("of a group's hook sends what its first project has", async () => {
    const { url, heard } = await receiver();
    const json = { name: 'team', path: 'team' };
    const group = (await app.http('POST', '/groups', { as: project.owner, json })).must(201).number('id');
    const made = await app.http('POST', `/groups/${group}/hooks`, { as: project.owner, json: { url } });
    const path = `/groups/${group}/hooks/${made.must(201).number('id')}/test/push_events`;
    expect((await app.http('POST', path, { as: project.owner })).outcome).toEqual([
      422,
      { message: 'Ensure the group has a project with commits.' },
    ]);
    const settings = { namespace_id: String(group) };
    const gone = await app.addProject({}, { owner: project.owner, settings });
    (await gone.call('DELETE', '')).must(202);
    const inside = await app.addProject({}, { owner: project.owner, settings });
    expect((await app.http('POST', path, { as: project.owner })).status).toBe(201);
    expect(heard).toMatchObject([{ body: { project_id: inside.id } }]);
  });
});

describe('the log of a hook', () => {
  it('has its attempts of a week, the newest first, without secrets', async () => {
    const { url } = await receiver(
      (response, count) => void response.writeHead([200, 404, 503][count - 1] ?? 500).end(),
    );
    const id = await addHook({
      url: `${url}{path}`,
      url_variables: [{ key: 'path', value: 'tell-tale' }],
      token: 'tell-tale',
    });
    for (let count = 0; count < 3; count += 1) await test(id, 'push_events');
    const list = async (query: Readonly<Record<string, string>> = {}) =>
      project.call('GET', `/hooks/${id}/events`, { query });
    const all = (await list()).must(200);
    expect(all.pluck('response_status')).toEqual(['503', '404', '200']);
    expect(all.rows()[0]?.body).toMatchObject({
      url: `${url}{path}`,
      trigger: 'push_hooks',
      request_headers: { 'X-Gitlab-Event': 'Push Hook', 'X-Gitlab-Token': '[REDACTED]' },
      request_data: { object_kind: 'push', commits: [{ author: { email: '[REDACTED]' } }] },
      response_body: '',
      execution_duration: 0,
    });
    expect(all.text).not.toContain('tell-tale');
    expect((await list({ status: 'successful' })).pluck('response_status')).toEqual(['200']);
    expect((await list({ status: 'client_failure,503' })).pluck('response_status')).toEqual(['503', '404']);
    expect((await list({ status: 'server_failure' })).pluck('response_status')).toEqual(['503']);
    const second = await list({ per_page: '1', page: '2' });
    expect(second.pluck('response_status')).toEqual(['404']);
    expect(second.headers.get('x-total')).toBe('3');
    const wrong = (name: string) => [400, { error: `${name} does not have a valid value` }];
    expect((await list({ status: 'fine' })).outcome).toEqual(wrong('status'));
    expect((await list({ per_page: '21' })).outcome).toEqual(wrong('per_page'));
    app.clock.advance(7 * 86_400 + 1);
    expect((await list()).body).toEqual([]);
  });

  it('leaves bodies out that are too large to be looked at; they are sent again whole', async () => {
    const { url, heard } = await receiver();
    const id = await addHook({ url });
    await test(id, 'push_events');
    const text = 'x'.repeat(1024 * 1024);
    await app.database.pool.query(
      'update hook_deliveries set payload = json_build_object($2::text, $3::text) where hook_id = $1',
      [id, 'text', text],
    );
    const entry = (await project.call('GET', `/hooks/${id}/events`)).must(200);
    expect(entry.at(0, 'request_data')).toEqual({ oversize: true });
    (await project.call('POST', `/hooks/${id}/events/${entry.number(0, 'id')}/resend`)).must(201);
    expect(heard[1]?.body).toEqual({ text });
  });

  it('is sent again with the same key, unless the address has changed', async () => {
    const { url, heard } = await receiver((response, count) => void response.writeHead(count === 1 ? 500 : 200).end());
    const id = await addHook({ url });
    await test(id, 'push_events');
    const attempt = (await project.call('GET', `/hooks/${id}/events`)).must(200).number(0, 'id');
    const resend = (number: number) => project.call('POST', `/hooks/${id}/events/${number}/resend`);
    expect((await resend(attempt)).outcome).toEqual([201, { response_status: 200 }]);
    const [first, second] = heard;
    expect(second?.body).toEqual(first?.body);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(second?.headers['x-gitlab-webhook-uuid']).not.toBe(first?.headers['x-gitlab-webhook-uuid']);
    expect((await resend(0)).outcome).toEqual([404, { message: '404 Not found' }]);
    const other = await addHook({ url });
    expect((await project.call('POST', `/hooks/${other}/events/${attempt}/resend`)).status).toBe(404);
    (await project.call('PUT', `/hooks/${id}`, { json: { url: `${url}elsewhere` } })).must(200);
    const message = 'The hook URL has changed. This log entry cannot be retried.';
    expect((await resend(attempt)).outcome).toEqual([422, { message }]);
    expect((await resend(attempt)).status).toBe(422);
    expect((await resend(attempt)).status).toBe(429);
  });
});

describe('our own', () => {
  it('enables a hook', async () => {
    const id = await addHook({ url: 'http://127.0.0.1:1/' });
    await app.database.pool.query(`update hooks set disabled_at = now(), consecutive_failures = 40 where id = ${id}`);
    const enabled = await project.call('POST', `/penstock/hooks/${id}/enable`);
    expect(enabled.must(201).body).toMatchObject({ id, alert_status: 'executable' });
  });

  it('signs with the old token and the new one while they change', async () => {
    const { url, heard } = await receiver();
    const id = await addHook({ url });
    const rotate = (json: object = {}) => project.call('POST', `/penstock/hooks/${id}/signing_token`, { json });
    const first = (await rotate()).must(201);
    expect(first.body).toEqual({ signing_token: expect.stringMatching(/^whsec_/), old_signing_token_until: null });
    const until = new Date(app.clock.now().getTime() + 86_400_000).toISOString();
    expect((await rotate()).must(201).at('old_signing_token_until')).toBe(until);
    const signatures = async (): Promise<number> => {
      (await test(id, 'push_events')).must(201);
      return String(heard.at(-1)?.headers['webhook-signature']).split(' ').length;
    };
    expect(await signatures()).toBe(2);
    expect((await project.call('DELETE', `/penstock/hooks/${id}/signing_token/old`)).status).toBe(204);
    expect((await project.call('DELETE', `/penstock/hooks/${id}/signing_token/old`)).status).toBe(404);
    expect(await signatures()).toBe(1);
    await rotate({ keep_old_for: 60 });
    expect(await signatures()).toBe(2);
    app.clock.advance(61);
    expect(await signatures()).toBe(1);
    await rotate({ keep_old_for: 0 });
    expect(await signatures()).toBe(1);
  });

  it('tells the numbered events after a number, without what only system hooks hear', async () => {
    await app.tick('events');
    const feed = (path: string, query: Readonly<Record<string, string>>) =>
      app.http('GET', path, { as: path === '/penstock/events' ? root : project.owner, query });
    const before = (await feed('/penstock/events', { limit: '1000' })).must(200).number('after');
    const { url } = await receiver();
    (await app.http('POST', '/hooks', { as: root, json: { url } })).must(201);
    await app.db.transaction().execute((tx) =>
      app.parts.publish(tx, [
        { type: 'project_updated', projectId: project.id },
        { type: 'project_renamed', projectId: project.id, oldPathWithNamespace: 'old' },
      ]),
    );
    await app.tick('events');
    const after = { after: String(before) };
    const one = await feed('/penstock/events', { ...after, limit: '1' });
    const [sequence, oldest] = [one.must(200).number('events', 0, 'sequence'), expect.any(Number)];
    expect(one.body).toMatchObject({
      after: sequence,
      has_more: true,
      oldest,
      events: [{ event_name: 'project_update' }],
    });
    const rest = await feed('/penstock/events', { after: String(sequence) });
    const fact = { type: 'project_renamed', project_id: project.id, old_path_with_namespace: 'old' };
    expect(rest.body).toMatchObject({
      has_more: false,
      events: [{ sequence: sequence + 1, project_id: project.id, payload: { event_name: 'project_rename' }, fact }],
    });
    const own = await feed(`/projects/${project.id}/penstock/events`, after);
    expect(own.must(200).at('events')).toMatchObject([{ payload: null }, { payload: null, fact }]);
    const last = String(sequence + 1);
    const nothing = await feed('/penstock/events', { after: last });
    expect(nothing.body).toEqual({ events: [], after: sequence + 1, has_more: false, oldest, missed: false });
  });
});

describe('events with large payloads', () => {
  it('come in several answers', async () => {
    const feed = async (after: number) => {
      const answer = await app.http('GET', '/penstock/events', { as: root, query: { after: String(after) } });
      const { events, has_more: hasMore, after: next } = Object(answer.must(200).body);
      return { sequences: events.map(({ sequence }: { sequence: number }) => sequence), hasMore, next };
    };
    const first = 1_000_001;
    await app.database.pool.query(
      `insert into events (sequence, id, event_name, trigger, subject, fact, payload, occurred_at, created_at)
        select ${first} + n, gen_random_uuid(), 'push', 'push_events', 'project:1', '{}',
          json_build_object('text', repeat('x', 6 * 1024 * 1024)), now(), now() from generate_series(0, 3) as n`,
    );
    const last = first + 3;
    expect(await feed(first - 1)).toEqual({ sequences: [first, first + 1, first + 2], hasMore: true, next: last - 1 });
    expect(await feed(last - 1)).toEqual({ sequences: [last], hasMore: false, next: last });
    await app.database.pool.query(`delete from events where sequence >= ${first}`);
  });
});

describe('what a project has', () => {
  it('is what its hooks are tried with', async () => {
    const { url, heard } = await receiver();
    const id = await addHook({ url });
    const pipeline = await project.run();
    await project.tag('v1', (await project.headOf('main')) ?? '');
    const release = { tag_name: 'v1', name: 'First', description: 'The first one' };
    (await project.call('POST', '/releases', { json: release })).must(201);
    expect((await test(id, 'pipeline_events')).status).toBe(201);
    expect((await test(id, 'job_events')).status).toBe(201);
    expect((await test(id, 'tag_push_events')).status).toBe(201);
    expect((await test(id, 'releases_events')).status).toBe(201);
    expect(heard).toMatchObject([
      { body: { object_kind: 'pipeline', object_attributes: { id: pipeline.id } } },
      { body: { object_kind: 'build', pipeline_id: pipeline.id, build_name: 'job' } },
      { body: { object_kind: 'tag_push', ref: 'refs/tags/v1' } },
      { body: { object_kind: 'release', action: 'create', name: 'First' } },
    ]);
  });
});

describe('a branch filter', () => {
  it('lets pushes of its branches through, and every tag', async () => {
    const settings = { url: 'http://127.0.0.1:1/', push_events: true, tag_push_events: true };
    const hooks: Readonly<Record<string, object>> = {
      all: {},
      wildcard: { push_events_branch_filter: 'release/*' },
      regex: { push_events_branch_filter: '^(release|fix)/', branch_filter_strategy: 'regex' },
    };
    const ids: Record<string, number> = {};
    for (const [name, filter] of Object.entries(hooks)) ids[name] = await addHook({ ...settings, ...filter });
    const form = { url: 'http://127.0.0.1:1/', push_events: 'true', push_events_branch_filter: 'fix/*' };
    ids['system'] = (await app.http('POST', '/hooks', { as: root, form })).must(201).number('id');
    const from = (await project.headOf('main')) ?? '';
    for (const branch of ['release/1', 'fix/1', 'other']) await project.push({ 'a.txt': branch }, { branch, from });
    await project.pushTag('v2', from);
    await app.tick('events');
    const { rows } = await app.database.pool.query(
      `select hook_id, payload->>'ref' as ref from hook_deliveries
        where event_sequence is not null and trigger in ('push_events', 'tag_push_events') order by id`,
    );
    const refsOf = (name: string) => rows.filter((row) => Number(row.hook_id) === ids[name]).map(({ ref }) => ref);
    const [release, fix, other, tag] = ['refs/heads/release/1', 'refs/heads/fix/1', 'refs/heads/other', 'refs/tags/v2'];
    expect(refsOf('all')).toEqual([release, fix, other, tag]);
    expect(refsOf('wildcard')).toEqual([release, tag]);
    expect(refsOf('regex')).toEqual([release, fix, tag]);
    expect(refsOf('system')).toEqual([fix]);
  });
});
