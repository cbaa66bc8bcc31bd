import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JOB_TOKEN, plainLog, Sandbox, step, type TestRepository, variable } from './testing/sandbox.ts';

let sandbox: Sandbox;
let repository: TestRepository;
beforeEach(async () => {
  sandbox = await Sandbox.open({ concurrency: 1 });
  repository = sandbox.repository('group/app', { 'file.txt': 'first\n', 'folder/run.sh': 'echo run\n' });
});
afterEach(() => sandbox.close());

const run = async (script: readonly string[], change: Parameters<Sandbox['enqueue']>[1] = {}) => {
  const job = sandbox.enqueue(script, { git_info: sandbox.gitInfo('group/app', repository), ...change });
  const final = await sandbox.server.untilFinished(job);
  return { final, log: plainLog(job), job };
};

const project = (): string => join(sandbox.stateDir, 'builds', 'runnertok', '0', 'group', 'app');

describe('sources', () => {
  it('are checked out at the commit, with the job token as a header', async () => {
    const { final, log } = await run(['cat file.txt', 'git rev-parse HEAD', 'git status --short']);
    expect(final.state).toBe('success');
    expect(log).toContain(`first\n$ git rev-parse HEAD\n${repository.head()}\n`);
    expect(log).toContain(`Checking out ${repository.head().slice(0, 8)} as detached HEAD (ref is main)...`);
    expect(log).toContain('Created fresh repository.');
    const basic = Buffer.from(`gitlab-ci-token:${JOB_TOKEN}`).toString('base64');
    expect(sandbox.server.gitRequests[0]?.authorization).toBe(`Basic ${basic}`);
  });

  it('leave no token in the repository, nor anywhere once the job is over', async () => {
    await run(['cp .git/config ../seen', 'git config --get remote.origin.url', 'cp -r ../app.tmp ../copy']);
    expect(readFileSync(join(project(), '.git', 'config'), 'utf8')).not.toContain(JOB_TOKEN);
    expect(readFileSync(join(project(), '..', 'copy', '.gitlab-runner.ext.conf'), 'utf8')).toContain(JOB_TOKEN);
    expect(existsSync(`${project()}.tmp`)).toBe(false);
  });

  it("let the job's own git commands reach the server", async () => {
    const { final } = await run(['git fetch origin main', 'git ls-remote origin']);
    expect(final.state).toBe('success');
    expect(sandbox.server.gitRequests.at(-1)?.authorization).toMatch(/^Basic /);
  });

  it('are fetched into what an earlier job left, which is cleaned', async () => {
    await run(['echo rubbish > rubbish', 'echo changed > file.txt', 'touch .git/index.lock .git/refs/heads/x.lock']);
    repository.commit({ 'file.txt': 'second\n' });
    const { final, log } = await run(['cat file.txt', 'ls']);
    expect(final.state).toBe('success');
    expect(log).toContain('Reinitialized existing Git repository');
    expect(log).toContain('second\n$ ls\nfile.txt\nfolder\n');
  });

  it('stay uncleaned with GIT_CLEAN_FLAGS=none', async () => {
    await run(['echo rubbish > rubbish']);
    const { log } = await run(['cat rubbish'], { variables: [variable('GIT_CLEAN_FLAGS', 'none')] });
    expect(log).toContain('rubbish\n');
  });

  it('are as deep as the server says, and whole again when it says 0', async () => {
    for (const text of ['2', '3', '4']) repository.commit({ 'file.txt': text });
    const git_info = sandbox.gitInfo('group/app', repository, { depth: 2 });
    const shallow = await run(['git rev-list --count HEAD'], { git_info });
    expect(shallow.log).toContain('Fetching changes with git depth set to 2...');
    expect(shallow.log).toContain('count HEAD\n2\n');
    const whole = await run(['git rev-list --count HEAD']);
    expect(whole.log).toContain('count HEAD\n4\n');
  });

  it('are made anew by GIT_STRATEGY=clone', async () => {
    await run(['touch .git/marker']);
    const { log } = await run(['ls .git/marker || echo gone'], { variables: [variable('GIT_STRATEGY', 'clone')] });
    expect(log).toContain('gone\n');
  });

  it('are left alone by GIT_STRATEGY=none, and absent with empty', async () => {
    await run(['echo rubbish > rubbish']);
    const none = await run(['cat rubbish'], { variables: [variable('GIT_STRATEGY', 'none')] });
    expect(none.log).toContain('rubbish\n');
    expect(none.log).toContain('Skipping Git repository setup\nSkipping Git checkout\nSkipping Git submodules setup\n');
    const empty = await run(['ls -A | wc -l', 'pwd'], { variables: [variable('GIT_STRATEGY', 'empty')] });
    expect(empty.log).toMatch(/wc -l\n0\n\$ pwd\n.*\/app-empty\n/);
  });

  it('are only fetched when GIT_CHECKOUT is false', async () => {
    await run(['true']);
    const first = repository.head();
    repository.commit({ 'file.txt': 'second\n' });
    const { log } = await run(['git rev-parse HEAD', 'git rev-parse origin/main'], {
      variables: [variable('GIT_CHECKOUT', 'false')],
    });
    expect(log).toContain(`HEAD\n${first}\n`);
    expect(log).toContain(`origin/main\n${repository.head()}\n`);
  });

  it('fail with exit code 128 when a refspec does not exist, and after_script does not run', async () => {
    const git_info = sandbox.gitInfo('group/app', repository, { refspecs: ['+refs/pipelines/9:refs/pipelines/9'] });
    const { final, log } = await run([], {
      git_info,
      steps: [step('script', ['true']), step('after_script', ['true'])],
    });
    expect(final).toMatchObject({ state: 'failed', failure_reason: 'script_failure', exit_code: 128 });
    expect(log).toContain("couldn't find remote ref refs/pipelines/9");
    expect(log).not.toContain('Running after script');
  });

  it('do not take a ref for an option', async () => {
    const git_info = sandbox.gitInfo('group/app', repository, {
      refspecs: ['--upload-pack=touch /tmp/penstock-owned;'],
    });
    const { final } = await run(['true'], { git_info });
    expect(final).toMatchObject({ state: 'failed', exit_code: 128 });
    expect(existsSync('/tmp/penstock-owned')).toBe(false);
  });

  it('are made anew when the existing checkout is broken', async () => {
    await run(['rm -rf .git/objects', 'mkdir .git/objects', 'echo garbage > .git/HEAD']);
    const { final, log } = await run(['cat file.txt']);
    expect(final.state).toBe('success');
    expect(log).toContain('cat file.txt\nfirst\n');
  });

  it('come again after the server was away in the middle', async () => {
    const { server } = sandbox;
    server.answerOnce('GET', /app\.git\/info\/refs$/, async (_, response) => {
      response.destroy();
      await server.close();
      await server.open();
    });
    const { final, log } = await run(['cat file.txt']);
    expect(log).toContain('WARNING: the server cannot be reached, waiting for it...');
    expect(final.state).toBe('success');
  });

  it('run the hooks around them in the shell of the job', async () => {
    const { log } = await run(['true'], {
      variables: [variable('WHO', 'hook')],
      hooks: [
        { name: 'pre_get_sources_script', script: ['echo "pre $WHO"'] },
        { name: 'post_get_sources_script', script: ['echo "post $WHO $(cat file.txt)"'] },
      ],
    });
    expect(log).toMatch(/pre hook\n[\s\S]*Checking out[\s\S]*post hook first\n/);
  });

  it('include submodules of the same server', async () => {
    const library = sandbox.repository('group/library', { 'lib.txt': 'library\n' });
    repository.git('submodule', '--quiet', 'add', '../library.git', 'lib');
    repository.git('config', '-f', '.gitmodules', 'submodule.lib.url', '../library.git');
    repository.commit({ 'file.txt': 'with library\n' });
    const none = await run(['ls lib | wc -l']);
    expect(none.log).toContain('Skipping Git submodules setup');
    for (const strategy of ['normal', 'recursive']) {
      const { final, log } = await run(['cat lib/lib.txt', 'git -C lib fetch origin'], {
        variables: [variable('GIT_SUBMODULE_STRATEGY', strategy), variable('GIT_SUBMODULE_DEPTH', '1')],
      });
      expect(log).toContain('cat lib/lib.txt\nlibrary\n');
      expect(final.state).toBe('success');
    }
    expect(library.head()).toMatch(/^[0-9a-f]{40}$/);
  });

  it('refuse a clone path and an unknown submodule strategy', async () => {
    const path = await run(['true'], { variables: [variable('GIT_CLONE_PATH', '/tmp/elsewhere')] });
    expect(path.final).toMatchObject({ state: 'failed', failure_reason: 'script_failure' });
    const strategy = await run(['true'], { variables: [variable('GIT_SUBMODULE_STRATEGY', 'some')] });
    expect(strategy.final).toMatchObject({ state: 'failed', failure_reason: 'script_failure', exit_code: 1 });
  });
});

