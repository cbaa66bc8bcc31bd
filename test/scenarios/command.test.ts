import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PenstockProcess } from '../support/penstock-process.ts';
import { RestClient } from '../support/rest-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const PENSTOCK = join(import.meta.dirname, '..', '..', 'bin', 'penstock');

/** Runs the command as a user does: from any folder, with nothing in the environment. */
const penstock = (args: readonly string[], environment: Readonly<Record<string, string>> = {}, cwd = '/') => {
  const { status, stdout, stderr } = spawnSync(PENSTOCK, args, {
    cwd,
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

describe('the command', () => {
  it.each(['serve', 'runner', 'lint', 'why', 'token', 'migrate', 'version'])('%s has a help', (name) => {
    const { status, stdout } = penstock([name, '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: penstock ${name}`);
  });

  it('works through a link from anywhere', () => {
    const folder = temporaryFolder();
    symlinkSync(PENSTOCK, join(folder, 'linked'));
    const { stdout } = spawnSync(join(folder, 'linked'), ['version'], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toMatch(/^penstock \d+\.\d+\.\d+ \(speaks GitLab 19\./);
  });

  it.each([
    [{ PENSTOCK_PORT: 'http' }, 'PENSTOCK_PORT must be a whole number from 0 to 65535, not "http"'],
    [{ PENSTOCK_PORT: '70000' }, 'PENSTOCK_PORT must be a whole number'],
    [{ PENSTOCK_RUNNER: 'docker' }, 'PENSTOCK_RUNNER must be embedded or off, not "docker"'],
    [{ PENSTOCK_RUNNER_CONCURRENCY: '0' }, 'PENSTOCK_RUNNER_CONCURRENCY must be a whole number'],
    [{ PENSTOCK_EXTERNAL_URL: 'ci.example.org' }, 'PENSTOCK_EXTERNAL_URL must be an http or https address'],
    [{ DATABASE_URL: 'mysql://root:secret@db/x' }, 'DATABASE_URL must be an address such as postgresql://'],
    [{ PENSTOCK_ROOT_PASSWORD: 'short' }, 'PENSTOCK_ROOT_PASSWORD must have at least 8 characters'],
    [{ PENSTOCK_ROOT_TOKEN: 'short' }, 'PENSTOCK_ROOT_TOKEN must be 20 to 255'],
    [{ PENSTOCK_LOG_LEVEL: 'loud' }, 'PENSTOCK_LOG_LEVEL must be one of'],
  ])('a wrong value is one clear line and status 2: %o', (environment, sentence) => {
    const folder = temporaryFolder();
    const { status, stderr } = penstock(['serve', '--data', folder], environment, folder);
    expect(status).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('secret');
    expect(existsSync(join(folder, 'postgres'))).toBe(false);
  });

  it('an unknown command or option is status 2', () => {
    expect(penstock(['serve', '--prot', '1']).status).toBe(2);
    expect(penstock(['server']).status).toBe(2);
  });

  it('a key file that is none is one line and status 2', () => {
    const folder = temporaryFolder();
    const { status, stderr } = penstock(['serve'], {
      PENSTOCK_DATA: folder,
      PENSTOCK_SECRET_KEY_FILE: join(import.meta.dirname, 'command.test.ts'),
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^penstock: secret key file .* line 1 /);
  });
});

describe('lint and why', () => {
  const folderOf = (content: string): string => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.gitlab-ci.yml'), content);
    return folder;
  };

  it('lint is status 0 for a sound file, 1 for another, 2 for none; findings go to standard output', () => {
    const sound = penstock(['lint'], {}, folderOf('a: {script: x}\n'));
    expect(sound).toEqual({ status: 0, stdout: '.gitlab-ci.yml is valid: 1 job in 1 stage\n', stderr: '' });
    const wrong = penstock(['lint'], {}, folderOf('a: {script: x, retry: 9}\n'));
    expect(wrong.status).toBe(1);
    expect(wrong.stdout).toMatch(/^\.gitlab-ci\.yml:1:16: error: /);
    expect(penstock(['lint'], {}, temporaryFolder())).toEqual({
      status: 2,
      stdout: '',
      stderr: 'penstock: .gitlab-ci.yml cannot be read: no such file or directory\n',
    });
  });

  it('why takes a job alone', () => {
    const { status, stdout } = penstock(['why', 'a'], {}, folderOf('a: {script: x}\nb: {script: x}\n'));
    expect(status).toBe(0);
    expect(stdout).toContain('a is in the pipeline: it has no rules\n');
    expect(stdout).not.toContain('b is');
  });
});

describe('a value that cannot be used', () => {
  it.each([
    ['serve', ['--data', '/dev/null'], /^penstock: the data folder \/dev\/null cannot be made/],
    [
      'serve',
      ['--secret-key-file', '/no-such-folder/key'],
      /^penstock: the key file \/no-such-folder\/key can be neither/,
    ],
    ['runner', ['--url', 'x', '--token', 'y'], /^penstock: --url must be an address .* not "x"/],
  ])('of %s %j is one line and status 2', (command, flags, sentence) => {
    const folder = temporaryFolder();
    const { status, stderr } = penstock([command, ...flags], {}, folder);
    expect([status, stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(stderr).toMatch(sentence);
  });

  it('is not the version, which --version says like the command', () => {
    expect(penstock(['--version']).stdout).toBe(penstock(['version']).stdout);
  });
});

describe('penstock serve on a data folder of its own', () => {
  let server: PenstockProcess;

  beforeAll(async () => {
    server = new PenstockProcess();
    await server.start();
  });

  afterAll(() => server.dispose());

  it('answers the health checks', async () => {
    expect(await (await fetch(`${server.url}/-/health`)).text()).toBe('GitLab OK');
    expect((await fetch(`${server.url}/-/liveness`)).status).toBe(200);
    expect(await (await fetch(`${server.url}/-/readiness`)).json()).toMatchObject({ status: 'ok' });
  });

  it('makes its key for the owner alone', () => {
    expect(statSync(join(server.dataDir, 'secret.key')).mode & 0o777).toBe(0o600);
  });

  it('token create works beside the running server and its token works', async () => {
    const { status, stdout } = penstock(['token', 'create', '--data', server.dataDir, '--scopes', 'read_api']);
    expect(status).toBe(0);
    const token = stdout.trim();
    expect(token).toMatch(/^glpat-[\w-]{20}$/);
    const rest = new RestClient(server.api, token);
    expect(await rest.get('/user')).toMatchObject({ status: 200, body: { username: 'root' } });
    expect((await rest.post('/projects', { name: 'no' })).status).toBe(403);
    expect(penstock(['token', 'create', '--data', server.dataDir, '--user', 'nobody']).status).toBe(1);
    expect(penstock(['token', 'create', '--data', server.dataDir, '--scopes', 'everything']).status).toBe(2);
  });

  it('a second server on the same folder is refused, the first goes on', async () => {
    const { status, stderr } = penstock(['serve'], { PENSTOCK_DATA: server.dataDir, PENSTOCK_PORT: '0' });
    expect(status).not.toBe(0);
    expect(stderr.trim()).not.toBe('');
    expect((await fetch(`${server.url}/-/readiness`)).status).toBe(200);
  });

  it('SIGTERM ends it in order with database and runner; the next start keeps the data', async () => {
    const rest = new RestClient(server.api, server.rootToken);
    await rest.post('/projects', { path: 'kept', name: 'kept' });
    await server.terminate();
    expect(existsSync(join(server.dataDir, 'postgres', 'cluster', 'postmaster.pid'))).toBe(false);
    expect(existsSync(join(server.dataDir, 'runner', 'runner.lock'))).toBe(false);
    await server.start();
    expect((await rest.get('/projects/root%2Fkept')).status).toBe(200);
    expect(server.log).not.toContain(server.rootToken);
  });
});

describe('the first start', () => {
  it('prints address, generated password and a curl example; the password signs in', async () => {
    const folder = temporaryFolder();
    const child = spawn(PENSTOCK, ['serve', '--port', '0', '--runner', 'off', '--data', folder], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    try {
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      await until(() => output.includes('curl '), 'the welcome is printed');
      const url = /^listening on (\S+)$/m.exec(output)?.[1] ?? '';
      const password = /password {2}(\S+)/.exec(output)?.[1] ?? '';
      expect(output).toContain('PRIVATE-TOKEN');
      const signedIn = await fetch(`${url}/-/sign_in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login: 'root', password }),
      });
      expect(signedIn.status).toBe(200);
      expect(readFileSync(join(folder, 'secret.key'), 'utf8')).not.toContain(password);
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  });
});
