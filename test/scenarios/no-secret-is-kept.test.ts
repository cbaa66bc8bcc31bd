import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomToken } from '../../src/platform/secrets/index.ts';
import { dumpTables } from '../support/dump-tables.ts';
import { temporaryFolder, tryGit } from '../support/git-client.ts';
import { type Answer, type Call, httpCaller } from '../support/http-caller.ts';
import { LeakSearch } from '../support/leak-search.ts';
import { PenstockProcess } from '../support/penstock-process.ts';
import { until } from '../support/until.ts';

const ROOT_PASSWORD = 'correct-horse-battery';

const CONFIG = `
show:
  id_tokens: {ID_TOKEN: {aud: nobody}}
  script:
    - 'echo "masked=$MASKED hidden=$HIDDEN job=$CI_JOB_TOKEN id=$ID_TOKEN"'
    - 'echo "reversed:$(printf %s "$CI_JOB_TOKEN" | rev):$(printf %s "$ID_TOKEN" | rev):"'
    - 'curl --silent --fail --header "JOB-TOKEN: $CI_JOB_TOKEN" "$CI_API_V4_URL/job" > /dev/null'
    - 'curl --silent "$CI_API_V4_URL/job?job_token=$CI_JOB_TOKEN" > /dev/null'
    - 'git remote --verbose'
    - 'test -f "$CONFIDENTIAL_FILE"'
    - 'test -z "$TRIGGER_PAYLOAD" || test -n "$CONFIDENTIAL" || cp "$TRIGGER_PAYLOAD" payload.json'
    - 'echo "payload" >> payload.json'
  artifacts: {paths: [payload.json]}
fail:
  script:
    - 'echo "failing with $MASKED"; cat "/nowhere/$HIDDEN"'
  allow_failure: true
`;

