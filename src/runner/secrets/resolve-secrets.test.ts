import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VaultServer } from '../../../test/support/vault-server.ts';
import type { JobPayload, JobSecret, JobUpdateBody, VaultSecret } from '../../wire/runner-protocol.ts';
import { plainLog, Sandbox, variable } from '../testing/sandbox.ts';

let sandbox: Sandbox;
let issuer: Server;
let jwt: string;
let vault: VaultServer;

/** Somebody who signs tokens, with discovery and keys. */
const openIssuer = async (): Promise<{ readonly server: Server; readonly token: string; readonly url: string }> => {
  const pair = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  let url = '';
  const server = createServer((request, response) => {
    const isKeys = request.url === '/keys';
    response.end(JSON.stringify(isKeys ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/keys` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const token = await new SignJWT({ project_id: '7' })
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .setIssuer(url)
    .setAudience('vault')
    .setExpirationTime('1h')
    .sign(pair.privateKey);
  return { server, token, url };
};

const DOLLARS = 'pa$$w0rd-$HOME-8f1e';
const KEY_FILE = '-----BEGIN KEY-----\n  s3cr3t-l1ne\n-----END KEY-----\n';

beforeAll(async () => {
  sandbox = await Sandbox.open();
  const made = await openIssuer();
  [issuer, jwt] = [made.server, made.token];
  vault = new VaultServer({
    issuer: made.url,
    authPath: 'ci/jwt',
    namespace: 'team',
    defaultRole: 'ci',
    roles: {
      ci: { boundAudiences: ['vault'], boundClaims: { project_id: '7' } },
      others: { boundAudiences: ['vault'], boundClaims: { project_id: '8' } },
    },
    kv1: { old: { 'apps/shop': { token: 'from-version-1' } } },
    kv2: { 'ops/kv': { 'apps/shop db': { password: DOLLARS, key: KEY_FILE, port: 5432 } } },
  });
  await vault.open();
});

beforeEach(() => {
  vault.calls.splice(0);
});

afterAll(async () => {
  await sandbox.close();
  await vault.close();
  await new Promise((resolve) => issuer.close(resolve));
});

const server = (change: Partial<VaultSecret['server']> = {}, data: Record<string, string> = {}) => ({
  url: vault.url,
  namespace: 'team',
  auth: { name: 'jwt', path: 'ci/jwt', data: { jwt: '$VAULT_ID_TOKEN', ...data } },
  ...change,
});

const kv2 = (field: string, change: Partial<VaultSecret> = {}): VaultSecret => ({
  server: server(),
  engine: { name: 'kv-v2', path: 'ops/kv' },
  path: 'apps/$APP db',
  field,
  ...change,
});

interface Ran {
  readonly final: JobUpdateBody;
  readonly log: string;
  readonly raw: string;
}

const run = async (
  script: readonly string[],
  secrets: Readonly<Record<string, JobSecret>>,
  change: Partial<JobPayload> = {},
): Promise<Ran> => {
  const variables = [
    variable('VAULT_ID_TOKEN', jwt, { masked: true }),
    variable('APP', 'shop'),
    ...(change.variables ?? []),
  ];
  const job = sandbox.enqueue(script, { ...change, secrets, variables });
  const final = await sandbox.server.untilFinished(job);
  return { final, log: plainLog(job), raw: job.log.toString('utf8') };
};

describe('secrets of Vault', () => {
  it('become files or plain values, exactly as they are, and never show', async () => {
    const { final, log, raw } = await run(
      [
        'test "$PASSWORD" = \'pa$$w0rd-$HOME-8f1e\' && echo same',
        'echo "password: $PASSWORD"',
        'cat "$KEY"; wc -c < "$KEY"',
        'echo "port $(cat "$PORT"), old $OLD"',
      ],
      {
        PASSWORD: { vault: kv2('password'), file: false },
        KEY: { vault: kv2('key') },
        PORT: { vault: kv2('port'), file: true },
        OLD: { vault: kv2('token', { engine: { name: 'kv-v1', path: 'old' }, path: 'apps/shop' }), file: false },
      },
    );
    expect(final.state).toBe('success');
    expect(log).toMatch(
      /^Resolving secrets\nResolving secret "PASSWORD"\.\.\.\nUsing "vault" secret resolver\.\.\.\n/m,
    );
    expect(log).toContain('same\n');
    expect(log).toContain('password: [MASKED]\n');
    expect(log).toContain(`\n${KEY_FILE.length}\n`);
    for (const value of [DOLLARS, KEY_FILE.trim(), 'from-version-1', jwt]) expect(raw).not.toContain(value);
    expect(log).toContain('port [MASKED], old [MASKED]\n');
  });

  it('take one login for all of the same server', async () => {
    await run(['true'], { A: { vault: kv2('password') }, B: { vault: kv2('key') } });
    expect(vault.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/auth/ci/jwt/login',
      'GET /v1/ops/kv/data/apps/shop%20db',
      'GET /v1/ops/kv/data/apps/shop%20db',
    ]);
  });

  it('are stronger than variables of the same name', async () => {
    const { log } = await run(
      ['test "$OLD" = mine || echo "the secret won"'],
      { OLD: { vault: kv2('password'), file: false } },
      { variables: [variable('OLD', 'mine')] },
    );
    expect(log).toContain('the secret won\n');
  });
});

describe('a job whose secrets cannot be had', () => {
  const cases: readonly (readonly [string, () => JobSecret, RegExp, string])[] = [
    [
      'because its claims are not those of the role',
      () => ({ vault: kv2('password', { server: server({}, { role: 'others' }) }) }),
      /resolving secret "S": POST auth\/ci\/jwt\/login: Vault answered 400: .*claim "project_id" does not match/,
      'runner_system_failure',
    ],
    [
      'because the field is not there',
      () => ({ vault: kv2('passwort') }),
      /resolving secret "S": secret not found/,
      'runner_system_failure',
    ],
    [
      'because the path is not there',
      () => ({ vault: kv2('password', { path: 'nowhere' }) }),
      /resolving secret "S": secret not found/,
      'runner_system_failure',
    ],
    [
      'because the namespace is another',
      () => ({ vault: kv2('password', { server: server({ namespace: 'else' }) }) }),
      /Vault answered 403: permission denied/,
      'runner_system_failure',
    ],
    [
      'because its path would climb out of the engine',
      () => ({ vault: kv2('password', { path: '../../sys/seal' }) }),
      /may not hold "\." or "\.\."/,
      'runner_system_failure',
    ],
    [
      'because it has no token',
      () => ({
        vault: kv2('password', {
          server: server({ auth: { name: 'jwt', path: 'jwt', data: { jwt: '$NO_SUCH_TOKEN' } } }),
        }),
      }),
      /no token to log in with/,
      'runner_system_failure',
    ],
    [
      'because nobody is there',
      () => ({ vault: kv2('password', { server: server({ url: 'http://127.0.0.1:1' }) }) }),
      /Vault at http:\/\/127\.0\.0\.1:1 cannot be reached/,
      'runner_system_failure',
    ],
    [
      'because the address is none',
      () => ({ vault: kv2('password', { server: server({ url: 'ftp://vault' }) }) }),
      /VAULT_SERVER_URL/,
      'runner_system_failure',
    ],
    [
      'because the engine is of another kind',
      () => ({ vault: kv2('password', { engine: { name: 'pki', path: 'pki' } }) }),
      /the secrets engine "pki" is not supported/,
      'runner_system_failure',
    ],
  ];

  it.each(cases)('%s fails before its script', async (_why, secret, message, reason) => {
    const { final, log, raw } = await run(['echo "the script ran"'], { S: secret() });
    expect(final).toMatchObject({ state: 'failed', failure_reason: reason });
    expect(log).toMatch(message);
    expect(log).not.toContain('the script ran');
    expect(raw).not.toContain(jwt);
  });

  it('because Vault is sealed fails for something outside', async () => {
    vault.broken = { status: 503, times: 1 };
    const features = { trace_sections: true, failure_reasons: ['runner_external_dependency_failure'] };
    const { final, log } = await run(['true'], { S: { vault: kv2('password') } }, { features });
    expect(final).toMatchObject({ state: 'failed', failure_reason: 'runner_external_dependency_failure' });
    expect(log).toContain('Vault answered 503: Vault is sealed');
  });
});

describe('a secret of another provider', () => {
  it('is left out with a warning', async () => {
    const { final, log } = await run(['echo "<${G-unset}>"'], { G: { file: true } });
    expect(final.state).toBe('success');
    expect(log).toContain('secret "G" is of a provider that this runner does not know');
    expect(log).toContain('<unset>\n');
  });
});
