import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXTERNAL_URL, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { JobVariable } from '../../wire/runner-protocol.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const getJson = async (path: string, url = app.url): Promise<{ readonly body: object; readonly headers: Headers }> => {
  const response = await fetch(`${url}${path}`);
  expect(response.status).toBe(200);
  return { body: (await response.json()) as object, headers: response.headers };
};

const keySet = async (url = app.url): Promise<JSONWebKeySet> =>
  (await getJson('/oauth/discovery/keys', url)).body as JSONWebKeySet;

const CONFIG = `
build:
  script: x
  environment: {name: review/one, action: prepare}
  timeout: 10 minutes
  variables: {HOST: vault.example.com}
  id_tokens:
    ONE: {aud: "https://$HOST/$NOTHING"}
    MANY: {aud: [a, $HOST]}
`;

const namedIn =
  (variables: readonly JobVariable[]) =>
  (key: string): JobVariable => {
    const found = variables.findLast((variable) => variable.key === key);
    if (found === undefined) throw new Error(`no variable ${key}`);
    return found;
  };

const verify = async (token: string): Promise<JWTPayload> => {
  const { payload } = await jwtVerify(token, createLocalJWKSet(await keySet()), {
    issuer: EXTERNAL_URL,
    algorithms: ['RS256'],
    currentDate: app.clock.now(),
  });
  return payload;
};

describe('id tokens of a job', () => {
  it("say who, what and where it is, signed with the server's key", async () => {
    const { project, pipeline, runner } = await app.scene(CONFIG);
    const job = await runner.mustTake('build');
    const variable = namedIn(job.payload.variables);
    expect(variable('ONE')).toMatchObject({ public: false, masked: true });
    const claims = await verify(variable('ONE').value);
    const now = Math.floor(app.clock.now().getTime() / 1000);
    const sha = await project.headOf('main');
    const namespace = { id: variable('CI_PROJECT_NAMESPACE_ID').value, path: variable('CI_PROJECT_NAMESPACE').value };
    expect(claims).toEqual({
      iss: EXTERNAL_URL,
      sub: `project_path:${project.fullPath}:ref_type:branch:ref:main`,
      aud: 'https://vault.example.com/',
      iat: now,
      nbf: now - 5,
      exp: now + 600,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      project_id: String(project.id),
      project_path: project.fullPath,
      namespace_id: namespace.id,
      namespace_path: namespace.path,
      job_project_id: String(project.id),
      job_project_path: project.fullPath,
      job_namespace_id: namespace.id,
      job_namespace_path: namespace.path,
      project_visibility: 'private',
      user_id: String(project.owner.user.id),
      user_login: project.owner.user.username,
      user_email: project.owner.user.email,
      user_access_level: 'owner',
      pipeline_id: String(pipeline.id),
      pipeline_source: 'api',
      job_id: String(job.id),
      ref: 'main',
      ref_type: 'branch',
      ref_path: 'refs/heads/main',
      ref_protected: 'true',
      environment: 'review/one',
      environment_protected: 'false',
      environment_action: 'prepare',
      deployment_tier: 'development',
      runner_id: runner.id,
      runner_environment: 'self-hosted',
      sha,
      ci_config_ref_uri: `ci.example.com/${project.fullPath}//.gitlab-ci.yml@refs/heads/main`,
      ci_config_sha: sha,
    });
    expect((await verify(variable('MANY').value)).aud).toEqual(['a', 'vault.example.com']);
  });

  it('of a tag say so, and leave environment and timeout to the defaults', async () => {
    const project = await app.addProject('build: {script: x, id_tokens: {T: {aud: a}}}');
    const runner = await app.addRunner(project);
    await project.tag('v1', (await project.headOf('main')) ?? '');
    await project.run({ ref: 'v1' });
    const { payload } = await runner.mustTake('build');
    const claims = await verify(namedIn(payload.variables)('T').value);
    expect(claims).toMatchObject({
      sub: `project_path:${project.fullPath}:ref_type:tag:ref:v1`,
      ref_type: 'tag',
      ref_path: 'refs/tags/v1',
      ref_protected: 'false',
    });
    expect(claims).not.toHaveProperty('environment');
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(payload.runner_info.timeout);
  });

  it('are weaker than variables of the same name, as in GitLab', async () => {
    const { runner } = await app.scene('build: {script: x, variables: {T: mine}, id_tokens: {T: {aud: a}}}');
    expect((await runner.mustTake('build')).variable('T')).toBe('mine');
  });
});

