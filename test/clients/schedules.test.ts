import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Gitlab } from '@gitbeaker/rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPythonWith } from '../support/python.ts';
import { type Person, startTestApp, type TestApp } from '../support/test-app.ts';
import type { TestProject } from '../support/test-project.ts';

const SCRIPT = join(import.meta.dirname, 'python_gitlab_schedules.py');
const CONFIG = `
spec:
  inputs:
    colour: {default: red}
---
build: {script: "make $[[ inputs.colour ]]"}
`;

let app: TestApp;
let project: TestProject;
let maintainer: Person;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject(CONFIG, { owner: await app.addPerson('ada') });
  maintainer = await app.addPerson('mia');
  await project.addMember(maintainer, 40);
});
afterAll(() => app.close());

describe('python-gitlab', () => {
  it('drives the life of a schedule', async (context) => {
    const python = findPythonWith('gitlab');
    if (python === undefined) return context.skip('needs python3 with the module gitlab (package python3-gitlab)');
    const { stdout } = await promisify(execFile)(python, ['-W', 'ignore', SCRIPT, app.url, String(project.id)], {
      env: {
        PATH: process.env['PATH'] ?? '',
        OWNER_TOKEN: project.owner.token,
        MAINTAINER_TOKEN: maintainer.token,
      },
      timeout: 60_000,
    });
    expect(JSON.parse(stdout)).toEqual({
      created: ['refs/heads/main', true, 'ada'],
      updated: ['Weekly', '0 2 * * *', 'Asia/Tokyo', false],
      listed: { active: [], inactive: ['Weekly'] },
      variables: [
        ['WHO', 'you', 'env_var'],
        ['FILE', 'text', 'file'],
      ],
      left: ['WHO'],
      pipelines: [['schedule', 'pending']],
      last: true,
      refused: [403, '403 Forbidden'],
      owner: 'mia',
      end: 0,
    });
  });
});

describe('@gitbeaker/rest', () => {
  it('drives the life of a schedule', async () => {
    const { PipelineSchedules: schedules, PipelineScheduleVariables: variables } = new Gitlab({
      host: app.url,
      token: project.owner.token,
    });
    const made = await schedules.create(project.id, 'Nightly', 'main', '0 1 * * *', { cronTimezone: 'Berlin' });
    expect(made).toMatchObject({ ref: 'refs/heads/main', cron_timezone: 'Berlin', owner: { username: 'ada' } });
    const inputs = [{ name: 'colour', value: 'blue' }];
    const changes = { description: 'Weekly', cron: '0 2 * * 1', inputs };
    await schedules.edit(project.id, made.id, changes);
    expect(await schedules.show(project.id, made.id)).toMatchObject({
      description: 'Weekly',
      cron: '0 2 * * 1',
      inputs,
      last_pipeline: null,
    });
    expect((await schedules.all(project.id, { scope: 'active' })).map(({ id }) => id)).toEqual([made.id]);

    await variables.create(project.id, made.id, 'WHO', 'me');
    await variables.edit(project.id, made.id, 'WHO', 'you');
    await variables.create(project.id, made.id, 'FILE', 'text', { variableType: 'file' });
    await variables.remove(project.id, made.id, 'FILE');
    expect(await schedules.show(project.id, made.id)).toMatchObject({
      variables: [{ key: 'WHO', value: 'you', variable_type: 'env_var' }],
    });

    expect(await schedules.run(project.id, made.id)).toMatchObject({ message: '201 Created' });
    const [pipeline] = await schedules.allTriggeredPipelines(project.id, made.id);
    expect(pipeline).toMatchObject({ source: 'schedule', ref: 'main', status: 'pending' });

    const { PipelineSchedules: others } = new Gitlab({ host: app.url, token: maintainer.token });
    expect(await others.takeOwnership(project.id, made.id)).toMatchObject({ owner: { username: 'mia' } });
    await others.remove(project.id, made.id);
    await expect(schedules.show(project.id, made.id)).rejects.toThrow('404 Pipeline Schedule Not Found');
  });
});
