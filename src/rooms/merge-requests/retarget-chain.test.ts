import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** `!1` is of `first` into `main`; those after it are of the other branches into `first`. */
const stacked = async (branches: readonly string[]): Promise<TestProject> => {
  const project = await app.addProject({ 'a.txt': 'a\n' });
  const open = async (source: string, target: string) => {
    const from = (await project.headOf(target)) ?? '';
    await project.commit({ [source]: 'x\n' }, { branch: source, from });
    const json = { source_branch: source, target_branch: target, title: source };
    (await project.call('POST', '/merge_requests', { json })).must(201);
  };
  await open('first', 'main');
  for (const branch of branches) await open(branch, 'first');
  return project;
};

const merge = async (project: TestProject, json: object): Promise<void> => {
  (await project.call('PUT', '/merge_requests/1/merge', { json })).must(200);
};

const targets = async (project: TestProject): Promise<readonly unknown[]> =>
  (await project.call('GET', '/merge_requests', { query: { order_by: 'created_at', sort: 'asc', state: 'opened' } }))
    .must(200)
    .pluck('target_branch');

describe('merge requests into a branch that a merge removes', () => {
  it('go on to the target of the merge, four of them', async () => {
    const project = await stacked(['b2', 'b3', 'b4', 'b5', 'b6']);
    await merge(project, { should_remove_source_branch: true });
    expect(await targets(project)).toEqual(['main', 'main', 'main', 'main', 'first']);
    const second = (await project.call('GET', '/merge_requests/2')).must(200);
    expect(second.at('detailed_merge_status')).toBe('mergeable');
    const changes = (await project.call('GET', '/merge_requests/2/diffs')).must(200);
    expect(changes.pluck('new_path')).toEqual(['b2']);
  });

  it('stay where the branch stays, or goes otherwise', async () => {
    const project = await stacked(['b2']);
    await merge(project, { should_remove_source_branch: false });
    expect(await targets(project)).toEqual(['first']);
    (await project.call('DELETE', '/repository/branches/first')).must(204);
    expect(await targets(project)).toEqual(['first']);
  });

  it('stay where another one has the pair', async () => {
    const project = await stacked(['b2']);
    const json = { source_branch: 'b2', target_branch: 'main', title: 'Both' };
    (await project.call('POST', '/merge_requests', { json })).must(201);
    await merge(project, { should_remove_source_branch: true });
    expect(await targets(project)).toEqual(['first', 'main']);
  });
});
