import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { Files, TestProject } from '../../../test/support/test-project.ts';
import { findProjectById } from '../projects/index.ts';
import { ROLES } from '../projects/role.ts';
import { runSchedule } from './run-schedule.ts';
import { findSchedule } from './store.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const addSchedule = async (project: TestProject, json: object = {}): Promise<number> => {
  const wanted = { description: 'Every night', ref: 'main', cron: '0 1 * * *', ...json };
  return (await project.call('POST', '/pipeline_schedules', { json: wanted })).must(201).number('id');
};
const setUp = async (files: Files | string, json: object = {}) => {
  const project = await app.addProject(files);
  return { project, id: await addSchedule(project, json) };
};
const play = async (project: TestProject, id: number, call = {}) =>
  (await project.call('POST', `/pipeline_schedules/${id}/play`, call)).must(201);
const addVariable = async (project: TestProject, id: number, json: object) =>
  (await project.call('POST', `/pipeline_schedules/${id}/variables`, { json })).must(201);

describe('playing a schedule', () => {
  it('makes a pipeline of source schedule on its ref, as whoever plays it', async () => {
    const { project, id } = await setUp('build: {script: make}\n');
    const root = await app.root();
    const before = (await project.call('GET', `/pipeline_schedules/${id}`)).string('next_run_at');
    await play(project, id, { as: root });
    const pipeline = await (await project.newestPipeline()).get();
    expect(pipeline.body).toMatchObject({ source: 'schedule', ref: 'main', tag: false, user: { username: 'root' } });
    const shown = await project.call('GET', `/pipeline_schedules/${id}`);
    expect(shown.body).toMatchObject({
      next_run_at: before,
      owner: { id: project.owner.user.id },
      last_pipeline: { id: pipeline.number('id') },
    });
  });

  it('works while the schedule is switched off', async () => {
    const { project, id } = await setUp('build: {script: make}\n', { active: false });
    await play(project, id);
    expect(await project.countPipelines()).toBe(1);
  });

  it('does not care for [skip ci]', async () => {
    const { project, id } = await setUp('build: {script: make}\n');
    await project.commit({ 'a.txt': 'a' }, { message: 'Change [skip ci]' });
    await play(project, id);
    expect(await (await project.newestPipeline()).status()).toBe('pending');
  });

  it('leaves a failed pipeline for a broken configuration, and says why', async () => {
    const { project, id } = await setUp('build: {}\n');
    const answer = await play(project, id);
    expect(answer.at('message')).toBe('201 Created');
    expect(answer.string('reasons', 0, 'message')).toContain('build');
    expect((await (await project.newestPipeline()).get()).body).toMatchObject({ status: 'failed', source: 'schedule' });
    expect((await project.call('GET', `/pipeline_schedules/${id}`)).at('last_pipeline', 'status')).toBe('failed');
  });

  it('on a ref that is gone leaves a refusal that can be read', async () => {
    const { project, id } = await setUp('build: {script: make}\n', { ref: 'refs/heads/gone' });
    const answer = await play(project, id);
    expect(answer.at('reasons', 0, 'message')).toBe('Reference not found');
    const refusal = await project.call('GET', `/penstock/refusals/${answer.number('refusal_id')}`);
    expect(refusal.must(200).body).toMatchObject({ source: 'schedule', ref: 'refs/heads/gone' });
    expect(await project.countPipelines()).toBe(0);
  });

  it('that is deleted in the same moment leaves a pipeline without a schedule', async () => {
    const { project, id } = await setUp('build: {script: make}\n');
    const schedule = await findSchedule(app.db, project.id, id);
    const place = await findProjectById(app.db, project.id);
    if (schedule === undefined || place === undefined) throw new Error('nothing to run');
    (await project.call('DELETE', `/pipeline_schedules/${id}`)).must(204);
    const as = { project: place, user: project.owner.user, role: ROLES.owner };
    const result = await runSchedule(app.parts, schedule, as);
    expect(result).toMatchObject({ kind: 'created', pipeline: { source: 'schedule', scheduleId: null } });
  });

  it('runs the tag where a branch has the same name', async () => {
    const { project, id } = await setUp('build: {script: make}\n', { ref: 'refs/tags/twin' });
    const sha = await project.commit('build: {script: make}\n', { branch: 'twin' });
    await project.tag('twin', sha);
    await play(project, id);
    expect((await (await project.newestPipeline()).get()).body).toMatchObject({ ref: 'twin', tag: true });
  });
});

