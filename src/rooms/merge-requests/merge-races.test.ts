import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { findRefCommit, RefConflict } from '../../platform/git/index.ts';
import { findUserById } from '../accounts/index.ts';
import { ROLES } from '../groups/index.ts';
import { findProjectById, findRole } from '../projects/index.ts';
import { approve } from './change-approvals.ts';
import { createNote } from './change-notes.ts';
import { listRemovalsDue, listUnpipelined } from './list-store.ts';
import { mergeNow } from './merge.ts';
import { findMergeRequestByIid } from './store.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const CI = 'test: {script: make, rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]}\n';
const OPTIONS = { squash: false, removeSourceBranch: false, mergeCommitMessage: null, squashCommitMessage: null };

const headOf = async (project: TestProject, branch: string): Promise<string> => (await project.headOf(branch)) ?? '';

/** `topic` is ahead of `main` and of `loose`, which nobody protects; the merge request is of `topic` into `target`. */
const opened = async (target: 'main' | 'loose', ci?: string): Promise<TestProject> => {
  const project = await app.addProject({ 'a.txt': 'a', ...(ci !== undefined && { '.gitlab-ci.yml': ci }) });
  await project.commit({ 'l.txt': 'l' }, { branch: 'loose', from: await headOf(project, 'main') });
  await project.commit({ 'b.txt': 'b' }, { branch: 'topic', from: await headOf(project, 'main') });
  const json = { source_branch: 'topic', target_branch: target, title: 'A topic' };
  (await project.call('POST', '/merge_requests', { json })).must(201);
  return project;
};

const call = (project: TestProject, json: object) => project.call('PUT', '/merge_requests/1', { json });
const merge = (project: TestProject, json: object = {}) => project.call('PUT', '/merge_requests/1/merge', { json });
const read = async (project: TestProject) => (await project.call('GET', '/merge_requests/1')).must(200);
const rowOf = async (project: TestProject) => {
  const row = await findMergeRequestByIid(app.db, project.id, 1);
  if (row === undefined) throw new Error('no merge request');
  return row;
};

const keptHead = (project: TestProject) => findRefCommit(project.repository, 'refs/merge-requests/1/head');

/** The next push does this when git has locked the refs and not moved them yet. */
const beforeMoving = (act: () => Promise<void>): void => {
  const { pushes } = app.parts;
  const begin = pushes.begin.bind(pushes);
  vi.spyOn(pushes, 'begin').mockImplementationOnce(async (push, updates) => {
    await act();
    return begin(push, updates);
  });
};

describe('another target branch', () => {
  it('ends an automatic merge into the old one', async () => {
    const project = await opened('loose', CI);
    const runner = await app.addRunner(project);
    (await merge(project, { auto_merge: true })).must(200);
    expect((await call(project, { target_branch: 'loose', title: 'As before' })).body).toMatchObject({
      merge_when_pipeline_succeeds: true,
    });
    expect((await call(project, { target_branch: 'main' })).must(200).at('merge_when_pipeline_succeeds')).toBe(false);
    await runner.work();
    await app.tick('automatic merges');
    expect((await read(project)).at('state')).toBe('opened');
  });

  it('is not merged into by a wish for another, whatever the row says', async () => {
    const project = await opened('loose', CI);
    const runner = await app.addRunner(project);
    (await merge(project, { auto_merge: true })).must(200);
    const main = await headOf(project, 'main');
    await app.db
      .updateTable('merge_requests')
      .set({ target_branch: 'main' })
      .where('project_id', '=', project.id)
      .execute();
    await runner.work();
    await app.tick('automatic merges');
    expect(await headOf(project, 'main')).toBe(main);
    expect((await read(project)).body).toMatchObject({
      merge_when_pipeline_succeeds: false,
      merge_error: '403 Forbidden - it was to be merged into loose',
    });
  });

  it('is not merged into when the right was asked for the old one', async () => {
    const project = await opened('loose');
    const wanted = await rowOf(project);
    (await call(project, { target_branch: 'main' })).must(200);
    const main = await headOf(project, 'main');
    const merger = await mergerOf(project, project.owner.user.id);
    await expect(mergeNow(app.parts, merger, wanted, OPTIONS)).rejects.toThrow('Branch cannot be merged');
    expect(await headOf(project, 'main')).toBe(main);
  });

  it('is merged into only by those who may at that moment', async () => {
    const project = await opened('main');
    const developer = await app.addPerson('races-developer');
    await project.addMember(developer, ROLES.developer);
    const merger = await mergerOf(project, developer.user.id);
    await expect(mergeNow(app.parts, merger, await rowOf(project), OPTIONS)).rejects.toThrow('401 Unauthorized');
    expect((await read(project)).at('state')).toBe('opened');
  });

  it('comes too late for one that is merged', async () => {
    const project = await opened('main');
    (await merge(project)).must(200);
    expect((await call(project, { target_branch: 'loose' })).must(200).body).toMatchObject({
      state: 'merged',
      target_branch: 'main',
    });
  });
});

