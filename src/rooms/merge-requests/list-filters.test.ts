import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('a list of merge requests', () => {
  it('leaves out what it is not to have, and what is approved or not', async () => {
    const project = await app.addProject({ 'README.md': 'one\n' });
    const { id, username } = project.owner.user;
    const from = (await project.headOf('main')) ?? '';
    const labels = ['', 'x', 'x,y'];
    for (const [n, names] of labels.entries()) {
      await project.commit({ [`${n}.txt`]: 'x' }, { branch: `b${n}`, from });
      const json = { source_branch: `b${n}`, target_branch: 'main', title: `${n}`, labels: names };
      (await project.call('POST', '/merge_requests', { json })).must(201);
    }
    (await project.call('PUT', '/merge_requests/1', { json: { assignee_ids: [id], reviewer_ids: [id] } })).must(200);
    (await project.call('POST', '/merge_requests/2/approve')).must(201);
    const iids = async (query: Readonly<Record<string, string>>) =>
      (await project.call('GET', '/merge_requests', { query: { sort: 'asc', ...query } })).must(200).pluck('iid');
    expect(await iids({ 'not[labels]': 'y' })).toEqual([1, 2]);
    expect(await iids({ 'not[labels]': 'x,nothing' })).toEqual([1]);
    expect(await iids({ 'not[labels]': 'None' })).toEqual([2, 3]);
    expect(await iids({ 'not[assignee_id]': String(id) })).toEqual([2, 3]);
    expect(await iids({ 'not[reviewer_username]': username })).toEqual([2, 3]);
    expect(await iids({ 'not[author_id]': String(id) })).toEqual([]);
    expect(await iids({ 'not[author_username]': 'nobody-at-all' })).toEqual([1, 2, 3]);
    expect(await iids({ approved: 'yes' })).toEqual([2]);
    expect(await iids({ approved: 'no' })).toEqual([1, 3]);
  });
});
