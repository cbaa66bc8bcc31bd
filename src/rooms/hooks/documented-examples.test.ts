import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';

/**
 * The examples of GitLab's page on system hooks, typed into a shell as they stand (the host of the API, tokens and numbers
 * replaced) and answered field by field. Where a real server does not do what its page says, it is noted here and in
 * docs/compatibility.md: one hook is an object, not a list; a new hook has `push_events` off and no name.
 */

const run = promisify(execFile);

let app: TestApp;
let token: string;
beforeAll(async () => {
  app = await startTestApp();
  token = (await app.root()).token;
});
afterAll(() => app.close());

const type = async (commandLine: string): Promise<unknown> => {
  const line = commandLine
    .replaceAll('https://gitlab.example.com/api', `${app.url}/api`)
    .replaceAll('<your_access_token>', token);
  const { stdout } = await run('bash', ['-c', `${line} --silent --show-error`], { env: { PATH: process.env['PATH'] } });
  return stdout === '' ? '' : JSON.parse(stdout);
};

/** What the page shows of a hook. */
const PAGE = {
  id: expect.any(Number),
  url: 'https://gitlab.example.com/hook',
  name: 'Hook name',
  description: 'Hook description',
  created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  push_events: true,
  tag_push_events: false,
  merge_requests_events: true,
  repository_update_events: true,
  enable_ssl_verification: true,
  url_variables: [],
};

/** What a server of today shows besides, and our `disabled_reason`. */
const NEWER = {
  organization_id: 1,
  alert_status: 'executable',
  disabled_until: null,
  disabled_reason: null,
  push_events_branch_filter: null,
  branch_filter_strategy: 'wildcard',
  custom_webhook_template: null,
  custom_headers: [],
  token_present: false,
  signing_token_present: false,
};

const ADD =
  'curl --request POST --header "PRIVATE-TOKEN: <your_access_token>" "https://gitlab.example.com/api/v4/hooks?url=https://gitlab.example.com/hook"';

describe('the page on system hooks', () => {
  it('adds, changes, lists, gets and deletes a hook', async () => {
    const made = await type(ADD);
    const fresh = { ...PAGE, name: null, description: null, push_events: false, merge_requests_events: false };
    expect(made).toEqual({ ...fresh, ...NEWER });
    const { id } = Object(made);

    const named = {
      name: 'Hook name',
      description: 'Hook description',
      push_events: true,
      merge_requests_events: true,
    };
    const changed = await app.http('PUT', `/hooks/${id}`, { as: token, json: named });
    expect(changed.outcome).toEqual([200, { ...PAGE, ...NEWER }]);

    const list = 'curl --header "PRIVATE-TOKEN: <your_access_token>" "https://gitlab.example.com/api/v4/hooks"';
    expect(await type(list)).toEqual([{ ...PAGE, ...NEWER }]);

    const get = 'curl --header "PRIVATE-TOKEN: <your_access_token>" "https://gitlab.example.com/api/v4/hooks/1"';
    expect(await type(get.replace('hooks/1', `hooks/${id}`))).toEqual({ ...PAGE, ...NEWER, id });

    const remove =
      'curl --request DELETE --header "PRIVATE-TOKEN: <your_access_token>" "https://gitlab.example.com/api/v4/hooks/2"';
    expect(await type(remove.replace('hooks/2', `hooks/${id}`))).toBe('');
    expect(await type(list)).toEqual([]);
  });
});