describe('a run that uses every kind of secret', () => {
  const server = new PenstockProcess({ environment: { PENSTOCK_LOG_LEVEL: 'trace' } });
  const folder = temporaryFolder('secrets');
  const secrets = new Map<string, string>();
  /** What was answered, but for the answers that are there to show a secret. */
  const answered: string[] = [];
  let http: ReturnType<typeof httpCaller>;
  let tables: ReadonlyMap<string, Buffer>;

  const note = (name: string, value: string): string => {
    secrets.set(name, value);
    return value;
  };
  const invent = (name: string): string => note(name, randomToken('').slice(0, 24));
  const hear = (answer: Answer): Answer => {
    answered.push(`${answer.status} ${JSON.stringify([...answer.headers])} ${answer.text}`);
    return answer;
  };
  const call = async (method: string, path: string, options: Call = {}): Promise<Answer> =>
    hear(await http(method, path, options));
  /** A call whose answer shows a secret once. */
  const shown = async (name: string, path: string, options: Call): Promise<Answer> => {
    const answer = (await http('POST', path, options)).must(201);
    note(name, answer.string('token'));
    return answer;
  };

  beforeAll(async () => {
    chmodSync(folder, 0o711);
    await server.start();
    http = httpCaller(server.url);
    note('root token', server.rootToken);
    note('root password', ROOT_PASSWORD);
    const project = await makeProject();
    await useTokens(project);
    await useTrigger(project);
    await useSession();
    await useGit(project);
    await misuse(project);
    tables = await dumpTables(server.dataDir, join(folder, 'tables'));
    await server.terminate();
    await server.killRunner();
  }, 240_000);

  afterAll(async () => {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const makeProject = async (): Promise<string> => {
    const as = server.rootToken;
    const made = (await call('POST', '/projects', { as, json: { path: 'vault' } })).must(201);
    const project = `/projects/${made.number('id')}`;
    const actions = [{ action: 'create', file_path: '.gitlab-ci.yml', content: CONFIG }];
    const commit = { branch: 'main', commit_message: 'First [skip ci]', actions };
    (await call('POST', `${project}/repository/commits`, { as, json: commit })).must(201);
    const variables = [
      { key: 'MASKED', value: invent('masked variable'), masked: true },
      { key: 'HIDDEN', value: invent('hidden variable'), masked_and_hidden: true },
      { key: 'CONFIDENTIAL_FILE', value: invent('file variable'), variable_type: 'file' },
    ];
    // These answers give the value back to who may change it.
    for (const json of variables) (await http('POST', `${project}/variables`, { as, json })).must(201);
    const hidden = (await call('GET', `${project}/variables/HIDDEN`, { as })).must(200);
    expect(hidden.at('value')).toBe(null);
    return project;
  };

  const useTokens = async (project: string): Promise<void> => {
    const as = server.rootToken;
    const user = { username: 'ada', name: 'Ada', email: 'ada@example.com', password: invent("a user's password") };
    const ada = (await call('POST', '/users', { as, json: user })).must(201).number('id');
    const pat = { name: 'made', scopes: ['api'] };
    const made = await shown('personal token', `/users/${ada}/personal_access_tokens`, { as, json: pat });
    const rotated = await http('POST', '/personal_access_tokens/self/rotate', { as: made.string('token') });
    note('rotated token', rotated.must(200).string('token'));
    (await call('GET', '/user', { as: rotated.string('token') })).must(200);
    (await call('GET', `/user?private_token=${rotated.string('token')}`)).must(200);
    (await call('GET', '/user', { headers: { Authorization: `Bearer ${rotated.string('token')}` } })).must(200);
    (await call('GET', '/personal_access_tokens', { as })).must(200);
    const bot = { name: 'bot', scopes: ['api'], access_level: 40 };
    const ofProject = await shown('project token', `${project}/access_tokens`, { as, json: bot });
    (await call('GET', project, { as: ofProject.string('token') })).must(200);
    const group = (await call('POST', '/groups', { as, json: { name: 'Team', path: 'team' } })).must(201).number('id');
    await shown('group token', `/groups/${group}/access_tokens`, { as, json: bot });
    const deploy = { name: 'deploy', scopes: ['read_repository'] };
    const ofDeploy = await shown('deploy token', `${project}/deploy_tokens`, { as, json: deploy });
    (await call('GET', `${project}/deploy_tokens`, { as })).must(200);
    const basic = btoa(`${ofDeploy.string('username')}:${ofDeploy.string('token')}`);
    const refs = '/root/vault.git/info/refs?service=git-upload-pack';
    (await call('GET', refs, { headers: { Authorization: `Basic ${basic}` } })).must(200);
    await shown('impersonation token', `/users/${ada}/impersonation_tokens`, { as, json: pat });
    const variable = { key: 'SHARED', value: invent('group variable'), masked: true };
    (await http('POST', `/groups/${group}/variables`, { as, json: variable })).must(201);
    const instance = { key: 'EVERYWHERE', value: invent('instance variable'), masked: true };
    (await http('POST', '/admin/ci/variables', { as, json: instance })).must(201);
    const json = { runner_type: 'project_type', project_id: Number(project.split('/')[2]), tag_list: 'other' };
    const runner = await shown('runner token', '/user/runners', { as, json: { ...json, run_untagged: false } });
    const token = runner.string('token');
    const verified = await http('POST', '/runners/verify', { json: { token, system_id: 's_1' } });
    verified.must(200);
    (await call('POST', '/jobs/request', { json: { token, system_id: 's_1' } })).must(204);
    const reset = await http('POST', '/runners/reset_authentication_token', { json: { token } });
    note('runner token, reset', reset.must(201).string('token'));
  };

  const useTrigger = async (project: string): Promise<void> => {
    const as = server.rootToken;
    const trigger = await shown('trigger token', `${project}/triggers`, { as, json: { description: 'made' } });
    const token = trigger.string('token');
    const form = new FormData();
    form.set('token', token);
    form.set('ref', 'main');
    form.set('variables[CONFIDENTIAL]', invent('trigger variable'));
    await finish(project, await call('POST', `${project}/trigger/pipeline`, { multipart: form }));
    const hook = { query: { token }, json: { commits: [], token: invent('token in a body') } };
    // Of two tokens the body's counts; it is none, and the answer must not say it again.
    (await call('POST', `${project}/ref/main/trigger/pipeline`, hook)).must(404);
    const payload = { query: { token }, json: { commits: [] } };
    await finish(project, await call('POST', `${project}/ref/main/trigger/pipeline`, payload));
    const variables = [{ key: 'CONFIDENTIAL', value: invent('pipeline variable') }];
    await finish(project, await call('POST', `${project}/pipeline`, { as, json: { ref: 'main', variables } }));
  };

  /** Waits for the pipeline's end, learns the tokens of its job and reads its logs and artifacts. */
  const finish = async (project: string, made: Answer): Promise<void> => {
    const as = server.rootToken;
    const id = made.must(201).number('id');
    await until(
      async () => (await http('GET', `${project}/pipelines/${id}`, { as })).string('status') === 'success',
      'the pipeline ends',
      60_000,
    );
    for (const job of (await call('GET', `${project}/pipelines/${id}/jobs`, { as })).must(200).rows()) {
      const log = (await call('GET', `${project}/jobs/${job.number('id')}/trace`, { as })).must(200).text;
      const reversed = /reversed:([^:]*):([^:]*):/u.exec(log);
      if (reversed === null) continue;
      const [, jobToken = '', idToken = ''] = reversed.map((text) => [...text].toReversed().join(''));
      note(`job token of ${job.number('id')}`, jobToken);
      note(`id token of ${job.number('id')}`, idToken);
      (await call('GET', `${project}/jobs/${job.number('id')}/artifacts/payload.json`, { as })).must(200);
    }
  };

  const useSession = async (): Promise<void> => {
    const json = { login: 'root', password: ROOT_PASSWORD };
    const answer = (await http('POST', '/-/sign_in', { json })).must(200);
    const cookies = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
    note('session cookie', cookies[0]?.split('=')[1] ?? '');
    note('CSRF token', answer.string('csrf_token'));
    const headers = { Cookie: cookies.join('; '), 'X-CSRF-Token': answer.string('csrf_token') };
    (await call('GET', '/user', { headers })).must(200);
    (await call('POST', '/-/sign_out', { headers })).must(204);
    const wrong = { login: 'root', password: invent('mistyped password') };
    (await call('POST', '/-/sign_in', { json: wrong })).must(401);
  };

  const useGit = async (project: string): Promise<void> => {
    const token = secrets.get('rotated token') ?? '';
    const as = server.rootToken;
    const member = { username: 'ada', access_level: 40 };
    (await call('POST', `${project}/members`, { as, json: member })).must(201);
    const url = `http://ada:${token}@127.0.0.1:${new URL(server.url).port}/root/vault.git`;
    expect(await tryGit(folder, ['clone', '--quiet', url, 'clone'])).toMatchObject({ code: 0 });
    const clone = join(folder, 'clone');
    expect(await tryGit(clone, ['commit', '--quiet', '--allow-empty', '-m', 'Empty [skip ci]'])).toMatchObject({
      code: 0,
    });
    expect(await tryGit(clone, ['push', '--quiet'])).toMatchObject({ code: 0 });
    const wrong = url.replace(token, invent('mistyped git password'));
    expect((await tryGit(folder, ['clone', '--quiet', wrong, 'none'])).code).not.toBe(0);
    rmSync(clone, { recursive: true });
  };

  /** What people and programs get wrong, with live secrets in hand. */
  const misuse = async (project: string): Promise<void> => {
    const as = server.rootToken;
    const live = secrets.get('rotated token') ?? '';
    const trigger = secrets.get('trigger token') ?? '';
    const headers = { 'Content-Type': 'application/json' };
    await call('GET', `/projects/${live}`);
    await call('GET', `/nothing/${live}?private_token=${live}`);
    await call('GET', '/user', { as: trigger });
    await call('GET', '/user', { headers: { Authorization: `Basic ${btoa(`ada:${live}`)}` } });
    await call('POST', '/users', { as, raw: `{"password": "${invent('password in broken JSON')}", `, headers });
    await call('POST', '/users', { as, json: { username: 'ada', password: invent('password of no user') } });
    await call('POST', '/users', { as, json: { password: { nested: invent('password as a hash') } } });
    const value = invent('value of a wrong variable');
    await call('POST', `${project}/variables`, { as, json: { key: 'NO KEY', value, masked: true } });
    await call('POST', `${project}/variables`, { as, json: { key: 'MASKED', value } });
    await call('POST', `${project}/variables`, {
      as,
      json: { key: 'MULTI', value: `${value}\n${value}`, masked: true },
    });
    await call('POST', `${project}/trigger/pipeline`, { json: { token: trigger, ref: 'nowhere' } });
    await call('POST', `${project}/trigger/pipeline`, { json: { token: [trigger], ref: 'main' } });
    await call('POST', `${project}/trigger/pipeline`, {
      json: { token: invent('unknown trigger token'), ref: 'main' },
    });
    await call('POST', `${project}/pipeline`, { as, json: { ref: 'main', variables: [{ key: '1 !', value }] } });
    await call('POST', '/runners/verify', { json: { token: `glrt-${invent('unknown runner token')}` } });
    await call('PUT', '/jobs/1', {
      json: { token: secrets.get('job token of 1') ?? `glcbt-${value}`, state: 'success' },
    });
  };

  it('has seen them all', () => {
    expect([...secrets.keys()].filter((name) => name.startsWith('job token'))).toHaveLength(3);
    expect([...secrets.keys()].filter((name) => name.startsWith('id token'))).toHaveLength(3);
  });

  it('would find them: what is no secret is found', () => {
    const open = new LeakSearch([{ name: 'address', value: 'ada@example.com' }]);
    expect(open.inBytes('table users', tables.get('users') ?? Buffer.alloc(0))).toEqual([
      'address (plain) in table users',
    ]);
    const files = open.inFolder(server.dataDir);
    expect(files.some((line) => line.includes('postgres/cluster/base/'))).toBe(true);
    expect(files.some((line) => line.includes('postgres/cluster/pg_wal/'))).toBe(true);
  });

  const search = (): LeakSearch => new LeakSearch([...secrets].map(([name, value]) => ({ name, value })));

  it('leaves none in a table', () => {
    expect(tables.size).toBeGreaterThan(20);
    const found = [...tables].flatMap(([name, dump]) => search().inBytes(`table ${name}`, dump));
    expect(found).toEqual([]);
  });

  it('says none again in an answer', () => {
    expect(search().inText('an answer', answered.join('\n'))).toEqual([]);
  });

  it('writes none to the log of the server', () => {
    expect(server.log).toContain('request');
    expect(search().inText('the log', server.log)).toEqual([]);
  });

  it('leaves none in a file: database, logs of PostgreSQL and of the runner, traces, artifacts, repositories', () => {
    expect(search().inFolder(server.dataDir)).toEqual([]);
  });

  it("keeps the embedded runner's own token in its one file", () => {
    const value = readFileSync(join(server.dataDir, 'runner', 'token'), 'utf8').trim();
    const own = new LeakSearch([{ name: "the runner's token", value }]);
    expect(own.inFolder(server.dataDir)).toEqual(["the runner's token (plain) in runner/token"]);
    expect(own.inText('the log', server.log)).toEqual([]);
    expect([...tables].flatMap(([name, dump]) => own.inBytes(name, dump))).toEqual([]);
  });
}, 240_000);
