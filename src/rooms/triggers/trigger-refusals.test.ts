import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Call } from '../../../test/support/http-caller.ts';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../projects/role.ts';

let app: TestApp;
let project: TestProject;
let token: string;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject('show:\n  script: env\n');
  token = await project.addTrigger();
});
afterAll(() => app.close());

const trigger = (call: Call, path = '/trigger/pipeline') => project.anonymously('POST', path, call);
const withJson = (raw: string): Call => ({ raw, headers: { 'Content-Type': 'application/json' } });
const NOT_FOUND = [404, { message: '404 Not Found' }];
const base = (status: number, text: string) => [status, { message: { base: [text] } }];

/** A call that must leave nothing behind. */
const leavingNothing = async (call: () => Promise<Answer>): Promise<Answer> => {
  const before = await project.countPipelines();
  const answer = await call();
  expect(await project.countPipelines()).toBe(before);
  return answer;
};

describe('parameters', () => {
  const cases: readonly (readonly [string, () => Call, string])[] = [
    ['no ref', () => ({ form: { token } }), 'ref is missing, ref is empty'],
    ['an empty ref', () => ({ form: { token, ref: '' } }), 'ref is empty'],
    ['a blank ref', () => ({ form: { token, ref: '  ' } }), 'ref is empty'],
    ['no token', () => ({ form: { ref: 'main' } }), 'token is missing'],
    ['nothing at all', () => ({}), 'ref is missing, ref is empty, token is missing'],
    ['variables that are a text', () => ({ form: { token, ref: 'main', variables: 'A=1' } }), 'variables is invalid'],
    ['variables that are a list', () => ({ json: { token, ref: 'main', variables: ['A'] } }), 'variables is invalid'],
    ['inputs that are a text', () => ({ form: { token, ref: 'main', inputs: 'x' } }), 'inputs is invalid'],
    [
      'several at once',
      () => ({ json: { variables: 'x', inputs: 'y' } }),
      'ref is missing, ref is empty, token is missing, variables is invalid, inputs is invalid',
    ],
  ];
  it.each(cases)('400 for %s', async (_name, call, error) => {
    expect((await leavingNothing(() => trigger(call()))).outcome).toEqual([400, { error }]);
  });

  it.each([
    ['broken JSON', '{"token":'],
    ['JSON that is nested too deeply', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`],
  ])('400 for %s', async (_name, raw) => {
    const answer = await trigger(withJson(raw));
    expect([answer.status, typeof answer.at('error')]).toEqual([400, 'string']);
  });

  const values: readonly (readonly [string, unknown])[] = [
    ['a number', 1],
    ['a boolean', true],
    ['null', null],
    ['a hash', { B: '1' }],
    ['a list', ['1']],
  ];
  it.each(values)('400 for a variable that is %s', async (_name, value) => {
    const answer = await leavingNothing(() =>
      trigger({ json: { token, ref: 'main', variables: { OK: 'x', A: value } } }),
    );
    expect(answer.outcome).toEqual([400, { message: 'variables needs to be a map of key-valued strings' }]);
  });

  it('400 for a nested variable in a form', async () => {
    const answer = await trigger({ form: { token, ref: 'main', 'variables[A][B]': '1' } });
    expect(answer.outcome).toEqual([400, { message: 'variables needs to be a map of key-valued strings' }]);
  });

  it('413 for a body above 25 MB, declared or not', async () => {
    const large = Buffer.alloc(25 * 1024 * 1024 + 1, 'x');
    const answer = await trigger({
      query: { token, ref: 'main' },
      raw: large,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(answer.status).toBe(413);
  });

  it('takes a body just below 25 MB', async () => {
    const payload = 'x'.repeat(25 * 1024 * 1024 - 100);
    const answer = await trigger({ ...withJson(JSON.stringify({ payload })), query: { token, ref: 'main' } });
    expect(answer.status).toBe(201);
  });
});

describe('the loop guard', () => {
  it('403 for a Pipeline Hook, and for that one only', async () => {
    const call = (event: string) => trigger({ form: { token, ref: 'main' }, headers: { 'X-Gitlab-Event': event } });
    expect((await leavingNothing(() => call('Pipeline Hook'))).outcome).toEqual([403, { message: '403 Forbidden' }]);
    for (const event of ['Job Hook', 'System Hook', 'Push Hook', 'pipeline hook', 'Pipeline Hook 2']) {
      expect((await call(event)).status).toBe(201);
    }
  });

  it('comes after the parameters and before the variables, the project and the token', async () => {
    const headers = { 'X-Gitlab-Event': 'Pipeline Hook' };
    expect((await trigger({ form: { token }, headers })).status).toBe(400);
    expect((await trigger({ json: { token, ref: 'main', variables: { A: 1 } }, headers })).status).toBe(403);
    const nowhere = await app.http('POST', '/projects/999999/trigger/pipeline', { form: { token, ref: 'x' }, headers });
    expect(nowhere.status).toBe(403);
  });
});

describe('project and token', () => {
  it('404 without a word for an unknown project, an unknown token and the token of another project', async () => {
    const other = await (await app.addProject('a:\n  script: a\n')).addTrigger();
    const call = (place: string, given: string) =>
      app.http('POST', `/projects/${place}/trigger/pipeline`, { form: { token: given, ref: 'main' } });
    for (const answer of [
      await call('999999', token),
      await call('no%2Fsuch', token),
      await call(String(project.id), 'glptt-unknown'),
      await call(String(project.id), ''),
      await call(String(project.id), other),
      await call(String(project.id), project.owner.token),
    ]) {
      expect(answer.outcome).toEqual(NOT_FOUND);
    }
  });

  it('says nothing of the ref or the configuration to whoever has no token', async () => {
    expect((await trigger({ form: { token: 'x', ref: 'no-such-ref' } })).outcome).toEqual(NOT_FOUND);
  });

  it('says that variables are bad before it looks for project and token', async () => {
    const answer = await app.http('POST', '/projects/999999/trigger/pipeline', {
      json: { token: 'x', ref: 'main', variables: { A: 1 } },
    });
    expect(answer.outcome).toEqual([400, { message: 'variables needs to be a map of key-valued strings' }]);
  });

  it('404 for a token that was deleted or has expired', async () => {
    const made = (await project.call('POST', '/triggers', { form: { description: 'gone' } })).must(201);
    (await project.call('DELETE', `/triggers/${made.number('id')}`)).must(204);
    expect((await trigger({ form: { token: made.string('token'), ref: 'main' } })).outcome).toEqual(NOT_FOUND);

    const expiresAt = new Date(app.clock.now().getTime() + 60_000).toISOString();
    const short = await project.call('POST', '/triggers', { form: { description: 'short', expires_at: expiresAt } });
    const call = () => trigger({ form: { token: short.must(201).string('token'), ref: 'main' } });
    expect((await call()).status).toBe(201);
    app.clock.advance(60);
    expect((await call()).outcome).toEqual(NOT_FOUND);
  });

  it('404 for a project that is being deleted', async () => {
    const doomed = await app.addProject('a:\n  script: a\n');
    const given = await doomed.addTrigger();
    expect((await doomed.call('DELETE', '')).status).toBe(202);
    expect(
      (await doomed.anonymously('POST', '/trigger/pipeline', { form: { token: given, ref: 'main' } })).outcome,
    ).toEqual(NOT_FOUND);
  });

  it('404 for GET, PUT and DELETE', async () => {
    for (const method of ['GET', 'DELETE']) {
      expect((await project.anonymously(method, '/trigger/pipeline', { query: { token, ref: 'main' } })).status).toBe(
        404,
      );
    }
  });
});

describe('the owner of the token decides what it may do', () => {
  const ownedBy = async (
    username: string,
    level: number,
  ): Promise<{ readonly person: Person; readonly call: (ref?: string) => Promise<Answer> }> => {
    const person = await app.addPerson(username);
    await project.addMember(person, ROLES.maintainer);
    const own = await project.addTrigger(person);
    await project.call('PUT', `/members/${person.user.id}`, { form: { access_level: String(level) } });
    return { person, call: (ref = 'main') => trigger({ form: { token: own, ref } }) };
  };

  it('400 for an owner who has become a reporter', async () => {
    const { call } = await ownedBy('fallen', ROLES.reporter);
    expect((await leavingNothing(call)).refusal).toEqual(
      base(400, 'Insufficient permissions to create a new pipeline'),
    );
  });

  it('404 for an owner who left the private project', async () => {
    const { person, call } = await ownedBy('left', ROLES.maintainer);
    expect((await call()).status).toBe(201);
    (await project.call('DELETE', `/members/${person.user.id}`)).must(204);
    expect((await leavingNothing(call)).outcome).toEqual(NOT_FOUND);
  });

  it('400 for an owner who is blocked', async () => {
    const { person, call } = await ownedBy('blocked', ROLES.maintainer);
    await app.db.updateTable('users').set({ state: 'blocked' }).where('id', '=', person.user.id).execute();
    expect((await leavingNothing(call)).refusal).toEqual(
      base(400, 'Insufficient permissions to create a new pipeline'),
    );
  });

  it('400 for a developer on a protected branch, 201 on another one and where developers may push', async () => {
    const protectedText =
      "You do not have sufficient permission to run a pipeline on 'main'. Please select a different branch or contact " +
      'your administrator for assistance.';
    const { call } = await ownedBy('dev', ROLES.developer);
    expect((await leavingNothing(() => call('main'))).refusal).toEqual(base(400, protectedText));
    await project.commit({}, { branch: 'open', from: (await project.headOf('main')) ?? '' });
    expect((await call('open')).status).toBe(201);
    await project.call('DELETE', '/protected_branches/main');
    await project.protect('main', { push_access_level: '40', merge_access_level: '30' });
    expect((await call('main')).status).toBe(201);
    await project.call('DELETE', '/protected_branches/main');
    await project.protect('main');
  });
});

describe('the owner of the token, on tags and without an address', () => {
  it('400 for a tag that the owner could not create', async () => {
    const developer = await app.addPerson('tagger');
    await project.addMember(developer, ROLES.maintainer);
    const own = await project.addTrigger(developer);
    await project.call('PUT', `/members/${developer.user.id}`, { form: { access_level: String(ROLES.developer) } });
    await project.tag('v9', (await project.headOf('main')) ?? '');
    const call = () => trigger({ form: { token: own, ref: 'v9' } });
    expect((await call()).status).toBe(201);
    const form = { name: 'v*', create_access_level: '40' };
    (await project.call('POST', '/protected_tags', { form })).must(201);
    expect((await leavingNothing(call)).at('message', 'base', 0)).toMatch(
      /^You do not have sufficient permission to run a pipeline on 'v9'\./,
    );
    expect((await trigger({ form: { token, ref: 'v9' } })).status).toBe(201);
  });

  it('400 for an owner whose address is not confirmed', async () => {
    const person = await app.addPerson('unconfirmed');
    await project.addMember(person, ROLES.maintainer);
    const own = await project.addTrigger(person);
    await app.db.updateTable('users').set({ confirmed_at: null }).where('id', '=', person.user.id).execute();
    expect((await leavingNothing(() => trigger({ form: { token: own, ref: 'main' } }))).refusal).toEqual(
      base(400, 'Insufficient permissions to create a new pipeline'),
    );
  });
});

describe('pipelines that cannot be made', () => {
  it.each([
    ['no-such-branch', 'Reference not found'],
    ['--upload-pack=x', 'Reference not found'],
    ['refs/heads/../main', 'Reference not found'],
    ['a'.repeat(5000), 'Reference not found'],
    ['HEAD', 'Reference not found'],
  ])('400 for the ref %j', async (ref, text) => {
    expect((await leavingNothing(() => trigger({ json: { token, ref } }))).refusal).toEqual(base(400, text));
  });

  it('400 for a NUL, wherever it is', async () => {
    const answer = await trigger({ json: { token, ref: 'main\u0000' } });
    expect(answer.status).toBe(400);
    expect((await trigger({ form: { token, ref: 'main', 'variables[A]': 'a\u0000b' } })).status).toBe(400);
  });

  it('400 for a commit’s sha, which is no ref', async () => {
    const sha = (await project.headOf('main')) ?? '';
    expect((await trigger({ form: { token, ref: sha } })).refusal).toEqual(base(400, 'Reference not found'));
  });

  it('400 for a name that is a branch and a tag', async () => {
    const sha = (await project.headOf('main')) ?? '';
    await project.commit({}, { branch: 'twice', from: sha });
    await project.tag('twice', sha);
    expect((await trigger({ form: { token, ref: 'twice' } })).refusal).toEqual(base(400, 'Ref is ambiguous'));
    expect((await trigger({ form: { token, ref: 'refs/heads/twice' } })).status).toBe(201);
    expect((await trigger({ form: { token, ref: 'refs/tags/twice' } })).status).toBe(201);
  });

  const onBranch = async (branch: string, files: Readonly<Record<string, string>>): Promise<Answer> => {
    await project.commit(files, { branch });
    return trigger({ form: { token, ref: branch } });
  };

  it('400 without a configuration, and for an empty one', async () => {
    const answers = [await onBranch('bare', { 'README.md': 'x' }), await onBranch('empty', { '.gitlab-ci.yml': '' })];
    for (const answer of answers) expect(answer.refusal).toEqual(base(400, 'Missing CI config file'));
  });

  it('400 and no pipeline when the workflow or the rules leave nothing', async () => {
    const before = await project.countPipelines();
    const workflow = 'workflow:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "push"\na:\n  script: a\n';
    const rules = 'a:\n  script: a\n  rules:\n    - when: never\n';
    expect((await onBranch('workflow', { '.gitlab-ci.yml': workflow })).refusal).toEqual(
      base(400, 'The pipeline did not run. Review the workflow:rules configuration for the pipeline.'),
    );
    expect((await onBranch('rules', { '.gitlab-ci.yml': rules })).refusal).toEqual(
      base(400, 'The resulting pipeline would have been empty. Review the rules configuration for the relevant jobs.'),
    );
    expect(await project.countPipelines()).toBe(before);
  });

  it('422 and a failed pipeline that says why for a broken configuration', async () => {
    const before = await project.countPipelines();
    const answer = await onBranch('broken', { '.gitlab-ci.yml': 'a:\n  stage: nowhere\n  script: a\n' });
    expect(answer.status).toBe(422);
    expect(await project.countPipelines()).toBe(before + 1);
    const saved = await (await project.newestPipeline()).get();
    expect(saved.body).toMatchObject({
      status: 'failed',
      source: 'trigger',
      ref: 'broken',
      yaml_errors: answer.at('message', 'base', 0),
      started_at: null,
      finished_at: app.clock.now().toISOString(),
      detailed_status: { text: 'Failed', group: 'failed' },
    });
    expect(answer.string('message', 'base', 0)).toContain('nowhere');
  });

  it('422 for YAML that cannot be read', async () => {
    const answer = await onBranch('unreadable', { '.gitlab-ci.yml': 'a: [\n' });
    expect([answer.status, (await (await project.newestPipeline()).get()).at('yaml_errors')]).toEqual([
      422,
      answer.at('message', 'base', 0),
    ]);
  });

  it('400 when CI/CD is switched off or the project archived', async () => {
    const own = await app.addProject('a:\n  script: a\n');
    const given = await own.addTrigger();
    const call = () => own.anonymously('POST', '/trigger/pipeline', { form: { token: given, ref: 'main' } });
    await own.set({ builds_access_level: 'disabled' });
    expect((await call()).refusal).toEqual(base(400, 'Pipelines are disabled!'));
    await own.set({ builds_access_level: 'enabled' });
    (await own.call('POST', '/archive')).must(201);
    expect((await call()).refusal).toEqual(base(400, 'Insufficient permissions to create a new pipeline'));
  });

  it('is not stopped by [skip ci]', async () => {
    await project.commit({ 'x.txt': 'x' }, { message: 'x [skip ci]' });
    expect((await trigger({ form: { token, ref: 'main' } })).status).toBe(201);
  });
});

describe('inputs', () => {
  it('400 for more than 20', async () => {
    const inputs = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`i${index}`, 'x']));
    const answer = await leavingNothing(() => trigger({ json: { token, ref: 'main', inputs } }));
    expect(answer.refusal).toEqual(base(400, 'There cannot be more than 20 inputs'));
  });

  it('422 where the configuration has no spec', async () => {
    const answer = await trigger({ form: { token, ref: 'main', 'inputs[a]': 'x' } });
    const text = 'Given inputs not defined in the `spec` section of the included configuration file';
    expect([answer.status, answer.at('message', 'base', 0)]).toEqual([422, expect.stringContaining(text)]);
  });
});