describe('inputs of a schedule', () => {
  const CONFIG = `
spec:
  inputs:
    colour: {default: red}
    times: {type: number, default: 1}
    where: {type: array, default: []}
---
"paint $[[ inputs.colour ]] $[[ inputs.times ]]":
  script: echo
  parallel:
    matrix:
      - PLACE: $[[ inputs.where ]]
`;

  it('reach the pipeline with their types, text from a form by the type of the input', async () => {
    const inputs = [
      { name: 'colour', value: 'blue' },
      { name: 'times', value: '3' },
      { name: 'where', value: ['here', 'there'] },
    ];
    const { project, id } = await setUp(CONFIG, { inputs: inputs.filter(({ name }) => name !== 'times') });
    const form = { 'inputs[][name]': 'times', 'inputs[][value]': '3' };
    await project.call('PUT', `/pipeline_schedules/${id}`, { form });
    await play(project, id);
    const jobs = await (await project.newestPipeline()).jobs();
    expect(jobs.map((job) => job.at('name'))).toEqual(['paint blue 3: [here]', 'paint blue 3: [there]']);
  });

  it('are checked when the pipeline is made', async () => {
    const { project, id } = await setUp(CONFIG, { inputs: [{ name: 'unknown', value: 1 }] });
    const answer = await play(project, id);
    expect(answer.string('reasons', 0, 'message')).toContain('unknown');
    expect(await (await project.newestPipeline()).status()).toBe('failed');
  });
});

describe('variables of a schedule', () => {
  const CONFIG = `
variables: {WHO: yaml}
build:
  script: make
  variables: {WHO: job}
only-with:
  script: make
  rules: [{if: $ONLY == "here"}]
`;

  it('are stronger than all others, and rules see them', async () => {
    const { project, id } = await setUp(CONFIG);
    const runner = await app.addRunner(project);
    await project.addVariable({ key: 'WHO', value: 'project' });
    await addVariable(project, id, { key: 'WHO', value: 'schedule of $CI_PIPELINE_SOURCE' });
    await addVariable(project, id, { key: 'ONLY', value: 'here' });
    await addVariable(project, id, { key: 'KEY_FILE', value: 'text', variable_type: 'file' });
    await play(project, id);
    const pipeline = await project.newestPipeline();
    expect(await pipeline.statuses()).toEqual({ build: 'pending', 'only-with': 'pending' });
    const job = await runner.mustTake('build');
    expect(job.variable('WHO')).toBe('schedule of schedule');
    expect(job.variable('CI_PIPELINE_SOURCE')).toBe('schedule');
    expect(job.variable('CI_PIPELINE_SCHEDULE_DESCRIPTION')).toBe('Every night');
    expect(job.variable('GITLAB_USER_LOGIN')).toBe(project.owner.user.username);
    expect(job.payload.variables.findLast(({ key }) => key === 'KEY_FILE')).toMatchObject({
      value: 'text',
      file: true,
    });
    // They are the schedule's, not the pipeline's.
    expect((await pipeline.call('GET', '/variables')).body).toEqual([]);
  });

  it('are read when a job starts, also when it is retried', async () => {
    const { project, id } = await setUp('build: {script: make}\n');
    const runner = await app.addRunner(project);
    await addVariable(project, id, { key: 'WHO', value: 'first' });
    await play(project, id);
    const pipeline = await project.newestPipeline();
    const first = await runner.mustTake();
    expect(first.variable('WHO')).toBe('first');
    await first.start();
    await first.fail();
    await project.call('PUT', `/pipeline_schedules/${id}/variables/WHO`, { json: { value: 'second' } });
    await project.call('PUT', `/pipeline_schedules/${id}`, { json: { description: 'Renamed' } });
    await pipeline.post('build', 'retry');
    const second = await runner.mustTake();
    expect([second.variable('WHO'), second.variable('CI_PIPELINE_SCHEDULE_DESCRIPTION')]).toEqual([
      'second',
      'Renamed',
    ]);
    await second.start();
    await second.fail();
    (await project.call('DELETE', `/pipeline_schedules/${id}`)).must(204);
    await pipeline.post('build', 'retry');
    const third = await runner.mustTake();
    expect([third.variable('WHO'), third.variable('CI_PIPELINE_SCHEDULE_DESCRIPTION')]).toEqual([undefined, undefined]);
  });

  it('do not need the right to set variables of whoever plays', async () => {
    const { project, id } = await setUp('build: {script: make}\n');
    await addVariable(project, id, { key: 'WHO', value: 'schedule' });
    await project.set({ ci_pipeline_variables_minimum_override_role: 'no_one_allowed' });
    await play(project, id);
    expect(await (await project.newestPipeline()).status()).toBe('pending');
  });
});
