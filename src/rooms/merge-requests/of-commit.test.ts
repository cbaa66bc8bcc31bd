import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const openFrom = async (project: TestProject, branch: string, json: object = {}): Promise<string> => {
  const before = (await project.headOf('main')) ?? '';
  const sha = await project.commit({ [`${branch}.txt`]: branch }, { branch, from: before });
  const body = { source_branch: branch, target_branch: 'main', title: branch, ...json };
  (await project.call('POST', '/merge_requests', { json: body })).must(201);
  return sha;
};

const merge = async (project: TestProject, iid: number) =>
  (await project.call('PUT', `/merge_requests/${iid}/merge`)).must(200);

describe('the merge requests of a commit', () => {
  it('are those that bring it, those that have brought it, and those whose merge it is', async () => {
    const project = await app.addProject({ 'README.md': 'one\n' });
    const root = (await project.headOf('main')) ?? '';
    const of = async (revision: string) =>
      (await project.call('GET', `/repository/commits/${revision}/merge_requests`)).must(200).pluck('iid');
    const first = await openFrom(project, 'first');
    expect([await of(root), await of(first), await of('first')]).toEqual([[], [1], [1]]);

    const merged = await merge(project, 1);
    const second = await openFrom(project, 'second', { squash: true });
    // The second one's branch has the first one's commit too, but does not bring it.
    expect([await of(root), await of(first), await of(second)]).toEqual([[], [1], [2]]);
    expect(await of(String(merged.at('merge_commit_sha')))).toEqual([1]);

    // One commit alone is not squashed.
    await project.push({ 'more.txt': 'more' }, { branch: 'second' });
    const squashed = await merge(project, 2);
    expect(await of(String(squashed.at('squash_commit_sha')))).toEqual([2]);
    expect(await of('main')).toEqual([2]);
    expect(await of(second)).toEqual([2]);
  });

  it('come newest first, in pages; a commit that is not there is 404', async () => {
    const project = await app.addProject({ 'README.md': 'one\n' });
    const sha = await openFrom(project, 'topic');
    await project.call('POST', '/repository/branches', { query: { branch: 'side', ref: 'main' } });
    const again = { source_branch: 'topic', target_branch: 'side', title: 'Again' };
    (await project.call('POST', '/merge_requests', { json: again })).must(201);
    const path = `/repository/commits/${sha}/merge_requests`;
    expect((await project.call('GET', path)).must(200).pluck('iid')).toEqual([2, 1]);
    const page = (await project.call('GET', path, { query: { per_page: '1', page: '2' } })).must(200);
    expect([page.pluck('iid'), page.headers.get('x-total')]).toEqual([[1], '2']);
    const missing = await project.call('GET', `/repository/commits/${'0'.repeat(40)}/merge_requests`);
    expect(missing.outcome).toEqual([404, { message: '404 Commit Not Found' }]);
  });
});