const mergerOf = async (project: TestProject, userId: TestProject['owner']['user']['id']) => {
  const [found, user] = [await findProjectById(app.db, project.id), await findUserById(app.db, userId)];
  if (found === undefined || user === undefined) throw new Error('gone');
  return { project: found, user, role: await findRole(app.db, user, project.id, app.clock.now()) };
};

describe('while the branch is moved', () => {
  it('neither target nor state changes, and it is not deleted', async () => {
    const project = await opened('main');
    const answers: unknown[] = [];
    beforeMoving(async () => {
      answers.push((await call(project, { target_branch: 'loose' })).outcome);
      answers.push((await call(project, { state_event: 'close' })).outcome);
      answers.push((await project.call('DELETE', '/merge_requests/1')).outcome);
      answers.push((await call(project, { title: 'Another title' })).status);
      answers.push((await read(project)).at('detailed_merge_status'));
    });
    const merged = (await merge(project)).must(200);
    const refused = [409, { message: 'Merge is in progress', hint: 'try again' }];
    expect(answers).toEqual([refused, refused, refused, 200, 'checking']);
    expect(merged.body).toMatchObject({ state: 'merged', target_branch: 'main', title: 'Another title' });
    expect(merged.at('merge_commit_sha')).toBe(await headOf(project, 'main'));
  });

  it('the source branch may go', async () => {
    const project = await opened('main');
    beforeMoving(async () => {
      (await project.call('DELETE', '/repository/branches/topic')).must(204);
      expect((await read(project)).at('state')).toBe('opened');
    });
    expect((await merge(project)).must(200).at('state')).toBe('merged');
  });

  it('the source branch may go, and one that is not merged then is closed', async () => {
    const project = await opened('main');
    beforeMoving(async () => {
      (await project.call('DELETE', '/repository/branches/topic')).must(204);
      throw new RefConflict('moved');
    });
    expect((await merge(project)).status).toBe(405);
    expect((await read(project)).at('state')).toBe('closed');
  });

  it('the source branch may go on: what is merged is what was, and the rest of the branch stays', async () => {
    const project = await opened('main', CI);
    const merged = await headOf(project, 'topic');
    let newer = '';
    beforeMoving(async () => {
      newer = await project.push({ 'c.txt': 'c' }, { branch: 'topic' });
    });
    expect((await merge(project, { should_remove_source_branch: true })).must(200).body).toMatchObject({
      state: 'merged',
      sha: merged,
      diff_refs: { head_sha: merged },
      changes_count: '1',
    });
    expect(await headOf(project, 'topic')).toBe(newer);
    expect(await keptHead(project)).toBe(merged);
  });

  it('the source branch may go on, and one that is not merged then has the new head', async () => {
    const project = await opened('main');
    let newer = '';
    beforeMoving(async () => {
      newer = await project.push({ 'c.txt': 'c' }, { branch: 'topic' });
      throw new RefConflict('moved');
    });
    expect((await merge(project)).status).toBe(422);
    expect((await read(project)).body).toMatchObject({ state: 'opened', sha: newer, changes_count: '2' });
    expect((await merge(project)).must(200).at('state')).toBe('merged');
  });

  it('a failure leaves it as it was', async () => {
    const project = await opened('main');
    beforeMoving(() => Promise.reject(new Error('the disk is full')));
    expect((await merge(project)).status).toBe(500);
    app.faults.splice(0);
    expect((await read(project)).at('detailed_merge_status')).toBe('mergeable');
    expect((await merge(project)).must(200).at('state')).toBe('merged');
  });

  it('a crash leaves it checking, until the sweep', async () => {
    const project = await opened('main');
    const merging = { targetBranch: 'main', userId: project.owner.user.id, at: app.clock.now().toISOString() };
    await app.db
      .updateTable('merge_requests')
      .set({ merging_sha: await headOf(project, 'loose'), merging_options: JSON.stringify(merging) })
      .where('project_id', '=', project.id)
      .execute();
    expect((await merge(project)).status).toBe(409);
    await app.tick('merge requests');
    expect((await read(project)).at('detailed_merge_status')).toBe('checking');
    app.clock.advance(60);
    await app.tick('merge requests');
    expect((await read(project)).at('detailed_merge_status')).toBe('mergeable');
  });
});

