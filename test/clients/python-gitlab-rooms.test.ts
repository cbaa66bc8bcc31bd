import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPythonWith } from '../support/python.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const SCRIPT = join(import.meta.dirname, 'python_gitlab_rooms.py');

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('python-gitlab', () => {
  it('makes group, subgroup, project, members, variables, tokens and a protected branch, and reads them back', async (context) => {
    const python = findPythonWith('gitlab');
    if (python === undefined) return context.skip('needs python3 with the module gitlab (package python3-gitlab)');
    const admin = await app.root();
    const { stdout } = await promisify(execFile)(python, ['-W', 'ignore', SCRIPT, app.url], {
      env: { PATH: process.env['PATH'] ?? '', ROOT_TOKEN: admin.token },
      timeout: 60_000,
    });
    expect(JSON.parse(stdout)).toEqual({
      groups: ['acme', 'acme/web'],
      subgroups: ['acme/web'],
      project: 'acme/web/shop',
      members: [['mia', 40]],
      inherited: [['mia', 30]],
      variables: [['TOKEN', 'long-enough-1', true, true]],
      'group variables': [['REGION', 'north']],
      triggers: [['from outside', true]],
      tokens: ['robot'],
      protected: ['release/*', [40], [30]],
    });
  });
});
