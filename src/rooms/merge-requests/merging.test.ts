import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { findCommit } from '../../platform/git/index.ts';
import { ROLES } from '../groups/index.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const CI = `
workflow: {rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}, {if: $CI_COMMIT_BRANCH == "main"}]}
test: {script: make}
`;

const headOf = async (project: TestProject, branch: string): Promise<string> => (await project.headOf(branch)) ?? '';

/** `topic` is two commits ahead of `main`, and there is a merge request. */
const opened = async (
  settings: Readonly<Record<string, string>> = {},
  options: { readonly ci?: string; readonly json?: object } = {},
): Promise<TestProject> => {
  const project = await app.addProject({ 'a.txt': '1\n2\n3\n', ...(options.ci && { '.gitlab-ci.yml': options.ci }) });
  if (Object.keys(settings).length > 0) await project.set(settings);
  await project.commit({ 'a.txt': '1\n2\n3\nfour\n' }, { branch: 'topic', from: await headOf(project, 'main') });
  await project.commit({ 'b.txt': 'b\n' }, { branch: 'topic', message: 'Second' });
  const json = { source_branch: 'topic', target_branch: 'main', title: 'A topic', ...options.json };
  (await project.call('POST', '/merge_requests', { json })).must(201);
  return project;
};

const merge = (project: TestProject, json: object = {}) => project.call('PUT', '/merge_requests/1/merge', { json });
const read = async (project: TestProject) => (await project.call('GET', '/merge_requests/1')).must(200);

describe('merging', () => {
  it('makes a merge commit by default, in GitLab’s words, and removes the source branch', async () => {
    const project = await opened();
    const [main, topic] = [await headOf(project, 'main'), await headOf(project, 'topic')];
    const merged = (await merge(project)).must(200);
    const head = await headOf(project, 'main');
    expect(merged.body).toMatchObject({
      state: 'merged',
      merge_commit_sha: head,
      squash_commit_sha: null,
      merge_user: { id: project.owner.user.id },
      merged_by: { id: project.owner.user.id },
      detailed_merge_status: 'not_open',
      sha: topic,
    });
    const commit = await findCommit(project.repository, head);
    expect(commit?.parentShas).toEqual([main, topic]);
    expect(commit?.message).toBe(
      `Merge branch 'topic' into 'main'\n\nA topic\n\nSee merge request ${project.fullPath}!1`,
    );
    expect(await project.headOf('topic')).toBeUndefined();
    expect((await project.call('GET', '/repository/files/b.txt/raw', { query: { ref: 'main' } })).text).toBe('b\n');
    expect((await merge(project)).outcome).toEqual([405, { message: '405 Method Not Allowed' }]);
  });

  it('squashes, with messages of the caller’s', async () => {
    const project = await opened();
    const main = await headOf(project, 'main');
    const json = {
      squash: true,
      squash_commit_message: 'One',
      merge_commit_message: 'M',
      should_remove_source_branch: false,
    };
    const merged = (await merge(project, json)).must(200);
    expect(merged.at('squash')).toBe(true);
    const squash = await findCommit(project.repository, merged.string('squash_commit_sha'));
    expect([squash?.message, squash?.parentShas]).toEqual(['One', [main]]);
    const head = await findCommit(project.repository, merged.string('merge_commit_sha'));
    expect([head?.message, head?.parentShas, head?.sha]).toEqual([
      'M',
      [main, squash?.sha],
      await headOf(project, 'main'),
    ]);
    expect(await project.headOf('topic')).toBeDefined();
  });

  it('fast-forwards where the project wants that, and asks for a rebase before', async () => {
    const project = await opened({ merge_method: 'ff' });
    await project.push({ 'c.txt': 'c\n' });
    expect((await read(project)).at('detailed_merge_status')).toBe('need_rebase');
    expect((await merge(project)).status).toBe(405);
    (await project.call('PUT', '/merge_requests/1/rebase')).must(202);
    const topic = await headOf(project, 'topic');
    expect((await read(project)).body).toMatchObject({ detailed_merge_status: 'mergeable', sha: topic });
    const commits = (await project.call('GET', '/merge_requests/1/commits')).must(200);
    expect(commits.pluck('title')).toEqual(['Second', 'A change']);
    const merged = (await merge(project)).must(200);
    expect(merged.body).toMatchObject({ state: 'merged', merge_commit_sha: null, sha: topic });
    expect(await headOf(project, 'main')).toBe(topic);
  });

  it('fast-forwards to the squash commit', async () => {
    const project = await opened({ merge_method: 'ff', squash_option: 'always' });
    const merged = (await merge(project)).must(200);
    expect(merged.string('squash_commit_sha')).toBe(await headOf(project, 'main'));
    expect((await findCommit(project.repository, await headOf(project, 'main')))?.message).toBe('A topic');
  });

  it('refuses conflicts, drafts and another head', async () => {
    const project = await opened();
    const wrong = '1'.repeat(40);
    expect((await merge(project, { sha: wrong })).outcome).toEqual([
      409,
      { message: `SHA does not match HEAD of source branch: ${await project.headOf('topic')}` },
    ]);
    (await project.call('PUT', '/merge_requests/1', { json: { title: 'Draft: x' } })).must(200);
    expect((await merge(project)).outcome).toEqual([405, { message: '405 Method Not Allowed' }]);
    (await project.call('PUT', '/merge_requests/1', { json: { title: 'x' } })).must(200);
    await project.push({ 'a.txt': '1\n2\n3\nvier\n' });
    expect((await read(project)).body).toMatchObject({
      detailed_merge_status: 'conflict',
      merge_status: 'cannot_be_merged',
      has_conflicts: true,
    });
    expect((await merge(project)).outcome).toEqual([422, { message: 'Branch cannot be merged' }]);
    (await project.call('PUT', '/merge_requests/1/rebase')).must(202);
    expect((await read(project)).at('merge_error')).toContain('Rebase locally');
  });

  it('is for whoever may push or merge to the target', async () => {
    const project = await opened();
    const developer = await app.addPerson('merge-developer');
    await project.addMember(developer, ROLES.developer);
    (await project.call('DELETE', '/protected_branches/main')).must(204);
    await project.protect('main', { push_access_level: '0', merge_access_level: '40' });
    const as = developer;
    expect((await project.call('PUT', '/merge_requests/1/merge', { as })).outcome).toEqual([
      401,
      { message: '401 Unauthorized' },
    ]);
    (await project.call('DELETE', '/protected_branches/main')).must(204);
    await project.protect('main', { push_access_level: '0', merge_access_level: '30' });
    expect((await project.call('PUT', '/merge_requests/1/merge', { as })).must(200).at('state')).toBe('merged');
  });

  it('of two at once happens once', async () => {
    const project = await opened();
    const answers = await Promise.all([merge(project), merge(project), merge(project)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await read(project)).at('state')).toBe('merged');
    const { rows } = { rows: (await project.call('GET', '/repository/commits')).must(200).rows() };
    expect(rows.filter((row) => row.string('title').startsWith('Merge branch'))).toHaveLength(1);
  });
});

describe('pushes', () => {
  it('to the source branch move the head', async () => {
    const project = await opened();
    const sha = await project.push({ 'd.txt': 'd' }, { branch: 'topic' });
    expect((await read(project)).body).toMatchObject({ sha, state: 'opened' });
    const ref = await project.call('GET', `/repository/commits/${encodeURIComponent('refs/merge-requests/1/head')}`);
    expect(ref.at('id')).toBe(sha);
  });

  it('that take the source branch away close it', async () => {
    const project = await opened();
    (await project.call('DELETE', '/repository/branches/topic')).must(204);
    expect((await read(project)).body).toMatchObject({ state: 'closed', closed_by: { id: project.owner.user.id } });
  });

  it('to the target that bring the head there merge it, also when the source goes with them', async () => {
    const project = await opened();
    const topic = await headOf(project, 'topic');
    await project.pushRefs([
      { ref: 'refs/heads/topic', old: topic, new: '0'.repeat(40) },
      { ref: 'refs/heads/main', old: await headOf(project, 'main'), new: topic },
    ]);
    expect((await read(project)).body).toMatchObject({ state: 'merged', merge_commit_sha: topic });
  });
});

describe('pipelines that must succeed', () => {
  it('keep it from being merged', async () => {
    const settings = { only_allow_merge_if_pipeline_succeeds: 'true' };
    const project = await opened(settings, { ci: CI });
    expect((await read(project)).at('detailed_merge_status')).toBe('ci_still_running');
    expect((await merge(project)).status).toBe(405);
    const runner = await app.addRunner(project);
    await (await runner.mustTake('test')).fail();
    expect((await read(project)).at('detailed_merge_status')).toBe('ci_must_pass');
    await project.set({ only_allow_merge_if_pipeline_succeeds: 'false' });
    expect((await read(project)).at('detailed_merge_status')).toBe('mergeable');
  });

  it('are waited for by auto_merge, which a new commit ends', async () => {
    const project = await opened({}, { ci: CI });
    const runner = await app.addRunner(project);
    const wish = () => merge(project, { auto_merge: true, squash: true });
    expect((await wish()).must(200).body).toMatchObject({ state: 'opened', merge_when_pipeline_succeeds: true });
    await project.push({ 'e.txt': 'e' }, { branch: 'topic' });
    expect((await read(project)).at('merge_when_pipeline_succeeds')).toBe(false);
    (await wish()).must(200);
    (await project.call('POST', '/merge_requests/1/cancel_merge_when_pipeline_succeeds')).must(201);
    expect((await project.call('POST', '/merge_requests/1/cancel_merge_when_pipeline_succeeds')).status).toBe(406);
    (await wish()).must(200);
    await app.tick('automatic merges');
    expect((await read(project)).at('state')).toBe('opened');
    await runner.work();
    await app.tick('automatic merges');
    const merged = await read(project);
    expect(merged.at('state')).toBe('merged');
    expect(merged.string('squash_commit_sha')).toHaveLength(40);
    expect(merged.at('merge_user', 'id')).toBe(project.owner.user.id);
  });

  it('are waited for in the name of somebody who may still merge', async () => {
    const project = await opened({}, { ci: CI });
    const maintainer = await app.addPerson('leaving-maintainer');
    await project.addMember(maintainer, ROLES.maintainer);
    const json = { auto_merge: true };
    (await project.call('PUT', '/merge_requests/1/merge', { as: maintainer, json })).must(200);
    (await project.call('DELETE', `/members/${maintainer.user.id}`)).must(204);
    const runner = await app.addRunner(project);
    await runner.work();
    await app.tick('automatic merges');
    expect((await read(project)).body).toMatchObject({
      state: 'opened',
      merge_when_pipeline_succeeds: false,
      merge_error: '403 Forbidden - leaving-maintainer may not merge into main any more',
    });
  });

  it('need not be there for auto_merge', async () => {
    const project = await opened();
    expect((await merge(project, { merge_when_pipeline_succeeds: true })).must(200).at('state')).toBe('merged');
  });
});
