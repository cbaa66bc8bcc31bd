import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockKeys, documentedKeys } from '../../../../test/support/documented-events.ts';
import { EventWitness } from '../../../../test/support/event-witness.ts';
import { millionPaths } from '../../../../test/support/million-paths.ts';
import { EXTERNAL_URL, startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import type { TestProject } from '../../../../test/support/test-project.ts';
import { newCommit, writeObjects } from '../../../platform/git/index.ts';

const ZEROS = '0'.repeat(40);

let app: TestApp;
let witness: EventWitness;
let project: TestProject;

beforeAll(async () => {
  app = await startTestApp();
  witness = new EventWitness(app);
  await witness.listen({ kind: 'system' }, ['push_events', 'tag_push_events', 'repository_update_events']);
  project = await app.addProject({ 'kept.txt': 'a', 'gone.txt': 'b' }, { path: 'code', settings: { name: 'Code' } });
  await witness.take();
});
afterAll(() => app.close());

const pushes = async (): Promise<readonly string[]> => (await witness.take()).map(({ name }) => name);

describe('a push of a branch', () => {
  it('push: what was pushed, by whom, where', async () => {
    const before = await project.headOf('main');
    const files = { 'kept.txt': 'c', 'gone.txt': null, 'new.txt': 'd' };
    const options = { message: 'Title\n\nBody', options: ['ci.skip', 'ci.variable=A=B', 'mr.create', 'own.thing'] };
    const after = await project.push(files, options);
    const [event, update] = await witness.take();
    expect(event?.name).toBe('push');
    expect(event?.keys).toEqual(documentedKeys('push'));
    const { owner } = project;
    const url = `${EXTERNAL_URL}/${project.fullPath}`;
    expect(event?.payload.body).toMatchObject({
      object_kind: 'push',
      event_name: 'push',
      before,
      after,
      ref: 'refs/heads/main',
      ref_protected: true,
      checkout_sha: after,
      message: null,
      user_id: owner.user.id,
      user_name: owner.user.name,
      user_username: owner.user.username,
      user_email: '',
      user_avatar: null,
      project_id: project.id,
      total_commits_count: 1,
      push_options: { ci: { skip: true, variable: { 'A=B': 1 } }, merge_request: { create: true } },
    });
    expect(Object.keys(Object(event?.payload.at('project'))).sort()).toEqual(blockKeys('project', 'oldProject'));
    expect(event?.payload.at('project')).toMatchObject({
      name: 'Code',
      web_url: url,
      git_http_url: `${url}.git`,
      git_ssh_url: `git@ci.example.com:${project.fullPath}.git`,
      namespace: owner.user.name,
      visibility_level: 0,
    });
    expect(Object.keys(Object(event?.payload.at('repository'))).sort()).toEqual(
      blockKeys('repository', 'oldRepository'),
    );
    expect(Object.keys(Object(event?.payload.at('commits', 0))).sort()).toEqual(blockKeys('commit', 'changes'));
    expect(event?.payload.at('commits')).toMatchObject([
      {
        id: after,
        message: 'Title\n\nBody',
        title: 'Title',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/),
        url: `${url}/-/commit/${after}`,
        author: { name: owner.user.name, email: owner.user.email },
        added: ['new.txt'],
        modified: ['kept.txt'],
        removed: ['gone.txt'],
      },
    ]);
    expect(update?.keys).toEqual(documentedKeys('repository_update'));
    expect(update?.payload.body).toMatchObject({
      event_name: 'repository_update',
      user_email: owner.user.email,
      project_id: project.id,
      changes: [{ before, after, ref: 'refs/heads/main' }],
      refs: ['refs/heads/main'],
    });
  });

  it('has the newest twenty commits, oldest first, and how many there are', async () => {
    const before = (await project.headOf('main')) ?? ZEROS;
    const shas: string[] = [];
    for (let number = 0; number < 23; number += 1) {
      app.clock.advance(1);
      shas.push(await project.commit({ 'count.txt': String(number) }, { message: `Number ${number}` }));
    }
    await project.pushRefs([{ ref: 'refs/heads/other', old: ZEROS, new: shas[22] ?? '' }]);
    // The default branch has all of them.
    expect((await witness.takeOne('push')).payload.body).toMatchObject({ commits: [], total_commits_count: 0 });
    await project.pushRefs([{ ref: 'refs/heads/other', old: shas[22] ?? '', new: before }]);
    await witness.take();
    await project.pushRefs([{ ref: 'refs/heads/other', old: before, new: shas[22] ?? '' }]);
    const { payload } = await witness.takeOne('push');
    expect(payload.at('total_commits_count')).toBe(23);
    expect(Array.isArray(payload.at('commits')) && payload.at('commits')).toHaveLength(20);
    expect([payload.at('commits', 0, 'id'), payload.at('commits', -1, 'id')]).toEqual([shas[3], shas[22]]);
  });

  it('deletes it: nothing to check out, no commits', async () => {
    const old = (await project.headOf('other')) ?? '';
    await project.pushRefs([{ ref: 'refs/heads/other', old, new: ZEROS }]);
    expect((await witness.takeOne('push')).payload.body).toMatchObject({
      before: old,
      after: ZEROS,
      checkout_sha: null,
      commits: [],
      total_commits_count: 0,
    });
  });

  it('says whether the branch is protected', async () => {
    await project.push({ 'r.txt': 'r' }, { branch: 'free', from: (await project.headOf('main')) ?? '' });
    expect((await witness.takeOne('push')).payload.body).toMatchObject({ before: ZEROS, ref_protected: false });
  });

  it('of more paths than anybody could be sent is told without them', async () => {
    const { treeSha, objects } = millionPaths();
    const { name, email } = project.owner.user;
    const who = { name, email, at: app.clock.now() };
    const parent = (await project.headOf('main')) ?? '';
    const commit = newCommit({ treeSha, parentShas: [parent], author: who, committer: who, message: 'Many' });
    await writeObjects(project.repository, [...objects, commit]);
    await project.pushRefs([{ ref: 'refs/heads/bomb', old: ZEROS, new: commit.sha }]);
    expect((await witness.takeOne('push')).payload.at('commits')).toMatchObject([
      { id: commit.sha, added: [], modified: [], removed: [] },
    ]);
  });

  it('with more than three branches at once is told as one update of the repository', async () => {
    const to = (await project.headOf('main')) ?? '';
    const refs = ['one', 'two', 'three', 'four'].map((name) => `refs/heads/many-${name}`);
    await project.pushRefs(refs.map((ref) => ({ ref, old: ZEROS, new: to })));
    const [event, ...others] = await witness.take();
    expect(others).toEqual([]);
    expect(event?.payload.body).toMatchObject({ event_name: 'repository_update', refs });
  });

  it('is told only to hooks whose filter lets the branch through, by its name', async () => {
    await project.push({ 'x.txt': 'x' }, { branch: 'filtered/branch' });
    await witness.take();
    const pushes = app.db.selectFrom('events').select('branch').where('event_name', '=', 'push');
    expect(await pushes.orderBy('sequence', 'desc').executeTakeFirst()).toEqual({ branch: 'filtered/branch' });
  });
});

