import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Gitlab } from '@gitbeaker/rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPythonWith } from '../support/python.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

/** Public, so that hooks may be saved for it; nothing is sent there. */
const RECEIVER = 'http://93.184.216.34/hook';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('hooks', () => {
  it('python-gitlab makes, changes, lists and deletes them', async (context) => {
    const python = findPythonWith('gitlab');
    if (python === undefined) return context.skip('needs python3 with the module gitlab (package python3-gitlab)');
    const script = join(import.meta.dirname, 'python_gitlab_hooks.py');
    const { stdout } = await promisify(execFile)(python, ['-W', 'ignore', script, app.url, RECEIVER], {
      env: { PATH: process.env['PATH'] ?? '', ROOT_TOKEN: (await app.root()).token },
      timeout: 60_000,
    });
    expect(JSON.parse(stdout)).toEqual({
      system: [[RECEIVER, true, true]],
      get: true,
      left: 0,
      project: [true, true, true, 'release/*', [{ key: 'X-Colour' }]],
      refused: [422, 'Invalid url given'],
      group: [[RECEIVER, true]],
    });
  });

  it('@gitbeaker/rest does so too', async () => {
    const { token } = await app.root();
    const api = new Gitlab({ host: app.url, token });
    const made = await api.SystemHooks.create(RECEIVER, { token: 'secret', pushEvents: true });
    expect(made).toMatchObject({ url: RECEIVER, push_events: true, tag_push_events: false });
    expect((await api.SystemHooks.all()).map(({ id }) => id)).toEqual([made.id]);
    await api.SystemHooks.remove(made.id);
    expect(await api.SystemHooks.all()).toEqual([]);

    const project = await app.addProject({});
    const hook = await api.ProjectHooks.add(project.id, RECEIVER, { pipelineEvents: true, pushEvents: false });
    expect(hook).toMatchObject({ project_id: project.id, pipeline_events: true, push_events: false });
    const changed = await api.ProjectHooks.edit(project.id, hook.id, RECEIVER, { jobEvents: true });
    expect(changed).toMatchObject({ id: hook.id, pipeline_events: true, job_events: true });
    expect(await api.ProjectHooks.show(project.id, hook.id)).toMatchObject({ id: hook.id });
    await api.ProjectHooks.remove(project.id, hook.id);
    expect(await api.ProjectHooks.all(project.id)).toEqual([]);
  });
});
