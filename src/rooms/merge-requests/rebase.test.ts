import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import { findCommit, newCommit, updateRefs, writeObjects } from '../../platform/git/index.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('rebase', () => {
  it('keeps commits that were empty from the start, and the zone of each author', async () => {
    const project = await app.addProject({ 'a.txt': 'a\n' });
    const main = (await project.headOf('main')) ?? '';
    const change = await project.commit({ 'b.txt': 'b\n' }, { branch: 'topic', from: main });
    const before = await findCommit(project.repository, change);
    const at = new Date('2026-01-02T03:04:05Z');
    const who = { name: 'Ada', email: 'ada@example.com', at, offset: '-0730' };
    const empty = newCommit({
      treeSha: before?.treeSha ?? '',
      parentShas: [change],
      author: who,
      committer: who,
      message: 'Run it again\n',
    });
    await writeObjects(project.repository, [empty]);
    await updateRefs(project.repository, [{ ref: 'refs/heads/topic', old: change, new: empty.sha }]);
    const json = { source_branch: 'topic', target_branch: 'main', title: 'A topic' };
    (await project.call('POST', '/merge_requests', { json })).must(201);
    const target = await project.push({ 'c.txt': 'c\n' });

    (await project.call('PUT', '/merge_requests/1/rebase')).must(202);

    const head = await findCommit(project.repository, (await project.headOf('topic')) ?? '');
    expect(head?.message).toBe('Run it again\n');
    expect(head?.author.date).toBe('2026-01-01T19:34:05.000-07:30');
    const moved = await findCommit(project.repository, head?.parentShas[0] ?? '');
    expect(moved?.treeSha).toBe(head?.treeSha);
    expect([moved?.message, moved?.parentShas]).toEqual([before?.message, [target]]);
  });
});
