import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../../test/support/http-caller.ts';
import { EXTERNAL_URL, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';

const CONFIG = 'show:\n  script: env\n';
const ZEROS = '0'.repeat(40);

let app: TestApp;
let project: TestProject;
let token: string;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject(CONFIG);
  await project.commit({}, { branch: 'feature/cart', from: (await project.headOf('main')) ?? '' });
  token = await project.addTrigger();
});
afterAll(() => app.close());

const trigger = (call: Call, path = '/trigger/pipeline') => project.anonymously('POST', path, call);

/** Variables of a pipeline as the API shows them, by name. */
const variablesOf = async (id: number): Promise<Readonly<Record<string, unknown>>> => {
  const answer = await project.call('GET', `/pipelines/${id}/variables`);
  return Object.fromEntries(
    answer
      .must(200)
      .rows()
      .map((row) => [row.string('key'), row.at('value')]),
  );
};

const formData = (fields: Readonly<Record<string, string>>): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
};

describe('POST trigger/pipeline, a call that works', () => {
  it('answers the whole pipeline, without name and variables', async () => {
    const sha = await project.headOf('main');
    const answer = await trigger({ form: { token, ref: 'main' } });
    const id = answer.number('id');
    const now = app.clock.now().toISOString();
    const { user } = project.owner;
    expect(answer.outcome).toEqual([
      201,
      {
        id,
        iid: expect.any(Number),
        project_id: project.id,
        sha,
        ref: 'main',
        status: 'created',
        source: 'trigger',
        created_at: now,
        updated_at: now,
        web_url: `${EXTERNAL_URL}/${project.fullPath}/-/pipelines/${id}`,
        before_sha: ZEROS,
        tag: false,
        yaml_errors: null,
        user: {
          id: user.id,
          username: user.username,
          public_email: '',
          name: user.name,
          state: 'active',
          locked: false,
          avatar_url: null,
          web_url: `${EXTERNAL_URL}/${user.username}`,
        },
        started_at: null,
        finished_at: null,
        committed_at: null,
        duration: null,
        queued_duration: null,
        coverage: null,
        detailed_status: {
          icon: 'status_created',
          text: 'Created',
          label: 'created',
          group: 'created',
          tooltip: 'created',
          has_details: true,
          details_path: `/${project.fullPath}/-/pipelines/${id}`,
          illustration: null,
          favicon: expect.stringMatching(/favicon_status_created.*\.png$/),
        },
        archived: false,
      },
    ]);
    expect(await project.pipeline(id).status()).toBe('pending');
  });

  const forms: readonly (readonly [string, () => Promise<Call>])[] = [
    ['a form', async () => ({ form: { token, ref: 'main', 'variables[A]': '1', 'variables[B_2]': 'x=y&z ü' } })],
    ['the query', async () => ({ query: { token, ref: 'main', 'variables[A]': '1', 'variables[B_2]': 'x=y&z ü' } })],
    ['JSON', async () => ({ json: { token, ref: 'main', variables: { A: '1', B_2: 'x=y&z ü' } } })],
    [
      'multipart, as curl --form sends it',
      async () => ({ multipart: formData({ token, ref: 'main', 'variables[A]': '1', 'variables[B_2]': 'x=y&z ü' }) }),
    ],
    [
      'the query and a body together',
      async () => ({ query: { token }, form: { ref: 'main', 'variables[A]': '1', 'variables[B_2]': 'x=y&z ü' } }),
    ],
  ];
  it.each(forms)('takes %s', async (_name, call) => {
    const answer = await trigger(await call());
    expect(answer.must(201).string('source')).toBe('trigger');
    expect(await variablesOf(answer.number('id'))).toMatchObject({ A: '1', B_2: 'x=y&z ü' });
  });

  it('takes full refs, tags and branches with slashes', async () => {
    await project.tag('v1', (await project.headOf('main')) ?? '');
    for (const [ref, short, isTag] of [
      ['refs/heads/main', 'main', false],
      ['refs/tags/v1', 'v1', true],
      ['v1', 'v1', true],
      ['feature/cart', 'feature/cart', false],
    ] as const) {
      const answer = await trigger({ form: { token, ref } });
      expect([answer.status, answer.at('ref'), answer.at('tag')]).toEqual([201, short, isTag]);
    }
  });

  it('finds the project by its encoded path', async () => {
    const answer = await app.http('POST', `/projects/${encodeURIComponent(project.fullPath)}/trigger/pipeline`, {
      form: { token, ref: 'main' },
    });
    expect(answer.must(201).number('project_id')).toBe(project.id);
  });

  it('reads no other credential than the token', async () => {
    const stranger = await app.addPerson('stranger');
    const answer = await trigger({
      form: { token, ref: 'main' },
      as: stranger,
      headers: { 'JOB-TOKEN': 'glcbt-64_nonsense', Authorization: 'Bearer nonsense' },
    });
    expect(answer.must(201).at('user', 'username')).toBe(project.owner.user.username);
  });

  it('cannot be told who acts', async () => {
    const someone = await app.addPerson('someone');
    const answer = await trigger({
      json: {
        token,
        ref: 'main',
        user_id: someone.user.id,
        user: { id: someone.user.id },
        user_name: 'someone',
        author: { id: someone.user.id, email: someone.user.email },
        source: 'web',
        sha: ZEROS,
        sudo: someone.user.id,
      },
    });
    expect(answer.must(201).at('user', 'id')).toBe(project.owner.user.id);
    expect(answer.at('source')).toBe('trigger');
    expect(answer.at('sha')).toBe(await project.headOf('main'));
  });

  it('counts for nothing in the list of tokens but their last use', async () => {
    app.clock.advance(60);
    const used = await project.addTrigger();
    const lastUsed = async () => {
      const answer = await project.call('GET', '/triggers', { query: { per_page: '100' } });
      return answer
        .rows()
        .find((row) => row.at('token') === used)
        ?.at('last_used');
    };
    expect(await lastUsed()).toBeNull();
    (await trigger({ form: { token: used, ref: 'main' } })).must(201);
    expect(await lastUsed()).toBe(app.clock.now().toISOString());
  });
});