describe('discovery', () => {
  it('names the issuer and where its keys are', async () => {
    const { body, headers } = await getJson('/.well-known/openid-configuration');
    expect(body).toMatchObject({
      issuer: EXTERNAL_URL,
      jwks_uri: `${EXTERNAL_URL}/oauth/discovery/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
      subject_types_supported: ['public'],
      claims_supported: expect.arrayContaining(['iss', 'sub', 'project_path', 'ci_config_ref_uri']),
    });
    expect(headers.get('content-type')).toContain('application/json');
  });

  it('shows public halves only', async () => {
    const { keys } = await keySet();
    for (const key of keys) expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('has one key, however many servers need it first', async () => {
    const other = await startTestApp();
    try {
      const second = await other.startAnother();
      const sets = await Promise.all([keySet(other.url), keySet(second.url), keySet(other.url), keySet(second.url)]);
      expect(sets[0]?.keys).toHaveLength(1);
      for (const set of sets) expect(set).toEqual(sets[0]);
    } finally {
      await other.close();
    }
  });

  it('still shows a retired key, with which no new token is signed', async () => {
    const { runner, project } = await app.scene('build: {script: x, id_tokens: {T: {aud: a}}}');
    const before = namedIn((await runner.mustTake('build')).payload.variables)('T').value;
    await sql`update signing_keys set retired_at = ${app.clock.now()}::timestamptz`.execute(app.db);
    await project.run();
    const after = namedIn((await runner.mustTake('build')).payload.variables)('T').value;
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    expect(decodeProtectedHeader(after)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect((await verify(before)).aud).toBe('a');
    expect((await verify(after)).aud).toBe('a');
  });
});

describe('the private key', () => {
  it('lies sealed in the database', async () => {
    await keySet();
    const rows = await app.db.selectFrom('signing_keys').select('private_key').execute();
    for (const row of rows) expect(Buffer.from(row.private_key).includes('PRIVATE KEY')).toBe(false);
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe('secrets of a job', () => {
  const VARIABLES = {
    VAULT_SERVER_URL: 'https://vault.example.com:8200',
    VAULT_AUTH_ROLE: 'ci',
    VAULT_AUTH_PATH: 'gitlab/jwt',
    VAULT_NAMESPACE: 'team',
  };
  const vaultOf = (data: object, change: object = {}) => ({
    url: 'https://vault.example.com:8200',
    namespace: '',
    auth: { name: 'jwt', path: 'jwt', data },
    ...change,
  });

  it("tell the runner where to fetch them, by the project's variables", async () => {
    const config = `build:
  script: x
  id_tokens: {FIRST: {aud: a}, SECOND: {aud: b}}
  secrets:
    DB: {vault: shop/db/password@ops}
    KEY: {vault: {engine: {name: kv-v1, path: kv}, path: shop/key, field: pem}, file: false, token: $SECOND}
`;
    const project = await app.addProject(config);
    for (const [key, value] of Object.entries(VARIABLES)) await project.addVariable({ key, value });
    const runner = await app.addRunner(project);
    await project.run();
    const { payload } = await runner.mustTake('build');
    const server = (jwt: string) =>
      vaultOf(
        { jwt, role: 'ci' },
        { namespace: 'team', auth: { name: 'jwt', path: 'gitlab/jwt', data: { jwt, role: 'ci' } } },
      );
    expect(payload.secrets).toEqual({
      DB: {
        vault: { server: server('$FIRST'), engine: { name: 'kv-v2', path: 'ops' }, path: 'shop/db', field: 'password' },
        file: true,
      },
      KEY: {
        vault: { server: server('$SECOND'), engine: { name: 'kv-v1', path: 'kv' }, path: 'shop/key', field: 'pem' },
        file: false,
      },
    });
  });

  it('take defaults, and of several tokens the one that is named as usual', async () => {
    const tokens = '{OTHER: {aud: a}, VAULT_ID_TOKEN: {aud: b}}';
    const { runner } = await app.scene(
      `build: {script: x, variables: {VAULT_SERVER_URL: "https://vault.example.com:8200"}, id_tokens: ${tokens}, secrets: {S: {vault: a/b}}}`,
    );
    const { payload } = await runner.mustTake('build');
    expect(payload.secrets?.['S']?.vault?.server).toEqual(vaultOf({ jwt: '$VAULT_ID_TOKEN' }));
  });

  it('fail the job where no server is named', async () => {
    const { runner, pipeline } = await app.scene('build: {script: x, secrets: {S: {vault: a/b}}}');
    expect(await runner.take()).toBeUndefined();
    const job = await pipeline.job('build');
    expect([job.at('status'), job.at('failure_reason')]).toEqual(['failed', 'secrets_provider_not_found']);
  });

  it('are not for a runner that cannot fetch them', async () => {
    const { runner, pipeline } = await app.scene(
      'build: {script: x, variables: {VAULT_SERVER_URL: "https://v"}, secrets: {S: {vault: a/b}}}',
      { features: ['variables', 'return_exit_code'] },
    );
    expect(await runner.take()).toBeUndefined();
    expect((await pipeline.job('build')).at('failure_reason')).toBe('runner_unsupported');
  });
});