describe('a push of a tag', () => {
  it('tag_push: the message of the tag and the commit that it leads to', async () => {
    const sha = (await project.headOf('main')) ?? '';
    await project.pushTag('v1', sha, { message: 'The first one' });
    const event = await witness.takeOne('tag_push');
    expect(event.keys).toEqual(documentedKeys('tag_push'));
    expect(event.payload.body).toMatchObject({
      object_kind: 'tag_push',
      before: ZEROS,
      after: expect.not.stringContaining(sha),
      ref: 'refs/tags/v1',
      checkout_sha: sha,
      message: expect.stringMatching(/^The first one\n?$/),
      commits: [{ id: sha }],
      total_commits_count: 1,
    });
    await project.pushTag('light', sha);
    expect((await witness.takeOne('tag_push')).payload.body).toMatchObject({ after: sha, message: null });
  });

  it('through the API, and away again', async () => {
    const form = { tag_name: 'api', ref: 'main', message: 'By API' };
    (await project.call('POST', '/repository/tags', { form })).must(201);
    expect((await witness.takeOne('tag_push')).payload.at('message')).toMatch(/^By API\n?$/);
    (await project.call('DELETE', '/repository/tags/api')).must(204);
    expect((await witness.takeOne('tag_push')).payload.body).toMatchObject({
      after: ZEROS,
      checkout_sha: null,
      message: null,
      commits: [],
    });
  });
});

describe('the API of commits', () => {
  it('pushes too', async () => {
    const json = {
      branch: 'main',
      commit_message: 'By API',
      actions: [{ action: 'create', file_path: 'by-api.txt', content: 'x' }],
    };
    (await project.call('POST', '/repository/commits', { json })).must(201);
    expect(await pushes()).toEqual(['push', 'repository_update']);
  });
});
