import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { Files, TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../groups/index.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const RULES = `
both: {script: x, rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}, {if: $CI_COMMIT_BRANCH}]}
request: {script: x, only: [merge_requests]}
branch: {script: x, only: [branches]}
`;

const headOf = async (project: TestProject, branch: string): Promise<string> => (await project.headOf(branch)) ?? '';

const projectWithTopic = async (ci: string, files: Files = { 'b.txt': 'b' }): Promise<TestProject> => {
  const project = await app.addProject({ '.gitlab-ci.yml': ci, 'a.txt': 'a' });
  await project.commit(files, { branch: 'topic', from: await headOf(project, 'main') });
  return project;
};

const open = async (project: TestProject, more: object = {}) =>
  (
    await project.call('POST', '/merge_requests', {
      json: { source_branch: 'topic', target_branch: 'main', title: 'A topic', ...more },
    })
  ).must(201);

const listed = async (project: TestProject) => (await project.call('GET', '/merge_requests/1/pipelines')).must(200);

describe('pipelines of merge requests', () => {
  it('run when it is opened, for each new head, and when they are asked for', async () => {
    const project = await projectWithTopic(RULES);
    const made = await open(project);
    const first = made.number('head_pipeline', 'id');
    expect(made.at('head_pipeline')).toMatchObject({
      source: 'merge_request_event',
      ref: 'refs/merge-requests/1/head',
      sha: await project.headOf('topic'),
      before_sha: '0'.repeat(40),
      tag: false,
    });
    expect(Object.keys(await project.pipeline(first).statuses())).toEqual(['both', 'request']);
    await project.push({ 'c.txt': 'c' }, { branch: 'topic' });
    const afterPush = await listed(project);
    expect(afterPush.pluck('source')).toEqual(['push', 'merge_request_event', 'merge_request_event']);
    expect(Object.keys(await project.pipeline(afterPush.number(0, 'id')).statuses())).toEqual(['both', 'branch']);
    const asked = (await project.call('POST', '/merge_requests/1/pipelines')).must(200);
    expect(asked.body).toMatchObject({ source: 'merge_request_event', ref: 'refs/merge-requests/1/head' });
    expect((await project.call('GET', '/merge_requests/1')).at('head_pipeline', 'id')).toBe(asked.at('id'));
    (await project.call('POST', '/merge_requests/1/pipelines', { json: { async: true } })).must(202);
    await app.settle();
    expect((await listed(project)).rows()).toHaveLength(5);
  });

  it('say what they are of in variables, and run on no branch', async () => {
    const project = await projectWithTopic('show: {script: x, only: [merge_requests]}\n');
    const { user } = project.owner;
    const about = { title: 'Draft: Ünë', description: 'd'.repeat(2800), labels: 'b,a', assignee_ids: [user.id] };
    const made = await open(project, about);
    const runner = await app.addRunner(project);
    const job = await runner.mustTake('show');
    const seen = (name: string) => job.variable(name);
    const named = Object.fromEntries(
      job.payload.variables.flatMap(({ key, value }) =>
        key.startsWith('CI_MERGE_REQUEST_') ? [[key.slice('CI_MERGE_REQUEST_'.length), value]] : [],
      ),
    );
    const url = `https://ci.example.com/${project.fullPath}`;
    expect(named).toEqual({
      ID: String(made.at('id')),
      IID: '1',
      REF_PATH: 'refs/merge-requests/1/head',
      EVENT_TYPE: 'detached',
      TITLE: 'Draft: Ünë',
      DRAFT: 'true',
      DESCRIPTION: 'd'.repeat(2700),
      DESCRIPTION_IS_TRUNCATED: 'true',
      LABELS: 'a,b',
      ASSIGNEES: user.username,
      SQUASH_ON_MERGE: 'false',
      SOURCE_BRANCH_NAME: 'topic',
      SOURCE_BRANCH_SHA: '',
      SOURCE_BRANCH_PROTECTED: 'false',
      SOURCE_PROJECT_ID: String(project.id),
      SOURCE_PROJECT_PATH: project.fullPath,
      SOURCE_PROJECT_URL: url,
      TARGET_BRANCH_NAME: 'main',
      TARGET_BRANCH_SHA: '',
      TARGET_BRANCH_PROTECTED: 'true',
      PROJECT_ID: String(project.id),
      PROJECT_PATH: project.fullPath,
      PROJECT_URL: url,
      DIFF_ID: expect.stringMatching(/^\d+$/),
      DIFF_BASE_SHA: await project.headOf('main'),
    });
    expect([seen('CI_COMMIT_BRANCH'), seen('CI_COMMIT_REF_NAME'), seen('CI_PIPELINE_SOURCE')]).toEqual([
      undefined,
      'topic',
      'merge_request_event',
    ]);
    expect(seen('CI_OPEN_MERGE_REQUESTS')).toBe(`${project.fullPath}!1`);
    const { git_info: git } = job.payload;
    expect(git.ref).toBe('refs/merge-requests/1/head');
    expect(git.refspecs).toEqual([`+${git.sha}:refs/pipelines/${job.payload.job_info.pipeline_id}`]);
  });

  it('have rules:changes look at what the merge request changes', async () => {
    const ci = `
topic-file: {script: x, rules: [{if: $CI_MERGE_REQUEST_IID, changes: [b.txt]}]}
main-file: {script: x, rules: [{if: $CI_MERGE_REQUEST_IID, changes: [c.txt]}]}
`;
    const project = await projectWithTopic(ci);
    await project.commit({ 'c.txt': 'only on main' });
    const made = await open(project);
    expect(Object.keys(await project.pipeline(made.number('head_pipeline', 'id')).statuses())).toEqual(['topic-file']);
  });

  it('see branch pipelines told of open merge requests', async () => {
    const ci = `
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - {if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS, when: never}
    - if: $CI_COMMIT_BRANCH
job: {script: x}
`;
    const project = await projectWithTopic(ci);
    await project.push({ 'd.txt': 'd' }, { branch: 'topic' });
    await open(project);
    await project.push({ 'd.txt': 'D' }, { branch: 'topic' });
    const pipelines = (await project.call('GET', '/pipelines')).must(200);
    expect(pipelines.pluck('source')).toEqual(['merge_request_event', 'merge_request_event', 'push']);
  });

  it('are protected when both branches are, as their variables', async () => {
    const project = await projectWithTopic('job: {script: x, only: [merge_requests]}\n');
    await project.addVariable({ key: 'SECRET', value: 'sesame', protected: 'true' });
    await open(project);
    const runner = await app.addRunner(project);
    expect((await runner.mustTake('job')).variable('SECRET')).toBeUndefined();
    await project.protect('topic');
    (await project.call('POST', '/merge_requests/1/pipelines')).must(200);
    const job = await runner.mustTake('job');
    expect([job.variable('SECRET'), job.variable('CI_COMMIT_REF_PROTECTED')]).toEqual(['sesame', 'true']);
  });

  it('of protected branches are played and retried only by those who may push there', async () => {
    const project = await projectWithTopic('job: {script: x, when: manual, only: [merge_requests]}\n');
    const developer = await app.addPerson('playing-developer');
    await project.addMember(developer, ROLES.developer);
    await project.protect('topic');
    const pipeline = project.pipeline((await open(project)).number('head_pipeline', 'id'));
    expect((await pipeline.post('job', 'play', { as: developer })).outcome).toEqual([
      403,
      { message: '403 Forbidden' },
    ]);
    (await pipeline.post('job', 'play')).must(200);
  });

  it('stay of protected branches when the merge request is gone', async () => {
    const project = await projectWithTopic('job: {script: x, when: manual, only: [merge_requests]}\n');
    await project.protect('topic');
    const developer = await app.addPerson('mr-gone-developer');
    await project.addMember(developer, ROLES.developer);
    const pipeline = project.pipeline((await open(project)).number('head_pipeline', 'id'));
    (await project.call('DELETE', '/merge_requests/1')).must(204);
    const retry = `/pipelines/${pipeline.id}/retry`;
    expect((await project.call('POST', retry, { as: developer })).status).toBe(403);
    (await project.call('POST', retry)).must(201);
  });

  it('are refused with the reason', async () => {
    const project = await projectWithTopic('job: {script: x, only: [main]}\n');
    expect((await open(project)).at('head_pipeline')).toBeNull();
    expect((await project.call('POST', '/merge_requests/1/pipelines')).refusal).toEqual([
      400,
      { message: { base: [expect.stringContaining('The resulting pipeline would have been empty.')] } },
    ]);
    (await project.call('PUT', '/merge_requests/1', { json: { state_event: 'close' } })).must(200);
    expect((await project.call('POST', '/merge_requests/1/pipelines')).status).toBe(405);
  });

  it('come once for a head, also when a crash left it without', async () => {
    const project = await projectWithTopic('job: {script: x, only: [merge_requests]}\n');
    await open(project);
    await app.db
      .updateTable('merge_requests')
      .set({ pipelined_sha: null })
      .where('project_id', '=', project.id)
      .execute();
    app.clock.advance(60);
    await app.tick('merge requests');
    await app.tick('merge requests');
    expect((await listed(project)).rows()).toHaveLength(2);
  });
});