describe('POST ref/:ref/trigger/pipeline', () => {
  it('lets the ref of the path win', async () => {
    const answer = await trigger({ json: { token, ref: 'main' } }, '/ref/feature%2Fcart/trigger/pipeline');
    expect(answer.must(201).at('ref')).toBe('feature/cart');
  });

  it('takes a slash in the ref as it is', async () => {
    const answer = await trigger({ query: { token } }, '/ref/feature/cart/trigger/pipeline');
    expect(answer.must(201).at('ref')).toBe('feature/cart');
  });

  it("takes a webhook, whose own ref is lost and everything else kept in the job's TRIGGER_PAYLOAD", async () => {
    const hook = { object_kind: 'push', ref: 'refs/heads/elsewhere', commits: [{ id: 'abc', added: [] }], total: 1 };
    const answer = await trigger(
      { query: { token }, json: hook, headers: { 'X-Gitlab-Event': 'Push Hook' } },
      '/ref/main/trigger/pipeline',
    );
    const payload = (await variablesOf(answer.must(201).number('id')))['TRIGGER_PAYLOAD'];
    expect(JSON.parse(String(payload))).toEqual({ ...hook, ref: 'main', id: String(project.id), variables: {} });
  });
});

describe('TRIGGER_PAYLOAD', () => {
  const payloadOf = async (call: Call, path?: string): Promise<string> => {
    const answer = await trigger(call, path);
    return String((await variablesOf(answer.must(201).number('id')))['TRIGGER_PAYLOAD']);
  };

  it('is the text of the parameters without the token, in GitLab’s order', async () => {
    expect(await payloadOf({ form: { token, ref: 'main' } })).toBe(
      `{"ref":"main","id":"${project.id}","variables":{}}`,
    );
  });

  it('holds the variables where they were given', async () => {
    expect(JSON.parse(await payloadOf({ json: { token, ref: 'main', variables: { A: '1' } } }))).toEqual({
      ref: 'main',
      id: String(project.id),
      variables: { A: '1' },
    });
  });

  it('keeps a token that stands deeper, and undeclared parameters', async () => {
    const payload = JSON.parse(
      await payloadOf({ json: { token, ref: 'main', deep: { token: 'kept', n: 1.5, x: null } } }),
    );
    expect(payload).toMatchObject({ deep: { token: 'kept', n: 1.5, x: null } });
  });

  it('writes numbers as they came, also those that JavaScript cannot hold', async () => {
    const raw = `{"token":"${token}","ref":"main","big":12345678901234567890}`;
    expect(await payloadOf({ raw, headers: { 'Content-Type': 'application/json' } })).toContain(
      '"big":12345678901234567890',
    );
  });

  it('names the project as the URL does', async () => {
    const path = encodeURIComponent(project.fullPath);
    const answer = await app.http('POST', `/projects/${path}/trigger/pipeline`, { form: { token, ref: 'main' } });
    const payload = (await variablesOf(answer.number('id')))['TRIGGER_PAYLOAD'];
    expect(JSON.parse(String(payload))).toMatchObject({ id: project.fullPath });
  });

  it('is a raw file variable of the pipeline and of its jobs', async () => {
    const { pipeline, runner, project: own } = await app.scene(CONFIG);
    await pipeline.call('POST', '/cancel');
    const answer = await own.anonymously('POST', '/trigger/pipeline', {
      json: { token: await own.addTrigger(), ref: 'main', text: '$CI_JOB_ID' },
    });
    expect((await own.pipeline(answer.number('id')).call('GET', '/variables')).body).toEqual([
      { variable_type: 'file', key: 'TRIGGER_PAYLOAD', value: expect.stringContaining('"$CI_JOB_ID"'), raw: true },
    ]);
    const job = await runner.mustTake('show');
    expect(job.payload.variables.find((variable) => variable.key === 'TRIGGER_PAYLOAD')).toEqual({
      key: 'TRIGGER_PAYLOAD',
      value: expect.stringContaining('"$CI_JOB_ID"'),
      public: false,
      masked: false,
      file: true,
      raw: true,
    });
  });

  it('reaches its job whole, however large, and other variables are expanded beside it', async () => {
    const own = await app.addProject('variables: { NESTED: "<$GIVEN>" }\nshow: { script: cat }\n');
    const runner = await app.addRunner(own);
    const hook = { text: 'x'.repeat(18 * 1024 * 1024) };
    const call = { query: { token: await own.addTrigger(), 'variables[GIVEN]': 'yes' }, json: hook };
    (await own.anonymously('POST', '/ref/main/trigger/pipeline', call)).must(201);
    const job = await runner.mustTake();
    expect(JSON.parse(job.variable('TRIGGER_PAYLOAD') ?? '')).toMatchObject(hook);
    expect(job.variable('NESTED')).toBe('<yes>');
  });

  it('does not read a body of another type', async () => {
    const call = { query: { token, ref: 'main' }, raw: '{"a":1}', headers: { 'Content-Type': 'text/plain' } };
    expect(JSON.parse(await payloadOf(call))).toEqual({ ref: 'main', id: String(project.id), variables: {} });
  });

  it('does not take __proto__ for anything special', async () => {
    const raw = `{"token":"${token}","ref":"main","variables":{"__proto__":"p","constructor":"c"}}`;
    const answer = await trigger({ raw, headers: { 'Content-Type': 'application/json' } });
    expect([answer.status, ({} as Record<string, unknown>)['p']]).toEqual([201, undefined]);
    const rows = (await project.pipeline(answer.number('id')).call('GET', '/variables')).rows();
    expect(rows.map((row) => row.at('key'))).toEqual(['__proto__', 'constructor', 'TRIGGER_PAYLOAD']);
  });
});

