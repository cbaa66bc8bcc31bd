import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { PenstockProcess } from '../support/penstock-process.ts';
import { RestClient } from '../support/rest-client.ts';
import {
  jobNamed,
  makeProject,
  makeTriggerToken,
  traceOf,
  triggerPipeline,
  untilPipelineIsOver,
} from '../support/scenario.ts';
import { VaultServer } from '../support/vault-server.ts';

const PASSWORD = 'correct-$HOME-battery-staple';
const PEM = '-----BEGIN KEY-----\nbG9uZyBzZWNyZXQ\n-----END KEY-----\n';
const OLD = 'kept-in-version-1';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const CONFIG = `
variables:
  VAULT_AUTH_ROLE: shop
default:
  id_tokens:
    VAULT_ID_TOKEN: {aud: "$VAULT_SERVER_URL"}
fetch:
  secrets:
    PASSWORD: {vault: shop/$CI_COMMIT_REF_NAME/db/password@ops, file: false}
    PEM: {vault: shop/key/pem@ops}
    OLD: {vault: {engine: {name: kv-v1, path: old}, path: shop, field: token}, file: false, token: $VAULT_ID_TOKEN}
  script:
    - echo "password $PASSWORD, old $OLD, token $VAULT_ID_TOKEN"
    - printf %s "$PASSWORD" | sha256sum | grep ${digest(PASSWORD)} && echo "the password is right"
    - cat "$PEM" && sha256sum < "$PEM" | grep ${digest(PEM)} && echo "the key is right"
  after_script:
    - echo "afterwards $PASSWORD"
forbidden:
  variables: {VAULT_AUTH_ROLE: other-project}
  secrets:
    PASSWORD: {vault: shop/main/db/password@ops}
  script: echo "the script ran"
  allow_failure: true
`;

describe('secrets from a Vault that trusts the server by its published keys', () => {
  let database: TestDatabase;
  let server: PenstockProcess;
  let vault: VaultServer;
  let rest: RestClient;
  let project: number;

  beforeAll(async () => {
    database = await testDatabase();
    server = new PenstockProcess({ databaseUrl: database.url });
    await server.start();
    rest = new RestClient(server.api, server.rootToken);
    project = await makeProject(rest, 'shop', { '.gitlab-ci.yml': CONFIG });
    const bound = { project_id: String(project), ref: 'main', ref_type: 'branch', ref_protected: 'true' };
    const audience: string[] = [];
    vault = new VaultServer({
      issuer: server.url,
      roles: {
        shop: { boundAudiences: audience, boundClaims: bound },
        'other-project': { boundAudiences: audience, boundClaims: { ...bound, project_id: '0' } },
      },
      kv1: { old: { shop: { token: OLD } } },
      kv2: { ops: { 'shop/main/db': { password: PASSWORD }, 'shop/key': { pem: PEM } } },
    });
    await vault.open();
    audience.push(vault.url);
    const variable = { key: 'VAULT_SERVER_URL', value: vault.url };
    await rest.post(`/projects/${project}/variables`, variable);
  });

  afterAll(async () => {
    await server.dispose();
    await vault.close();
  });

  it('reach the job and nothing else', async () => {
    const trigger = await makeTriggerToken(rest, project);
    const pipeline = await triggerPipeline(rest, project, trigger);
    expect(await untilPipelineIsOver(rest, project, pipeline)).toBe('success');
    const job = await jobNamed(rest, project, pipeline, 'fetch');
    const trace = await traceOf(rest, project, job.id);
    expect(trace).toContain('password [MASKED], old [MASKED], token [MASKED]');
    expect(trace).toContain('the password is right\n');
    expect(trace).toContain('the key is right\n');
    expect(trace).toContain('afterwards [MASKED]');
    expect(vault.logins).toEqual([
      expect.objectContaining({
        iss: server.url,
        sub: 'project_path:root/shop:ref_type:branch:ref:main',
        aud: vault.url,
        project_path: 'root/shop',
        job_id: String(job.id),
        pipeline_source: 'trigger',
        user_login: 'root',
      }),
    ]);
    const secrets = [PASSWORD, OLD, 'bG9uZyBzZWNyZXQ'];
    for (const secret of [...secrets, 'eyJ']) expect(trace).not.toContain(secret);
    for (const secret of secrets) expect(server.log).not.toContain(secret);
    const { rows } = await sql<{ readonly text: string }>`select jobs::text as text from jobs`.execute(database.db);
    for (const secret of secrets) expect(rows.map((row) => row.text).join()).not.toContain(secret);
  });

  it('are refused to a job whose claims are not those of the role, and the log says so', async () => {
    const { body: pipelines } = await rest.get<readonly { readonly id: number }[]>(`/projects/${project}/pipelines`);
    const job = await jobNamed(rest, project, pipelines[0]?.id ?? 0, 'forbidden');
    expect(job).toMatchObject({ status: 'failed', failure_reason: 'runner_system_failure' });
    const trace = await traceOf(rest, project, job.id);
    expect(trace).toContain('claim "project_id" does not match any associated bound claim values');
    expect(trace).not.toContain('the script ran');
    expect(trace).not.toContain('eyJ');
  });
});