describe('merges into one branch', () => {
  it('all succeed when they come at once', async () => {
    const project = await app.addProject({ 'a.txt': 'a' });
    const main = await headOf(project, 'main');
    const numbers = [1, 2, 3, 4, 5];
    for (const number of numbers) {
      await project.commit({ [`${number}.txt`]: 'x' }, { branch: `topic-${number}`, from: main });
      const json = { source_branch: `topic-${number}`, target_branch: 'main', title: 'x' };
      (await project.call('POST', '/merge_requests', { json })).must(201);
    }
    const answers = await Promise.all(
      numbers.map((number) => project.call('PUT', `/merge_requests/${number}/merge`, { json: {} })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('say that the branch is busy, which ends no automatic merge', async () => {
    const project = await opened('main', CI);
    const runner = await app.addRunner(project);
    (await merge(project, { auto_merge: true })).must(200);
    await runner.work();
    const spy = vi.spyOn(app.parts.pushes, 'begin').mockRejectedValue(new RefConflict('moved'));
    await app.tick('automatic merges');
    const refused = await merge(project);
    spy.mockRestore();
    expect(refused.outcome).toEqual([
      409,
      { message: 'Branch main was moved by others each time it was to be merged into', hint: 'try again' },
    ]);
    expect((await read(project)).body).toMatchObject({ merge_when_pipeline_succeeds: true, merge_error: null });
    await app.tick('automatic merges');
    expect((await read(project)).at('state')).toBe('merged');
  });
});

describe('an automatic merge', () => {
  it('says why it has ended', async () => {
    const project = await opened('main', CI);
    const runner = await app.addRunner(project);
    (await merge(project, { auto_merge: true })).must(200);
    (await call(project, { title: 'Draft: x' })).must(200);
    await runner.work();
    await app.tick('automatic merges');
    expect((await read(project)).at('merge_error')).toBe('Cannot be merged: it is a draft');
  });
});

describe('the sweep', () => {
  /** Merged, with a source branch that is still to be deleted. */
  const undone = async (): Promise<TestProject> => {
    const project = await opened('main');
    (await merge(project, { should_remove_source_branch: false })).must(200);
    await app.db
      .updateTable('merge_requests')
      .set({ removal_due: true })
      .where('project_id', '=', project.id)
      .execute();
    return project;
  };

  it('comes to all, whatever becomes of one', async () => {
    const [first, second] = [await undone(), await undone()];
    app.clock.advance(31);
    vi.spyOn(app.parts.pushes, 'begin').mockRejectedValueOnce(new Error('the disk is full'));
    await app.tick('merge requests');
    app.faults.splice(0);
    expect([await first.headOf('topic'), await second.headOf('topic')]).toEqual([expect.anything(), undefined]);
  });

  it('does not come again and again to those who are gone', async () => {
    const project = await undone();
    const gone = { merge_user_id: null, author_id: null };
    await app.db.updateTable('merge_requests').set(gone).where('project_id', '=', project.id).execute();
    const before = app.clock.now();
    app.clock.advance(31);
    const due = [...(await listRemovalsDue(app.db, app.clock.now())), ...(await listUnpipelined(app.db, before))];
    expect(due.filter(({ projectId }) => projectId === project.id)).toEqual([]);
  });
});

describe('at once', () => {
  it('one of two that would be open for the same branches is opened again', async () => {
    const project = await opened('main');
    const numbers = [1, 2, 3, 4];
    (await call(project, { state_event: 'close' })).must(200);
    for (const _ of numbers.slice(1)) {
      const json = { source_branch: 'topic', target_branch: 'main', title: 'Another' };
      const iid = (await project.call('POST', '/merge_requests', { json })).must(201).number('iid');
      (await project.call('PUT', `/merge_requests/${iid}`, { json: { state_event: 'close' } })).must(200);
    }
    const answers = await Promise.all(
      numbers.map((iid) => project.call('PUT', `/merge_requests/${iid}`, { json: { state_event: 'reopen' } })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
  });

  it('one that is deleted is neither commented on nor approved', async () => {
    const project = await opened('main');
    const [wanted, { user }] = [await rowOf(project), await mergerOf(project, project.owner.user.id)];
    (await project.call('DELETE', '/merge_requests/1')).must(204);
    const note = createNote(app.parts, user, wanted, { body: 'x', internal: false });
    await expect(note).rejects.toThrow('404 Not found');
    await expect(approve(app.parts, user, wanted)).rejects.toThrow('404 Not found');
  });
});