describe('inputs', () => {
  const HEADER = 'spec: {inputs: {name: , count: {type: number}, tags: {type: array, default: []}}}\n---\n';
  const JOBS = '$[[ inputs.name ]]:\n  script: x\n  parallel: $[[ inputs.count ]]\n  tags: $[[ inputs.tags ]]\n';
  const branch = 'with-inputs';

  beforeAll(async () => {
    await project.commit(HEADER + JOBS, { branch, from: (await project.headOf('main')) ?? '' });
  });

  const jobsAfter = async (call: Call): Promise<unknown> => {
    const answer = await trigger(call);
    const jobs = await project.pipeline(answer.must(201).number('id')).jobs();
    return jobs.map((job) => [job.at('name'), job.at('tag_list')]);
  };

  it('in a form are texts, which numbers and lists read as JSON', async () => {
    const form = { token, ref: branch, 'inputs[name]': 'web', 'inputs[count]': '2', 'inputs[tags]': '["big"]' };
    expect(await jobsAfter({ form })).toEqual([
      ['web 1/2', ['big']],
      ['web 2/2', ['big']],
    ]);
  });

  it('in JSON have their types', async () => {
    const json = { token, ref: branch, inputs: { name: 5, count: 1, tags: ['big'] } };
    expect(await jobsAfter({ json })).toEqual([['5 1/1', ['big']]]);
  });

  it('that do not fit are said in one error', async () => {
    const answer = await trigger({ form: { token, ref: branch, 'inputs[count]': 'two' } });
    const text =
      '`.gitlab-ci.yml`: `name` input: required value has not been provided, `count` input: provided value is not a number';
    expect([answer.status, answer.at('message', 'base', 0)]).toEqual([422, text]);
  });
});
