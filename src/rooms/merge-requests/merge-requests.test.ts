import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../groups/index.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const FILES = { 'README.md': 'one\n', 'src/app.txt': 'a\nb\nc\n' };

/** A project with a branch `topic` that is one commit ahead of `main`. */
const projectWithTopic = async (settings: Readonly<Record<string, string>> = {}): Promise<TestProject> => {
  const project = await app.addProject(FILES, { settings });
  await project.commit({ 'src/app.txt': 'a\nB\nc\n' }, { branch: 'topic', from: await mustHead(project, 'main') });
  return project;
};

const mustHead = async (project: TestProject, branch: string): Promise<string> => {
  const sha = await project.headOf(branch);
  if (sha === undefined) throw new Error(`no branch ${branch}`);
  return sha;
};

const open = async (project: TestProject, more: object = {}, as?: Person) =>
  project.call('POST', '/merge_requests', {
    json: { source_branch: 'topic', target_branch: 'main', title: 'A topic', ...more },
    ...(as !== undefined && { as }),
  });

describe('opening a merge request', () => {
  it('answers it whole', async () => {
    const project = await projectWithTopic();
    const made = (await open(project, { description: 'Why', labels: 'b,a', squash: true })).must(201);
    expect(made.body).toMatchObject({
      iid: 1,
      project_id: project.id,
      title: 'A topic',
      description: 'Why',
      state: 'opened',
      merged_by: null,
      merge_user: null,
      merged_at: null,
      closed_by: null,
      closed_at: null,
      target_branch: 'main',
      source_branch: 'topic',
      user_notes_count: 0,
      author: { username: project.owner.user.username },
      assignees: [],
      assignee: null,
      reviewers: [],
      source_project_id: project.id,
      target_project_id: project.id,
      labels: ['a', 'b'],
      draft: false,
      work_in_progress: false,
      milestone: null,
      merge_when_pipeline_succeeds: false,
      merge_status: 'can_be_merged',
      detailed_merge_status: 'mergeable',
      sha: await project.headOf('topic'),
      merge_commit_sha: null,
      squash_commit_sha: null,
      force_remove_source_branch: true,
      reference: '!1',
      references: { short: '!1', relative: '!1', full: `${project.fullPath}!1` },
      web_url: `https://ci.example.com/${project.fullPath}/-/merge_requests/1`,
      squash: true,
      has_conflicts: false,
      changes_count: '1',
      head_pipeline: null,
      diff_refs: {
        base_sha: await project.headOf('main'),
        start_sha: await project.headOf('main'),
        head_sha: await project.headOf('topic'),
      },
      user: { can_merge: true },
    });
    const read = (await project.call('GET', '/merge_requests/1')).must(200);
    expect(read.body).toEqual(made.body);
  });

  it('refuses what cannot be one', async () => {
    const project = await projectWithTopic();
    expect((await open(project, { target_branch: 'topic' })).outcome).toEqual([
      422,
      { message: ["You can't use same project/branch for source and target"] },
    ]);
    expect((await open(project, { source_branch: 'none' })).outcome).toEqual([
      400,
      { message: { source_branch: ['does not exist'] } },
    ]);
    expect((await open(project, { title: ' ' })).outcome).toEqual([400, { message: { title: ["can't be blank"] } }]);
    expect((await open(project, { target_project_id: 999_999 })).outcome).toEqual([
      422,
      { message: ['Source project is not a fork of the target project'] },
    ]);
    expect((await project.call('POST', '/merge_requests', { json: {} })).outcome).toEqual([
      400,
      { error: 'title is missing, source_branch is missing, target_branch is missing' },
    ]);
    (await open(project)).must(201);
    expect((await open(project)).outcome).toEqual([
      409,
      { message: ['Another open merge request already exists for this source branch: !1'] },
    ]);
    expect((await project.call('GET', '/merge_requests/9')).outcome).toEqual([404, { message: '404 Not found' }]);
  });

  it('is for developers, and of two at once one is first', async () => {
    const project = await projectWithTopic({ visibility: 'public' });
    const reporter = await app.addPerson('mr-reporter');
    await project.addMember(reporter, ROLES.reporter);
    expect((await open(project, {}, reporter)).outcome).toEqual([403, { message: '403 Forbidden' }]);
    expect((await project.anonymously('POST', '/merge_requests', { json: {} })).status).toBe(401);
    const both = await Promise.all([open(project), open(project)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  it('keeps the head under a ref that can be fetched and not be pushed', async () => {
    const project = await projectWithTopic();
    (await open(project)).must(201);
    const head = await mustHead(project, 'topic');
    await project.removeBranch('topic');
    const commit = await project.call('GET', `/repository/commits/${encodeURIComponent('refs/merge-requests/1/head')}`);
    expect(commit.must(200).string('id')).toBe(head);
  });
});

describe('changing a merge request', () => {
  it('changes texts, labels, people and branches', async () => {
    const project = await projectWithTopic();
    await project.commit({ 'x.txt': 'x' }, { branch: 'other', from: await mustHead(project, 'main') });
    (await open(project, { labels: ['one', 'two'] })).must(201);
    const put = (json: object) => project.call('PUT', '/merge_requests/1', { json });
    const changed = (
      await put({
        title: 'Draft: later',
        description: '- [x] a\n- [ ] b\n',
        add_labels: 'three',
        remove_labels: 'one',
        assignee_ids: [project.owner.user.id],
        reviewer_ids: [project.owner.user.id, 999_999],
        target_branch: 'other',
      })
    ).must(200);
    expect(changed.body).toMatchObject({
      title: 'Draft: later',
      draft: true,
      detailed_merge_status: 'draft_status',
      labels: ['three', 'two'],
      assignee: { id: project.owner.user.id },
      assignees: [{ id: project.owner.user.id }],
      reviewers: [{ id: project.owner.user.id }],
      target_branch: 'other',
      task_completion_status: { count: 2, completed_count: 1 },
    });
    expect((await put({ assignee_ids: [], labels: '' })).must(200).body).toMatchObject({ assignees: [], labels: [] });
    expect((await put({ target_branch: 'none' })).outcome).toEqual([
      400,
      { message: { target_branch: ['does not exist'] } },
    ]);
    expect((await put({ title: '' })).outcome).toEqual([400, { error: 'title is empty' }]);
    expect((await put({})).status).toBe(400);
  });

  it('closes and reopens; its branches may have another meanwhile', async () => {
    const project = await projectWithTopic();
    (await open(project)).must(201);
    const event = (iid: number, word: string) =>
      project.call('PUT', `/merge_requests/${iid}`, { json: { state_event: word } });
    const closed = (await event(1, 'close')).must(200);
    expect(closed.body).toMatchObject({
      state: 'closed',
      closed_by: { id: project.owner.user.id },
      detailed_merge_status: 'not_open',
    });
    expect((await project.call('PUT', '/merge_requests/1/merge')).outcome).toEqual([
      405,
      { message: '405 Method Not Allowed' },
    ]);
    (await open(project)).must(201);
    expect((await event(1, 'reopen')).outcome).toEqual([
      409,
      { message: ['Another open merge request already exists for this source branch: !2'] },
    ]);
    (await event(2, 'close')).must(200);
    const moved = await project.commit({ 'y.txt': 'y' }, { branch: 'topic' });
    expect((await event(1, 'reopen')).must(200).body).toMatchObject({ state: 'opened', closed_by: null, sha: moved });
  });

  it('is for developers, its author and its assignees; deleting for owners', async () => {
    const project = await projectWithTopic({ visibility: 'public' });
    const stranger = await app.addPerson('mr-stranger');
    const maintainer = await app.addPerson('mr-maintainer');
    await project.addMember(maintainer, ROLES.maintainer);
    (await open(project)).must(201);
    const rename = (as: Person) => project.call('PUT', '/merge_requests/1', { as, json: { title: 'Other' } });
    expect((await rename(stranger)).outcome).toEqual([403, { message: '403 Forbidden' }]);
    (await project.call('PUT', '/merge_requests/1', { json: { assignee_id: stranger.user.id } })).must(200);
    expect((await rename(stranger)).must(200).string('title')).toBe('Other');
    expect((await project.call('PUT', '/merge_requests/1/merge', { as: stranger })).outcome).toEqual([
      401,
      { message: '401 Unauthorized' },
    ]);
    expect((await project.call('DELETE', '/merge_requests/1', { as: maintainer })).status).toBe(403);
    (await project.call('DELETE', '/merge_requests/1')).must(204);
    (await project.call('GET', '/merge_requests/1')).must(404);
  });
});

describe('lists', () => {
  it('are narrowed and put in order', async () => {
    const project = await projectWithTopic();
    const main = await mustHead(project, 'main');
    for (const branch of ['b2', 'b3']) await project.commit({ [branch]: branch }, { branch, from: main });
    (await open(project, { labels: 'x,y' })).must(201);
    app.clock.advance(10);
    (await open(project, { source_branch: 'b2', title: 'Draft: two', labels: 'x' })).must(201);
    app.clock.advance(10);
    (await open(project, { source_branch: 'b3', title: 'Three', description: 'find me' })).must(201);
    (await project.call('PUT', '/merge_requests/3', { json: { state_event: 'close' } })).must(200);
    const iids = async (query: Readonly<Record<string, string>>) =>
      (await project.call('GET', '/merge_requests', { query })).must(200).pluck('iid');
    expect(await iids({})).toEqual([3, 2, 1]);
    expect(await iids({ sort: 'asc' })).toEqual([1, 2, 3]);
    expect(await iids({ state: 'opened' })).toEqual([2, 1]);
    expect(await iids({ state: 'merged' })).toEqual([]);
    expect(await iids({ source_branch: 'b2' })).toEqual([2]);
    expect(await iids({ target_branch: 'topic' })).toEqual([]);
    expect(await iids({ labels: 'x,y' })).toEqual([1]);
    expect(await iids({ labels: 'None' })).toEqual([3]);
    expect(await iids({ search: 'FIND' })).toEqual([3]);
    expect(await iids({ search: 'FIND', in: 'title' })).toEqual([]);
    expect(await iids({ wip: 'yes' })).toEqual([2]);
    expect(await iids({ 'iids[]': '2' })).toEqual([2]);
    expect(await iids({ author_id: String(project.owner.user.id), order_by: 'title', sort: 'asc' })).toEqual([1, 2, 3]);
    expect(await iids({ author_id: '999999' })).toEqual([]);
    expect(await iids({ assignee_id: 'Any' })).toEqual([]);
    const { username, id } = project.owner.user;
    (await project.call('PUT', '/merge_requests/2', { json: { assignee_ids: [id], reviewer_ids: [id] } })).must(200);
    for (const part of ['assignee', 'reviewer']) {
      expect(await iids({ [`${part}_username`]: username.toUpperCase() })).toEqual([2]);
      expect(await iids({ [`${part}_username`]: 'nobody-at-all' })).toEqual([]);
      const query = { [`${part}_id`]: 'somebody' };
      expect((await project.call('GET', '/merge_requests', { query })).outcome).toEqual([
        400,
        { error: `${part}_id should be an integer, None, or Any, however got somebody` },
      ]);
    }
    expect(await iids({ scope: 'assigned_to_me' })).toEqual([2]);
    expect(await iids({ scope: 'assigned_to_me', assignee_id: '999999' })).toEqual([]);
    expect(await iids({ scope: 'created_by_me', author_id: '999999' })).toEqual([]);
    expect(
      (await project.call('GET', '/merge_requests', { query: { author_id: '1', author_username: 'x' } })).status,
    ).toBe(400);
    const page = await project.call('GET', '/merge_requests', { query: { per_page: '2', view: 'simple' } });
    expect(page.headers.get('x-total')).toBe('3');
    expect(Object.keys(page.rows()[0]?.body ?? {})).toContain('web_url');
  });

  it('of everywhere and of groups show what the caller may read', async () => {
    const project = await projectWithTopic();
    (await open(project)).must(201);
    const mine = (await app.http('GET', '/merge_requests', { as: project.owner })).must(200);
    expect(mine.pluck('project_id')).toEqual([project.id]);
    const other = await app.addPerson('mr-other');
    const all = { scope: 'all', source_branch: 'topic', author_id: String(project.owner.user.id) };
    expect((await app.http('GET', '/merge_requests', { as: other, query: all })).must(200).rows()).toEqual([]);
    expect((await app.http('GET', '/merge_requests', { query: all })).must(200).rows()).toEqual([]);
    expect((await app.http('GET', '/merge_requests')).status).toBe(401);
  });
});

describe('what a merge request consists of', () => {
  it('is its commits and changes', async () => {
    const project = await projectWithTopic();
    await project.commit({ 'src/app.txt': null, 'new "name".txt': 'fresh\n' }, { branch: 'topic', message: 'Second' });
    (await open(project)).must(201);
    const commits = (await project.call('GET', '/merge_requests/1/commits')).must(200);
    expect(commits.pluck('title')).toEqual(['Second', 'A change']);
    const changes = (await project.call('GET', '/merge_requests/1/changes')).must(200);
    expect(changes.at('overflow')).toBe(false);
    expect(changes.at('changes')).toEqual((await project.call('GET', '/merge_requests/1/diffs')).must(200).body);
    expect(changes.at('changes')).toMatchObject([
      {
        diff: '@@ -0,0 +1 @@\n+fresh\n',
        new_path: 'new "name".txt',
        old_path: 'new "name".txt',
        a_mode: '0',
        b_mode: '100644',
        new_file: true,
        renamed_file: false,
        deleted_file: false,
      },
      { diff: '@@ -1,3 +0,0 @@\n-a\n-b\n-c\n', new_path: 'src/app.txt', deleted_file: true, b_mode: '0' },
    ]);
    const unidiff = await project.call('GET', '/merge_requests/1/diffs', { query: { unidiff: 'true' } });
    expect(unidiff.at(1, 'diff')).toBe('--- a/src/app.txt\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-a\n-b\n-c\n');
  });
});

describe('pages of commits', () => {
  it('end, however far one asks', async () => {
    const project = await projectWithTopic();
    (await open(project)).must(201);
    for (const path of ['/merge_requests/1/commits', '/repository/commits']) {
      expect((await project.call('GET', path, { query: { page: '9007199254740991' } })).must(200).body).toEqual([]);
    }
  });
});

describe('how far a merge request is behind', () => {
  it('is counted when it is asked for', async () => {
    const project = await projectWithTopic();
    (await open(project)).must(201);
    await project.push({ 'x.txt': 'x' });
    await project.push({ 'y.txt': 'y' });
    const query = { include_diverged_commits_count: 'true' };
    expect((await project.call('GET', '/merge_requests/1', { query })).must(200).at('diverged_commits_count')).toBe(2);
    expect((await project.call('GET', '/merge_requests/1')).must(200).at('diverged_commits_count')).toBeUndefined();
    (await project.call('PUT', '/merge_requests/1/merge')).must(200);
    expect((await project.call('GET', '/merge_requests/1', { query })).must(200).at('diverged_commits_count')).toBe(0);
  });
});
