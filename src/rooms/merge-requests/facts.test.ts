import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FactRecord } from '../../../test/support/fact-record.ts';
import { EXTERNAL_URL, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { describeMergeRequest, findNote } from './index.ts';

let app: TestApp;
const record = new FactRecord();

beforeAll(async () => {
  app = await startTestApp({ subscribers: [record.subscriber] });
  await record.open(app.db);
});
afterAll(() => app.close());

const opened = async (): Promise<TestProject> => {
  const project = await app.addProject({ 'a.txt': 'a' });
  await project.commit({ 'b.txt': 'b' }, { branch: 'topic', from: (await project.headOf('main')) ?? '' });
  const json = { source_branch: 'topic', target_branch: 'main', title: 'A topic' };
  (await project.call('POST', '/merge_requests', { json })).must(201);
  return project;
};

/** What was published of merge requests since the last time. */
const told = async () =>
  (await record.takeOf('merge_request_changed')).map(({ action, changes }) => ({ action, changes }));

const put = async (project: TestProject, json: object) =>
  (await project.call('PUT', '/merge_requests/1', { json })).must(200);

describe('what is published of a merge request', () => {
  it('is that it was opened, changed, closed and opened again', async () => {
    const project = await opened();
    const [fact] = await record.takeOf('merge_request_changed');
    expect(fact).toMatchObject({ action: 'open', projectId: project.id, userId: project.owner.user.id, changes: {} });
    app.clock.advance(1);
    await put(project, { title: 'Draft: x', labels: 'one' });
    expect(await told()).toEqual([
      {
        action: 'update',
        changes: {
          title: { previous: 'A topic', current: 'Draft: x' },
          draft: { previous: false, current: true },
          labels: { previous: [], current: ['one'] },
          updated_at: expect.anything(),
          updated_by_id: { previous: null, current: project.owner.user.id },
          last_edited_at: expect.anything(),
          last_edited_by_id: { previous: null, current: project.owner.user.id },
        },
      },
    ]);
    await put(project, { title: 'Draft: x' });
    expect(await told()).toEqual([]);
    await put(project, { state_event: 'close' });
    await put(project, { state_event: 'close' });
    await put(project, { state_event: 'reopen' });
    expect((await told()).map(({ action, changes }) => [action, changes['state_id']])).toEqual([
      ['close', { previous: 1, current: 2 }],
      ['reopen', { previous: 2, current: 1 }],
    ]);
  });

  it('is each new head with the one before, approvals, and the merge', async () => {
    const project = await opened();
    const before = await project.headOf('topic');
    await record.take();
    await project.push({ 'c.txt': 'c' }, { branch: 'topic' });
    expect(await record.takeOf('merge_request_changed')).toMatchObject([{ action: 'update', oldRev: before }]);
    (await project.call('POST', '/merge_requests/1/approve')).must(201);
    (await project.call('POST', '/merge_requests/1/unapprove')).must(201);
    (await project.call('PUT', '/merge_requests/1/merge')).must(200);
    expect((await told()).map(({ action }) => action)).toEqual(['approved', 'unapproved', 'merge']);
  });

  it('is read with all that hooks tell', async () => {
    const project = await opened();
    const [fact] = await record.takeOf('merge_request_changed');
    if (fact === undefined) throw new Error('nothing was published');
    expect(await describeMergeRequest(app.parts, fact.mergeRequestId, EXTERNAL_URL)).toMatchObject({
      mergeRequest: { iid: 1, title: 'A topic', sourceBranch: 'topic', targetBranch: 'main' },
      project: { id: project.id },
      headPipelineId: null,
      mergeStatus: 'can_be_merged',
      detailedMergeStatus: 'mergeable',
      draft: false,
      stateId: 1,
      webUrl: `${EXTERNAL_URL}/${project.fullPath}/-/merge_requests/1`,
    });
  });
});

describe('what is published of a comment', () => {
  it('is that it was written and changed', async () => {
    const project = await opened();
    await record.take();
    const path = '/merge_requests/1/notes';
    const id = (await project.call('POST', path, { json: { body: 'One' } })).must(201).number('id');
    (await project.call('PUT', `${path}/${id}`, { json: { body: 'Two' } })).must(200);
    const facts = await record.takeOf('note_changed');
    expect(facts.map(({ action }) => action)).toEqual(['create', 'update']);
    // As GitLab: the same text again is no change.
    const before = (await project.call('GET', `${path}/${id}`)).must(200).body;
    app.clock.advance(60);
    const again = await project.call('PUT', `${path}/${id}`, { json: { body: 'Two' } });
    expect(again.must(200).body).toEqual(before);
    expect(await record.takeOf('note_changed')).toEqual([]);
    const [fact] = facts;
    expect(fact && (await findNote(app.db, fact.noteId))).toMatchObject({ body: 'Two', projectId: project.id });
  });
});
