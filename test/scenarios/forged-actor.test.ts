import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/test-app.ts';
import type { TestProject } from '../support/test-project.ts';

/* Who acts is told by the credential alone. Everything else in a request is put to the test here, an administrator's name in it. */

const CONFIG = 'test: {script: [make]}';

let app: TestApp;
let root: Person;
let developer: Person;
let project: TestProject;
let trigger: string;

beforeAll(async () => {
  app = await startTestApp();
  root = await app.root();
  developer = await app.addPerson('developer');
  project = await app.addProject(CONFIG);
  await project.addMember(developer, 30);
  await project.commit(CONFIG, { branch: 'open' });
  trigger = await project.addTrigger();
});
afterAll(() => app.close());

/** Every way in which a payload may say who somebody is. */
const forged = () => ({
  user_id: root.user.id,
  user: { id: root.user.id, username: 'root' },
  username: 'root',
  user_username: 'root',
  user_email: root.user.email,
  author: { id: root.user.id, username: 'root', email: root.user.email },
  author_id: root.user.id,
  author_email: root.user.email,
  owner: 'root',
  owner_id: root.user.id,
  current_user: 'root',
  sender: { login: 'root' },
  source: 'push',
  GITLAB_USER_ID: String(root.user.id),
  __proto__: { user_id: root.user.id },
});

const userOf = async (id: number): Promise<unknown> =>
  (await project.call('GET', `/pipelines/${id}`)).must(200).at('user', 'username');

describe('the user of a pipeline', () => {
  it('is the owner of the trigger token, whatever payload and headers say', async () => {
    const answer = await project.anonymously('POST', '/trigger/pipeline', {
      json: { ...forged(), token: trigger, ref: 'main' },
      headers: { 'PRIVATE-TOKEN': root.token, Sudo: 'root', 'X-Gitlab-User': 'root', 'X-Forwarded-User': 'root' },
    });
    expect(answer.must(201).at('user', 'username')).toBe(project.owner.user.username);
    expect(answer.at('source')).toBe('trigger');
  });

  it('is the owner of the trigger token where a variable of GitLab’s name says otherwise', async () => {
    const json = {
      token: trigger,
      ref: 'main',
      variables: { GITLAB_USER_ID: String(root.user.id), GITLAB_USER_LOGIN: 'root', CI_JOB_TOKEN: root.token },
    };
    const answer = (await project.anonymously('POST', '/trigger/pipeline', { json })).must(201);
    expect(await userOf(answer.number('id'))).toBe(project.owner.user.username);
  });

  it('is the caller of POST /pipeline', async () => {
    const json = { ...forged(), ref: 'open' };
    const answer = (await project.call('POST', '/pipeline', { as: developer, json })).must(201);
    expect(answer.at('user', 'username')).toBe('developer');
  });

  it('is who pushed, not who wrote the commit', async () => {
    const json = {
      branch: 'forged',
      start_branch: 'main',
      commit_message: 'By root, it says',
      author_name: root.user.name,
      author_email: root.user.email,
      actions: [{ action: 'create', file_path: 'a.txt', content: 'a' }],
    };
    const commit = (await project.call('POST', '/repository/commits', { as: developer, json })).must(201);
    expect(commit.at('author_email')).toBe(root.user.email);
    await app.settle();
    const pipelines = await project.call('GET', '/pipelines', { query: { ref: 'forged' } });
    expect(await userOf(pipelines.must(200).number(0, 'id'))).toBe('developer');
  });

  it('is who retries, for the job that is retried, and never an administrator by its job token', async () => {
    const admins = await app.addPerson('second-admin', { admin: true });
    const place = await app.addProject(CONFIG);
    const runner = await app.addRunner(place);
    await place.run({ as: admins });
    const job = await runner.mustTake();
    const asJob = (method: string, path: string) => app.http(method, path, { headers: { 'JOB-TOKEN': job.token } });
    expect((await asJob('GET', '/job')).at('user', 'username')).toBe('second-admin');
    expect((await asJob('GET', '/users')).status).toBe(403);
    expect((await asJob('GET', '/deploy_tokens')).status).toBe(401);
    expect((await asJob('POST', `/users/${developer.user.id}/block`)).status).toBe(401);
    expect((await asJob('GET', `/projects/${project.id}/pipelines`)).status).toBe(403);
  });
});

