import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../groups/index.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** A project with a merge request of its owner's, `!1`. */
const projectWithMergeRequest = async (): Promise<TestProject> => {
  const project = await app.addProject({ 'README.md': 'one\n' });
  await project.commit({ 'README.md': 'two\n' }, { branch: 'topic', from: (await project.headOf('main')) ?? '' });
  const json = { source_branch: 'topic', target_branch: 'main', title: 'A topic' };
  (await project.call('POST', '/merge_requests', { json })).must(201);
  return project;
};

describe('approvals', () => {
  it('are given once and taken back', async () => {
    const project = await projectWithMergeRequest();
    const approvals = async () => (await project.call('GET', '/merge_requests/1/approvals')).must(200).body;
    const shown = (await project.call('GET', '/merge_requests/1')).must(200);
    expect(await approvals()).toEqual({
      ...Object.fromEntries(
        ['id', 'iid', 'project_id', 'title', 'description', 'state', 'created_at', 'updated_at', 'merge_status'].map(
          (key) => [key, shown.at(key)],
        ),
      ),
      user_has_approved: false,
      user_can_approve: true,
      approved: false,
      approvals_required: 0,
      approvals_left: 0,
      approved_by: [],
    });
    const wrong = { json: { sha: '0'.repeat(40) } };
    expect((await project.call('POST', '/merge_requests/1/approve', wrong)).status).toBe(409);
    const approved = (await project.call('POST', '/merge_requests/1/approve')).must(201);
    expect(approved.body).toMatchObject({ id: shown.at('id'), iid: 1, approved: true });
    expect((await project.call('POST', '/merge_requests/1/approve')).status).toBe(401);
    expect(await approvals()).toMatchObject({
      user_has_approved: true,
      user_can_approve: false,
      approved: true,
      approved_by: [{ user: { id: project.owner.user.id } }],
    });
    (await project.call('POST', '/merge_requests/1/unapprove')).must(201);
    expect((await project.call('POST', '/merge_requests/1/unapprove')).status).toBe(404);
    expect(await approvals()).toMatchObject({ approved: false });
  });

  it('are the state of a rule that asks nobody', async () => {
    const project = await projectWithMergeRequest();
    const state = async () => (await project.call('GET', '/merge_requests/1/approval_state')).must(200);
    expect((await state()).body).toEqual({
      approval_rules_overwritten: false,
      rules: [
        {
          id: null,
          name: 'All Members',
          rule_type: 'any_approver',
          eligible_approvers: [],
          approvals_required: 0,
          users: [],
          groups: [],
          contains_hidden_groups: false,
          section: null,
          source_rule: null,
          overridden: false,
          code_owner: false,
          approved_by: [],
          approved: true,
        },
      ],
    });
    (await project.call('POST', '/merge_requests/1/approve')).must(201);
    expect((await state()).at('rules', 0, 'approved_by')).toMatchObject([{ id: project.owner.user.id }]);
  });

  it('are for members who may change it, and stay with what is merged', async () => {
    const project = await projectWithMergeRequest();
    const [author, guest] = [await app.addPerson('approving-reporter'), await app.addPerson('approving-guest')];
    await project.set({ visibility: 'public' });
    await project.addMember(author, ROLES.reporter);
    await project.addMember(guest, ROLES.guest);
    const as = async (person: Person, path: string) =>
      project.call('POST', `/merge_requests/1/${path}`, { as: person });
    expect((await as(author, 'approve')).status).toBe(401);
    (await project.call('PUT', '/merge_requests/1', { json: { assignee_ids: [author.user.id] } })).must(200);
    expect((await project.call('GET', '/merge_requests/1/approvals', { as: author })).at('user_can_approve')).toBe(
      true,
    );
    (await as(author, 'approve')).must(201);
    expect((await as(guest, 'approve')).status).toBe(401);
    expect((await as(guest, 'unapprove')).status).toBe(403);
    (await project.call('PUT', '/merge_requests/1/merge')).must(200);
    expect((await as(author, 'unapprove')).status).toBe(404);
    expect((await project.call('GET', '/merge_requests/1/approvals')).at('approved')).toBe(true);
  });
});
