import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import type { TestProject } from '../../../../test/support/test-project.ts';
import { ROLES } from '../../projects/role.ts';
import { purgeRefusals } from './purge-refusals.ts';
import { countRefusals } from './refusal-store.ts';

const CONFIG = `
build:
  script: make
deploy:
  script: make deploy
  rules:
    - if: $CI_COMMIT_TAG
    - if: $TARGET == "live" && $PASSWORD
`;

/** Seconds. */
const DAY = 86_400;

let app: TestApp;
let project: TestProject;
let developer: Person;
let reporter: Person;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject(CONFIG);
  developer = await app.addPerson('developer');
  reporter = await app.addPerson('reporter');
  await project.addMember(developer, ROLES.developer);
  await project.addMember(reporter, ROLES.reporter);
  await project.call('POST', '/variables', { json: { key: 'PASSWORD', value: 'hunter2-hunter2', masked: true } });
  await project.call('POST', '/variables', { json: { key: 'TARGET', value: 'stage-of-ours' } });
});
afterAll(() => app.close());

const create = (json: object, as: Person = project.owner) => project.call('POST', '/pipeline', { as, json });
const whyOf = (pipelineId: number, as: Person = project.owner) =>
  project.call('GET', `/penstock/pipelines/${pipelineId}/why`, { as });
const simulate = (json: object, as: Person = project.owner) => project.call('POST', '/penstock/why', { as, json });

describe('GET penstock/pipelines/:pipeline_id/why', () => {
  it('names the rule that kept a job out, its line and the values', async () => {
    const id = (await create({ ref: 'main' })).must(201).number('id');
    const why = (await whyOf(id)).must(200);
    expect(why.at('recorded')).toBe(true);
    expect(why.at('jobs', 0, 'sentence')).toBe('build is in the pipeline: it has no rules');
    expect(why.at('jobs', 1)).toMatchObject({
      name: 'deploy',
      outcome: 'excluded',
      decided_by: null,
      file: '.gitlab-ci.yml',
      sentence: 'deploy is not in the pipeline: none of its 2 rules matched',
      rules: [
        { index: 0, line: 7, matched: false, clauses: [{ kind: 'if', holds: false, expression: '$CI_COMMIT_TAG' }] },
        { index: 1, line: 8, clauses: [{ values: [{ name: 'TARGET', value: 'stage-of-ours' }] }] },
      ],
    });
  });

  it('keeps values that were set outside of the file from those who may not read variables', async () => {
    const id = (await create({ ref: 'main', variables: [{ key: 'TARGET', value: 'by-hand' }] })).must(201).number('id');
    const [toOwner, toReporter] = [(await whyOf(id)).must(200), (await whyOf(id, reporter)).must(200)];
    expect(toOwner.text).toContain('by-hand');
    expect(toReporter.text).not.toContain('by-hand');
    expect(toReporter.at('jobs', 1, 'rules', 1, 'clauses', 0, 'values')).toEqual([
      { kind: 'variable', name: 'TARGET', value: null, visibility: 'restricted' },
    ]);
  });

  it('keeps no masked value', async () => {
    const variables = [{ key: 'TARGET', value: 'live' }];
    const id = (await create({ ref: 'main', variables })).must(201).number('id');
    const why = (await whyOf(id)).must(200);
    expect(why.at('jobs', 1, 'rules', 1, 'clauses', 0, 'values', 1)).toEqual({
      kind: 'variable',
      name: 'PASSWORD',
      value: null,
      visibility: 'secret',
    });
    expect(why.text).not.toContain('hunter2');
  });

  it('says why a pipeline failed where it began, or was skipped', async () => {
    await project.push('a: {script: x, retry: 9}\n', { branch: 'broken' });
    const failed = await project.newestPipeline();
    const why = (await whyOf(failed.id)).must(200);
    expect(why.at('failure_reason')).toBe('config_error');
    expect(why.at('reasons', 0)).toMatchObject({ file: '.gitlab-ci.yml', line: 1, path: ['jobs', 'a', 'retry'] });
    await project.push(CONFIG, { branch: 'quiet', message: 'no [skip ci]' });
    const skipped = (await whyOf((await project.newestPipeline()).id)).must(200);
    expect([skipped.at('status'), skipped.at('jobs')]).toEqual(['skipped', []]);
    expect(skipped.string('reasons', 0, 'message')).toContain('[skip ci]');
  });

  it('is not there for strangers', async () => {
    const id = (await create({ ref: 'main' })).must(201).number('id');
    const stranger = await app.addPerson('stranger');
    expect((await whyOf(id, stranger)).status).toBe(404);
  });
});

