import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockKeys, documentedKeys } from '../../../../test/support/documented-events.ts';
import { EventWitness, type WitnessedEvent } from '../../../../test/support/event-witness.ts';
import { EXTERNAL_URL, startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import type { TestProject } from '../../../../test/support/test-project.ts';

const UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/;

let app: TestApp;
let witness: EventWitness;
let project: TestProject;
let url: string;

beforeAll(async () => {
  app = await startTestApp();
  witness = new EventWitness(app);
  await witness.listen({ kind: 'system' }, ['merge_requests_events']);
  project = await app.addProject({ 'a.txt': 'a' }, { settings: { name: 'Merging' } });
  await witness.listenTo(project.id, 'note_events', 'confidential_note_events', 'pipeline_events');
  await project.push({ 'b.txt': 'b' }, { branch: 'topic', from: (await project.headOf('main')) ?? '' });
  await witness.take();
  url = `${EXTERNAL_URL}/${project.fullPath}`;
});
afterAll(() => app.close());

const attributesOf = (event: WitnessedEvent): unknown => event.payload.at('object_attributes');
const call = async (method: string, path: string, json: object = {}) =>
  project.call(method, `/merge_requests/1${path}`, { json });

describe('a merge request', () => {
  it('open: what it is, its head, its project twice', async () => {
    const json = { source_branch: 'topic', target_branch: 'main', title: 'A topic', description: 'Why', labels: 'one' };
    (await project.call('POST', '/merge_requests', { json })).must(201);
    const event = await witness.takeOne('merge_request');
    expect(event).toMatchObject({
      trigger: 'merge_requests_events',
      subject: expect.stringMatching(/^merge_request:\d+$/),
    });
    expect(event.keys).toEqual(documentedKeys('merge_request'));
    expect(Object.keys(Object(attributesOf(event))).sort()).toEqual(blockKeys('mergeRequest', 'mergeRequestAction'));
    const sha = await project.headOf('topic');
    expect(event.payload.body).toMatchObject({
      object_kind: 'merge_request',
      event_type: 'merge_request',
      user: { username: project.owner.user.username, email: '[REDACTED]' },
      project: { id: project.id, homepage: url },
      repository: { name: 'Merging' },
      object_attributes: {
        iid: 1,
        title: 'A topic',
        description: 'Why',
        state: 'opened',
        state_id: 1,
        draft: false,
        author_id: project.owner.user.id,
        assignee_id: null,
        created_at: expect.stringMatching(UTC),
        source_branch: 'topic',
        target_branch: 'main',
        target_branch_protected: true,
        source_project_id: project.id,
        target_project_id: project.id,
        merge_status: 'can_be_merged',
        detailed_merge_status: 'mergeable',
        merge_commit_sha: null,
        last_commit: { id: sha, author: { email: project.owner.user.email } },
        source: { path_with_namespace: project.fullPath },
        target: { path_with_namespace: project.fullPath },
        url: `${url}/-/merge_requests/1`,
        action: 'open',
        actioned_at: expect.stringMatching(UTC),
      },
      labels: [{ title: 'one', type: 'ProjectLabel' }],
      changes: {},
      assignees: [],
      reviewers: [],
    });
  });

  it('update: what changed, people as people', async () => {
    const { id } = project.owner.user;
    app.clock.advance(1);
    (await call('PUT', '', { title: 'Draft: x', assignee_ids: [id], reviewer_ids: [id] })).must(200);
    const { payload } = await witness.takeOne('merge_request');
    expect(payload.body).toMatchObject({
      object_attributes: { action: 'update', draft: true, work_in_progress: true, assignee_id: id, assignee_ids: [id] },
      changes: {
        title: { previous: 'A topic', current: 'Draft: x' },
        draft: { previous: false, current: true },
        assignees: { previous: [], current: [{ id }] },
        reviewers: { previous: [], current: [{ id, state: 'unreviewed', re_requested: false }] },
        updated_at: { previous: expect.stringMatching(UTC), current: expect.stringMatching(UTC) },
      },
      assignees: [{ id }],
      reviewers: [{ id, re_requested: false }],
    });
    expect(payload.at('object_attributes', 'oldrev')).toBeUndefined();
    (await call('PUT', '', { title: 'Ready' })).must(200);
    await witness.take();
  });

  it('update by a push: the head before', async () => {
    const before = await project.headOf('topic');
    await project.push({ 'c.txt': 'c' }, { branch: 'topic' });
    expect(attributesOf(await witness.takeOne('merge_request'))).toMatchObject({ action: 'update', oldrev: before });
  });

  it('close, reopen, approved, unapproved, merge', async () => {
    (await call('PUT', '', { state_event: 'close' })).must(200);
    (await call('PUT', '', { state_event: 'reopen' })).must(200);
    (await call('POST', '/approve')).must(201);
    (await call('POST', '/unapprove')).must(201);
    (await call('PUT', '/merge')).must(200);
    const events = (await witness.take()).filter(({ name }) => name === 'merge_request');
    expect(
      events.map(({ payload }) => [
        payload.at('object_attributes', 'action'),
        payload.at('object_attributes', 'state'),
      ]),
    ).toEqual([
      ['close', 'closed'],
      ['reopen', 'opened'],
      ['approved', 'merged'],
      ['unapproved', 'merged'],
      ['merge', 'merged'],
    ]);
    expect(events.at(-1)?.payload.body).toMatchObject({
      object_attributes: { merge_commit_sha: await project.headOf('main'), merge_user_id: project.owner.user.id },
    });
  });
});

describe('a comment', () => {
  it('note: on a merge request, written and changed', async () => {
    const id = (await call('POST', '/notes', { body: 'One' })).must(201).number('id');
    const event = await witness.takeOne('note');
    expect(event.trigger).toBe('note_events');
    expect(event.keys).toEqual(documentedKeys('note'));
    expect(event.payload.body).toMatchObject({
      object_kind: 'note',
      event_type: 'note',
      project_id: project.id,
      object_attributes: {
        id,
        note: 'One',
        noteable_type: 'MergeRequest',
        author_id: project.owner.user.id,
        created_at: expect.stringMatching(UTC),
        system: false,
        internal: false,
        action: 'create',
        url: `${url}/-/merge_requests/1#note_${id}`,
      },
      merge_request: { iid: 1, source_branch: 'topic', last_commit: {} },
    });
    expect(Object.keys(Object(event.payload.at('merge_request'))).sort()).toEqual(blockKeys('mergeRequest'));
    (await call('PUT', `/notes/${id}`, { body: 'Two' })).must(200);
    expect(attributesOf(await witness.takeOne('note'))).toMatchObject({ note: 'Two', action: 'update' });
  });

  it('that is internal is for those who listen to confidential ones', async () => {
    (await call('POST', '/notes', { body: 'Psst', internal: true })).must(201);
    const event = await witness.takeOne('note');
    expect([event.trigger, event.payload.at('event_type')]).toEqual(['confidential_note_events', 'confidential_note']);
  });
});

describe('a comment on a commit', () => {
  const comment = async (sha: string, json: object) =>
    project.call('POST', `/repository/commits/${sha}/comments`, { json });

  it('note: with the commit, perhaps on a line of it', async () => {
    const sha = await project.commit({ 'lines.txt': 'one\ntwo\n' }, { message: 'Two lines' });
    const whole = (await comment(sha, { note: 'Fine' })).must(201);
    const author = expect.objectContaining({ id: project.owner.user.id });
    const first = { note: 'Fine', path: null, line: null, line_type: null, author, created_at: expect.any(String) };
    expect(whole.body).toEqual(first);
    const event = await witness.takeOne('note');
    expect(event.trigger).toBe('note_events');
    expect(event.payload.body).toMatchObject({
      object_kind: 'note',
      event_type: 'note',
      project_id: project.id,
      object_attributes: { note: 'Fine', noteable_type: 'Commit', noteable_id: null, commit_id: sha, line_code: null },
      commit: { id: sha, title: 'Two lines', url: `${url}/-/commit/${sha}` },
    });
    expect(event.payload.string('object_attributes', 'url')).toMatch(new RegExp(`/-/commit/${sha}#note_\\d+$`));
    expect(event.payload.at('merge_request')).toBeUndefined();

    const on = { note: 'Why two?', path: 'lines.txt', line: 2, line_type: 'new' };
    expect((await comment(sha, on)).must(201).body).toMatchObject(on);
    expect(attributesOf(await witness.takeOne('note'))).toMatchObject({
      type: 'LegacyDiffNote',
      line_code: expect.stringMatching(/^[0-9a-f]{40}_0_2$/),
    });
    // No such line: on the commit as a whole.
    expect((await comment(sha, { ...on, line: 3 })).must(201).body).toMatchObject({ path: null, line: null });
    await witness.takeOne('note');
    const all = await project.call('GET', `/repository/commits/main/comments`);
    expect(
      all
        .must(200)
        .rows()
        .map((row) => row.body),
    ).toMatchObject([first, on, { note: 'Why two?', path: null }]);
  });

  it('is refused without a text, without a line of its path, and where no commit is', async () => {
    expect((await comment('main', { note: ' ' })).outcome).toEqual([
      400,
      { message: `Failed to save note {:note=>["can't be blank"]}` },
    ]);
    expect((await comment('main', {})).outcome).toEqual([400, { error: 'note is missing' }]);
    expect((await comment('main', { note: 'x', path: 'a.txt' })).outcome).toEqual([400, { error: 'line is missing' }]);
    expect((await comment('nowhere', { note: 'x' })).outcome).toEqual([404, { message: '404 Commit Not Found' }]);
  });

  it('has no place among those on merge requests', async () => {
    (await comment('main', { note: 'Here' })).must(201);
    await witness.take();
    const { id } = await app.db
      .selectFrom('notes')
      .select('id')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect((await project.call('GET', `/merge_requests/1/notes/${id}`)).status).toBe(404);
  });
});

describe('a pipeline of a merge request', () => {
  it('tells which one, and its branch', async () => {
    const config = 'job: { script: x, rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }] }';
    await project.push(config, { branch: 'piped', from: (await project.headOf('main')) ?? '' });
    const json = { source_branch: 'piped', target_branch: 'main', title: 'Piped' };
    (await project.call('POST', '/merge_requests', { json })).must(201);
    await app.settle();
    const [event] = (await witness.take()).filter(({ name }) => name === 'pipeline');
    expect(event?.payload.body).toMatchObject({
      object_attributes: { source: 'merge_request_event', ref: 'piped', status: 'pending' },
      merge_request: {
        iid: 2,
        title: 'Piped',
        source_branch: 'piped',
        state: 'opened',
        url: `${url}/-/merge_requests/2`,
      },
    });
    expect(Object.keys(Object(event?.payload.at('merge_request'))).sort()).toEqual(blockKeys('pipelineMergeRequest'));
  });
});
