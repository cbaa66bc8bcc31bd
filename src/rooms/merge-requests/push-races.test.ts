import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { findRefCommit, updateRefs } from '../../platform/git/index.ts';
import { findUserById } from '../accounts/index.ts';
import { findProjectById } from '../projects/index.ts';
import type { Pushed } from '../repositories/index.ts';
import { updateHead } from './change-store.ts';
import { createMergeRequest } from './create-merge-request.ts';
import { mergeRequestsOnPushed } from './on-pushed.ts';
import { findMergeRequestByIid } from './store.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const CI = 'test: {script: make, rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]}\n';

const headOf = async (project: TestProject, branch: string): Promise<string> => (await project.headOf(branch)) ?? '';

/** `topic` is ahead of `main`, and there is a merge request. */
const opened = async (): Promise<TestProject> => {
  const project = await app.addProject({ 'a.txt': 'a', '.gitlab-ci.yml': CI });
  await project.commit({ 'b.txt': 'b' }, { branch: 'topic', from: await headOf(project, 'main') });
  const json = { source_branch: 'topic', target_branch: 'main', title: 'A topic' };
  (await project.call('POST', '/merge_requests', { json })).must(201);
  return project;
};

const read = async (project: TestProject) => (await project.call('GET', '/merge_requests/1')).must(200);
const rowOf = async (project: TestProject) => {
  const row = await findMergeRequestByIid(app.db, project.id, 1);
  if (row === undefined) throw new Error('no merge request');
  return row;
};

const keptHead = (project: TestProject) => findRefCommit(project.repository, 'refs/merge-requests/1/head');

/** The next transaction begins when this has been done. */
const beforeWriting = (act: () => Promise<void>): void => {
  const begin = app.db.transaction.bind(app.db);
  vi.spyOn(app.db, 'transaction').mockImplementationOnce(() => {
    const transaction = begin();
    const execute = transaction.execute.bind(transaction);
    transaction.execute = async (work) => {
      await act();
      return execute(work);
    };
    return transaction;
  });
};

describe('a push while another is looked at', () => {
  const pushed = async (project: TestProject, branch: string, old: string): Promise<Pushed> => ({
    pushIntentId: 0 as Pushed['pushIntentId'],
    projectId: project.id,
    userId: project.owner.user.id,
    updates: [{ ref: `refs/heads/${branch}`, old, new: await headOf(project, branch) }],
    refCount: 1,
    pushOptions: [],
    viaJobToken: false,
  });

  it('does not leave the head behind the branch', async () => {
    const project = await opened();
    const first = await headOf(project, 'topic');
    const second = await project.commit({ 'c.txt': 'c' }, { branch: 'topic' });
    const third = await project.commit({ 'd.txt': 'd' }, { branch: 'topic' });
    beforeWriting(async () => {
      // The push of the second commit has looked before the third came, and writes now.
      const { id, diffId, targetBranch } = await rowOf(project);
      const known = { id, sha: first, diffId, targetBranch };
      const head = { sha: second, baseSha: await headOf(project, 'main'), startSha: await headOf(project, 'main') };
      const how = { needsPipeline: true, at: app.clock.now() };
      await app.db.transaction().execute((tx) => updateHead(tx, known, head, how));
    });
    await mergeRequestsOnPushed(app.parts, await pushed(project, 'topic', second));
    expect((await read(project)).body).toMatchObject({ sha: third, head_pipeline: { sha: third } });
    expect(await keptHead(project)).toBe(third);
  });

  it('does not leave the base behind the target branch', async () => {
    const project = await opened();
    const [main, topic] = [await headOf(project, 'main'), await headOf(project, 'topic')];
    // `topic` continues what `main` gets first.
    const next = await project.push({ 'c.txt': 'c' }, { branch: 'topic' });
    await updateRefs(project.repository, [{ ref: 'refs/heads/main', old: main, new: topic }]);
    beforeWriting(async () => {
      // A push of the source branch that has looked before the target moved.
      const known = await rowOf(project);
      expect(known).toMatchObject({ sha: next, baseSha: main });
      const head = { sha: await project.commit({ 'd.txt': 'd' }, { branch: 'topic' }), baseSha: main, startSha: main };
      const how = { needsPipeline: false, at: app.clock.now() };
      await app.db.transaction().execute((tx) => updateHead(tx, known, head, how));
    });
    await mergeRequestsOnPushed(app.parts, await pushed(project, 'main', main));
    expect((await read(project)).at('diff_refs')).toMatchObject({ base_sha: topic });
  });

  it('is seen by a merge request that is being opened', async () => {
    const project = await app.addProject({ 'a.txt': 'a', '.gitlab-ci.yml': CI });
    await project.commit({ 'b.txt': 'b' }, { branch: 'topic', from: await headOf(project, 'main') });
    const { id } = project.owner.user;
    const [found, user] = [await findProjectById(app.db, project.id), await findUserById(app.db, id)];
    if (found === undefined || user === undefined) throw new Error('gone');
    let newer = '';
    beforeWriting(async () => {
      newer = await project.push({ 'c.txt': 'c' }, { branch: 'topic' });
    });
    const wish = {
      title: 'x',
      description: null,
      labels: [],
      assigneeIds: [],
      reviewerIds: [],
      discussionLocked: null,
    };
    const branches = { sourceBranch: 'topic', targetBranch: 'main', squash: undefined, removeSourceBranch: undefined };
    const made = await createMergeRequest(app.parts, found, user, { ...wish, ...branches });
    expect(made.sha).toBe(newer);
    expect((await read(project)).at('head_pipeline')).toMatchObject({ sha: newer });
    expect(await keptHead(project)).toBe(newer);
  });
});