describe('a refused creation', () => {
  it('keeps the status and message of GitLab, adds reasons, and stays readable', async () => {
    await project.commit('workflow: {rules: [{if: $CI_COMMIT_TAG}]}\na: {script: x}\n', { branch: 'filtered' });
    const answer = (await create({ ref: 'filtered' })).must(400);
    expect(answer.at('message')).toEqual({
      base: ['The pipeline did not run. Review the workflow:rules configuration for the pipeline.'],
    });
    expect(answer.at('reasons')).toEqual([
      {
        message: 'the workflow filters the pipeline out: its only rule did not match',
        hint: null,
        file: null,
        line: null,
        column: null,
        path: ['workflow', 'rules'],
      },
      {
        message: expect.stringContaining('if $CI_COMMIT_TAG is false ($CI_COMMIT_TAG is not set)'),
        hint: null,
        file: '.gitlab-ci.yml',
        line: 1,
        column: 20,
        path: ['workflow', 'rules'],
      },
    ]);
    const kept = (await project.call('GET', `/penstock/refusals/${answer.number('refusal_id')}`)).must(200);
    expect(kept.body).toMatchObject({
      id: answer.number('refusal_id'),
      ref: 'filtered',
      source: 'api',
      failure_reason: 'filtered_by_workflow_rules',
      pipeline_id: null,
      message: answer.at('message'),
      reasons: answer.at('reasons'),
      workflow: { outcome: 'excluded' },
    });
  });

  it('tells nobody what variables of the project hold, as whoever asks may be no member', async () => {
    await project.commit('workflow: {rules: [{if: $TARGET == "x"}, {if: $PASSWORD == "y"}]}\na: {script: x}\n', {
      branch: 'curious',
    });
    const token = (await project.call('POST', '/triggers', { json: { description: 't' } })).must(201).string('token');
    const answer = await project.anonymously('POST', '/trigger/pipeline', { json: { token, ref: 'curious' } });
    expect(answer.must(400).text).not.toMatch(/stage-of-ours|hunter2/);
    expect(answer.string('reasons', 1, 'message')).toContain('$TARGET is set');
  });

  it('says of every job why it is not there', async () => {
    await project.commit('a: {script: x, only: [tags]}\nb: {script: x, rules: [{when: never}]}\n', { branch: 'empty' });
    const answer = (await create({ ref: 'empty' })).must(400);
    expect([answer.at('reasons', 0, 'message'), answer.at('reasons', 1, 'message')]).toEqual([
      'a is not in the pipeline: `only` does not hold (refs [tags] do not include empty (api))',
      'b is not in the pipeline: rule 1 (.gitlab-ci.yml:2) matched and says `when: never`',
    ]);
  });

  it('gives every error of the configuration with its place and hint', async () => {
    await project.commit('a: {scrpt: x}\nb: {script: x, stagee: y}\n', { branch: 'typo' });
    const answer = (await create({ ref: 'typo' })).must(400);
    expect(answer.at('reasons', 0)).toMatchObject({ file: '.gitlab-ci.yml', line: 1 });
    await project.commit('b: {script: x, stagee: y}\n', { branch: 'typo2' });
    expect((await create({ ref: 'typo2' })).at('reasons', 0)).toMatchObject({
      message: 'jobs:b config contains unknown keys: stagee',
      hint: 'Did you mean `stage` instead of `stagee`?',
      line: 1,
    });
  });

  it('says what to do about a ref that is not there', async () => {
    const answer = (await create({ ref: 'mian' })).must(400);
    expect(answer.at('message')).toEqual({ base: ['Reference not found'] });
    expect(answer.string('reasons', 0, 'hint')).toContain('`mian`');
  });

  it('of a trigger is kept beside its failed pipeline', async () => {
    const token = (await project.call('POST', '/triggers', { json: { description: 't' } })).must(201).string('token');
    const answer = (await project.anonymously('POST', '/trigger/pipeline', { json: { token, ref: 'typo2' } })).must(
      422,
    );
    expect(answer.string('message', 'base', 0)).toBe('jobs:b config contains unknown keys: stagee');
    const refusal = (await project.call('GET', `/penstock/refusals/${answer.number('refusal_id')}`)).must(200);
    expect(refusal.at('source')).toBe('trigger');
    expect(refusal.number('pipeline_id')).toBe((await project.newestPipeline()).id);
  });

  it('of a push is in the list, the newest first', async () => {
    await project.push('a: {script: x, rules: [{if: $NOT_THERE}]}\n', { branch: 'pushed' });
    const list = (await project.call('GET', '/penstock/refusals', { query: { source: 'push', ref: 'pushed' } })).must(
      200,
    );
    expect(list.pluck('failure_reason')).toEqual(['filtered_by_rules']);
    expect(list.headers.get('x-total')).toBe('1');
  });

  it('is for members who may run pipelines', async () => {
    const id = (await create({ ref: 'mian' })).must(400).number('refusal_id');
    const read = async (as: Person) => (await project.call('GET', `/penstock/refusals/${id}`, { as })).status;
    expect([await read(developer), await read(reporter)]).toEqual([200, 403]);
    const elsewhere = await app.addProject(CONFIG);
    expect((await elsewhere.call('GET', `/penstock/refusals/${id}`)).status).toBe(404);
  });
});