describe('sudo', () => {
  it.each([
    ['a parameter', { query: { sudo: 'root' } }],
    ['a header', { headers: { Sudo: 'root' } }],
  ])('by %s is for administrators with its scope', async (_name, call) => {
    expect((await app.http('GET', '/user', { as: developer, ...call })).outcome).toEqual([
      403,
      { message: '403 Forbidden - Must be admin to use sudo' },
    ]);
    const token = await app.addToken(developer.user, ['api', 'sudo']);
    expect((await app.http('GET', '/user', { as: token, ...call })).status).toBe(403);
    expect((await app.http('GET', '/user', { as: root, ...call })).body).toMatchObject({ error: 'insufficient_scope' });
    expect((await app.http('GET', '/user', call)).status).toBe(401);
  });
});

describe('a runner', () => {
  it('is who its token says, whatever id it gives', async () => {
    const [mine, other] = [await app.addRunner(project), await app.addRunner(await app.addProject(CONFIG))];
    await project.run();
    const json = { ...other.identity, id: mine.id, runner_id: mine.id, info: { ...mine.info, id: mine.id } };
    const answer = await app.http('POST', '/jobs/request', { json: { ...json, token: other.token } });
    expect(answer.status).toBe(204);
  });
});

describe('a refused token', () => {
  /** What the database is asked while this is answered. */
  const statementsOf = async (call: () => Promise<unknown>): Promise<readonly string[]> => {
    const asked = vi.spyOn(Client.prototype, 'query');
    try {
      await call();
      return asked.mock.calls.map(([query]: readonly unknown[]) =>
        typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : String(query),
      );
    } finally {
      asked.mockRestore();
    }
  };

  it('of another project and one that nobody has take the same answer and the same look-ups', async () => {
    const foreign = await (await app.addProject(CONFIG)).addTrigger();
    const call = (token: string, id: number = project.id) =>
      app.http('POST', `/projects/${id}/trigger/pipeline`, { form: { token, ref: 'main' } });
    const unknown = 'glptt-unknownunknownunknow';
    const answers = [
      await call(foreign),
      await call(unknown),
      await call(foreign, 999_999),
      await call(unknown, 999_999),
    ];
    expect(new Set(answers.map((answer) => JSON.stringify(answer.outcome)))).toEqual(
      new Set([JSON.stringify([404, { message: '404 Not Found' }])]),
    );
    const asked = [];
    for (const [token, id] of [
      [foreign, project.id],
      [unknown, project.id],
      [foreign, 999_999],
      [unknown, 999_999],
    ] as const) {
      asked.push(await statementsOf(() => call(token, id)));
    }
    expect(asked[0]?.length).toBeGreaterThan(1);
    for (const one of asked) expect(one).toEqual(asked[0]);
  });

  it('of somebody else is, by number, as one that does not exist', async () => {
    const { id } = (await app.http('GET', '/personal_access_tokens/self', { as: root })).body as { id: number };
    const call = (number: number) => app.http('GET', `/personal_access_tokens/${number}`, { as: developer });
    const [foreign, none] = [await call(id), await call(999_999)];
    expect(foreign.outcome).toEqual(none.outcome);
    expect(await statementsOf(() => call(id))).toEqual(await statementsOf(() => call(999_999)));
  });

  it('never appears in what is logged', async () => {
    await app.http('GET', '/user', { as: 'glpat-hunter2hunter2hunter' });
    await app.http('POST', `/projects/${project.id}/trigger/pipeline?token=glptt-hunter2&ref=main`);
    expect(app.faults.join('')).not.toContain('hunter2');
  });
});