describe("the runner's own git", () => {
  it('takes nothing from the variables of the job', async () => {
    const witness = join(sandbox.folder, 'witness');
    const script = join(sandbox.folder, 'evil.sh');
    writeFileSync(script, `#!/bin/sh\necho "$0 $*" >> ${witness}\nexit 1\n`, { mode: 0o755 });
    const names = [
      'GIT_SSH_COMMAND',
      'GIT_ASKPASS',
      'GIT_PROXY_COMMAND',
      'GIT_EXTERNAL_DIFF',
      'GIT_EDITOR',
      'BASH_ENV',
    ];
    const { final, log } = await run(['true'], {
      variables: [
        ...names.map((name) => variable(name, script)),
        variable('LD_PRELOAD', '/nowhere/evil.so'),
        variable('PATH', '/nowhere'),
        variable('GIT_DIR', '/nowhere'),
        variable('GIT_CONFIG_COUNT', '1'),
        variable('GIT_CONFIG_KEY_0', 'core.fsmonitor'),
        variable('GIT_CONFIG_VALUE_0', script),
        variable('GIT_CONFIG_GLOBAL', '/nowhere'),
        variable('GIT_TRACE', '1'),
        variable('HOME', '/nowhere'),
      ],
    });
    expect(final.state).toBe('success');
    expect(log).not.toMatch(/LD_PRELOAD|trace: built-in/);
    expect(existsSync(witness)).toBe(false);
  });

  it('runs no hook, filter or monitor that an earlier job planted', async () => {
    const witness = join(sandbox.folder, 'witness');
    await run([
      `printf '#!/bin/sh\\ntouch ${witness}\\n' > ../evil; chmod +x ../evil; EVIL=$(realpath ../evil)`,
      'mkdir -p .git/hooks; for h in post-checkout reference-transaction; do cp ../evil .git/hooks/$h; done',
      'git config core.fsmonitor "$EVIL"; git config core.hooksPath "$(realpath ..)"; cp ../evil ../post-checkout',
      'git config --global core.fsmonitor "$EVIL"; git config core.sshCommand "$EVIL"',
    ]);
    repository.commit({ 'file.txt': 'second\n' });
    const { final } = await run(['cat file.txt'], { variables: [variable('GIT_STRATEGY', 'fetch')] });
    expect(final.state).toBe('success');
    // The job's own git may still run what its user configured; the runner's may not.
    expect(existsSync(witness)).toBe(false);
  });
});