describe('POST penstock/why', () => {
  it('says what would come of a request, and creates nothing', async () => {
    const before = (await project.newestPipeline()).id;
    const answer = (
      await simulate({ ref: 'main', source: 'schedule', variables: [{ key: 'TARGET', value: 'live' }] })
    ).must(200);
    expect(answer.at('outcome')).toBe('created');
    expect(answer.at('pipeline', 'jobs')).toMatchObject([{ name: 'build' }, { name: 'deploy', when: 'on_success' }]);
    expect(answer.at('jobs', 1, 'decided_by')).toBe(1);
    expect((await project.newestPipeline()).id).toBe(before);
  });

  it('tries an edited file', async () => {
    const content = 'a: {script: x, rules: [{if: $CI_PIPELINE_SOURCE == "web"}]}\n';
    expect((await simulate({ content, source: 'web' })).at('outcome')).toBe('created');
    const refused = (await simulate({ content, source: 'push' })).must(200);
    expect([refused.at('outcome'), refused.at('failure_reason')]).toEqual(['refused', 'filtered_by_rules']);
    expect((await simulate({ content: 'a: {scrpt: x}' })).at('reasons', 0, 'line')).toBe(1);
  });

  it.each(['', ' \n'])('tries a file that is empty (%j), and not the one in the repository', async (content) => {
    const refused = (await simulate({ content })).must(200);
    expect([refused.at('outcome'), refused.at('failure_reason')]).toEqual(['refused', 'config_error']);
    expect(refused.at('reasons')).toMatchObject([{ message: 'Please provide content of .gitlab-ci.yml', hint: null }]);
  });

  it('looks at the diff from before_sha', async () => {
    const from = await project.commit({ 'a.md': 'a' }, { branch: 'diff' });
    await project.commit({ 'src/b.ts': 'b' }, { branch: 'diff' });
    const content = 'a: {script: x, rules: [{changes: [a.md]}]}\nb: {script: x, rules: [{changes: [src/*]}]}\n';
    const answer = (await simulate({ ref: 'diff', content, before_sha: from })).must(200);
    expect(answer.at('pipeline', 'jobs')).toMatchObject([{ name: 'b' }]);
    expect((await simulate({ ref: 'diff', content })).at('pipeline', 'jobs')).toMatchObject([
      { name: 'a' },
      { name: 'b' },
    ]);
    expect((await simulate({ ref: 'diff', content, before_sha: '--output=x' })).status).toBe(400);
    const unknown = (await simulate({ ref: 'diff', content, before_sha: 'f'.repeat(40) })).must(200);
    expect(unknown.at('pipeline', 'jobs')).toMatchObject([{ name: 'a' }, { name: 'b' }]);
  });

  it('needs the right to run pipelines, and on that ref', async () => {
    expect((await simulate({ ref: 'main' }, reporter)).status).toBe(403);
    await project.call('POST', '/protected_branches', {
      json: { name: 'release', push_access_level: 40, merge_access_level: 40 },
    });
    await project.commit(CONFIG, { branch: 'release' });
    const refused = (await simulate({ ref: 'release' }, developer)).must(200);
    expect(refused.string('message', 'base', 0)).toContain('You do not have sufficient permission to run a pipeline');
  });

  it('shows no masked value where it is put into a name', async () => {
    const content = `
workflow: {name: "for $PASSWORD"}
include: {project: "$PASSWORD", file: a.yml, rules: [{if: $NOT_THERE}]}
a: {script: x, tags: ["$PASSWORD"], environment: "e/$PASSWORD"}
`;
    const answer = (await simulate({ content })).must(200);
    expect(answer.at('outcome')).toBe('created');
    expect(answer.text).not.toContain('hunter2');
    const refused = await simulate({ content: 'include: {project: "$PASSWORD", file: a.yml}' });
    expect(refused.text.toLowerCase()).not.toContain('hunter2');
  });

  it('shows a developer no values of project variables', async () => {
    const answer = (await simulate({ ref: 'main' }, developer)).must(200);
    expect(answer.text).not.toContain('stage-of-ours');
  });
});

describe('refusals', () => {
  it('are forgotten after 30 days, not before', async () => {
    (await create({ ref: 'no' })).must(400);
    const kept = async () => {
      await purgeRefusals({ db: app.database.db, clock: app.clock });
      return countRefusals(app.database.db, { projectId: project.id, ref: 'no' });
    };
    app.clock.advance(30 * DAY - 60);
    expect(await kept()).toBe(1);
    app.clock.advance(120);
    expect(await kept()).toBe(0);
  });
});
