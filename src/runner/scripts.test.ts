import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOB_TOKEN, plainLog, Sandbox, step, TOKEN, variable } from './testing/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open({ outputLimit: 64 * 1024 });
});
afterAll(() => sandbox.close());

/** Runs a job to its end. */
const run = async (script: readonly string[], change: Parameters<Sandbox['enqueue']>[1] = {}) => {
  const job = sandbox.enqueue(script, change);
  const final = await sandbox.server.untilFinished(job);
  return { job, final, log: plainLog(job) };
};

describe('a job', () => {
  it('runs its script, sends its log and its result', async () => {
    const { job, final, log } = await run(['echo hello', 'echo "two\nlines"']);
    expect(job.updates[0]).toMatchObject({ state: 'running', output: {} });
    expect(final).toMatchObject({ state: 'success' });
    expect(final.exit_code).toBeUndefined();
    expect(log).toContain('$ echo hello\nhello\n');
    expect(log).toContain('$ echo "two # collapsed multi-line command\ntwo\nlines\n');
    expect(log).toMatch(/^Running with penstock-runner .*\n {2}on .* runnertok, system ID: s_[a-z0-9]{12}\n/);
    expect(log.endsWith('Job succeeded\n')).toBe(true);
  });

  it('reports count and checksum of exactly the bytes it sent', async () => {
    const { job, final } = await run(["printf 'h\\xff\\n'"]);
    const checksum = `crc32:${crc32(job.log).toString(16).padStart(8, '0')}`;
    expect(final).toMatchObject({ checksum, output: { checksum, bytesize: job.log.length } });
    expect(job.log.includes('h\ufffd\n')).toBe(true);
  });

  it('marks its sections in order', async () => {
    const { job } = await run(['true'], { steps: [step('script', ['true']), step('after_script', ['true'])] });
    const names = [...job.log.toString().matchAll(/section_(start|end):\d{10}:(\w+)\r\u001b\[0K/g)].map(
      ([, kind, name]) => `${kind} ${name}`,
    );
    const order = ['prepare_executor', 'prepare_script', 'get_sources', 'step_script', 'after_script'];
    expect(names).toEqual([...order, 'cleanup_file_variables'].flatMap((name) => [`start ${name}`, `end ${name}`]));
  });

  it('writes no markers when the server does not take them', async () => {
    const { job } = await run(['true'], { features: {} });
    expect(job.log.includes('section_')).toBe(false);
  });
});

describe('a failing script', () => {
  it('ends at the first failing command, with its exit code', async () => {
    const { final, log } = await run(['echo before', '(exit 3)', 'echo never']);
    expect(final).toMatchObject({ state: 'failed', failure_reason: 'script_failure', exit_code: 3 });
    expect(log).toContain('before');
    expect(log).not.toContain('never');
    expect(log.endsWith('ERROR: Job failed: exit status 3\n')).toBe(true);
  });

  it.each([
    ['a failure inside a pipe', ['false | cat'], 1],
    ['an unknown command', ['no-such-command-here'], 127],
    ['a syntax error after a good command', ['echo good', 'if then fi ('], 2],
    ['exit in the middle', ['exit 7', 'echo never'], 7],
    ['a killed command', ['sh -c "kill -9 \\$\\$"'], 137],
  ])('%s', async (_, script, code) => {
    const { final } = await run(script);
    expect(final).toMatchObject({ state: 'failed', failure_reason: 'script_failure', exit_code: code });
  });

  it('reports -1 when the shell itself is killed', async () => {
    const { final } = await run(['kill -9 0']);
    expect(final).toMatchObject({ state: 'failed', exit_code: -1 });
  });

  it('does not fail where the shell would not', async () => {
    const { final } = await run(['false || true', 'if false; then :; fi', '! true && true || true']);
    expect(final.state).toBe('success');
  });

  it('skips the next steps but runs after_script, which knows the status', async () => {
    const steps = [
      step('script', ['exit 4']),
      step('release', ['echo released']),
      step('after_script', ['echo "status is $CI_JOB_STATUS"', 'exit 9']),
    ];
    const { final, log } = await run([], { steps });
    expect(final).toMatchObject({ state: 'failed', exit_code: 4 });
    expect(log).toContain('status is failed');
    expect(log).not.toContain('echo released');
    expect(log).toContain('WARNING: after_script failed, but job will continue unaffected: exit status 9');
  });
});

describe('what a script finds', () => {
  it('an empty stdin, real pipes for its output, and both streams in order', async () => {
    const { log } = await run(['cat', 'echo out1; echo err > /dev/stderr; echo out2 > /dev/stdout; echo err2 >&2']);
    expect(log).toContain('out1\nerr\nout2\nerr2\n');
  });

  it('one shell for all lines of a step, in the project directory', async () => {
    const { log } = await run(['cd /', 'X=kept', 'echo "$X in $PWD, project $CI_PROJECT_DIR"']);
    expect(log).toContain(`kept in /, project ${join(sandbox.stateDir, 'builds', 'runnertok', '0', 'group', 'app')}`);
  });

  it('variables exactly as they were set', async () => {
    const value = `it's "q" \\ \`x\` \t two\nlines $5 é`;
    const { log } = await run(['printf "<%s>\\n" "$V"', 'printf "<%s>\\n" "$W"'], {
      variables: [variable('V', value, { raw: true }), variable('W', '$$HOME $UNKNOWN-${X}'), variable('X', 'x')],
    });
    expect(log).toContain(`<${value}>`);
    expect(log).toContain('<$HOME -x>');
  });

  it('file variables, byte for byte, which are gone afterwards', async () => {
    const { final, log } = await run(['echo "$F"', 'od -c "$F" | head -3', 'stat -c "mode %a" "$F"'], {
      variables: [variable('F', 'a\n$b\n\nend', { file: true, raw: true })],
    });
    expect(final.state).toBe('success');
    const path = /\n(\S+app(?:-empty)?\.tmp\/F)\n/.exec(log)?.[1] ?? '';
    expect(log).toContain('0000000   a  \\n   $   b  \\n  \\n   e   n   d\n');
    expect(log).toContain('mode 600');
    expect(path).not.toBe('');
    expect(existsSync(path)).toBe(false);
  });

  it('what earlier stages wrote to GITLAB_ENV, also without a last newline', async () => {
    const script = [
      'echo "A=one two" >> "$GITLAB_ENV"',
      'echo >> "$GITLAB_ENV"',
      'printf "B=\\"b\\"" >> "$GITLAB_ENV"',
    ];
    const { log } = await run([], {
      steps: [step('script', script), step('after_script', ['echo "A is <$A>, B is <$B>"'])],
    });
    expect(log).toContain('A is <one two>, B is <"b">');
  });

  it('the runner knows which variables are its own', async () => {
    const names = ['CI_SERVER', 'CI_CONCURRENT_ID', 'CI_JOB_STATUS', 'CI_JOB_TIMEOUT', 'CI_SHARED_ENVIRONMENT'];
    const { log } = await run([`echo ${names.map((name) => `$${name}`).join(' ')} $CI_RUNNER_SHORT_TOKEN`]);
    expect(log).toContain('yes 0 running 60 true runnertok');
  });

  it('nothing of the environment of the process that runs it', async () => {
    const { log } = await run(['env']);
    expect(log).not.toContain('SECRET_OF_SERVER');
    expect(log).toMatch(/^HOME=.*\/home$/m);
  });

  it('its own PATH, LD_PRELOAD and BASH_ENV, if it wants', async () => {
    const { final, log } = await run(['echo "$BASH_ENV $GIT_SSH_COMMAND"', 'bash -c "echo inner"'], {
      variables: [variable('BASH_ENV', '/nowhere'), variable('GIT_SSH_COMMAND', 'evil')],
    });
    expect(final.state).toBe('success');
    expect(log).toContain('/nowhere evil\n');
  });

  it('all variables but those that a shell cannot hold, which are named', async () => {
    const { final, log } = await run(['echo ok'], { variables: [variable('1ST', 'x'), variable('UID', '5')] });
    expect(final.state).toBe('success');
    expect(log).toContain('WARNING: variables that a shell cannot take were left out: 1ST, UID');
  });
});

describe('secrets', () => {
  it('are masked, also when they come in two pieces, and in what the runner itself writes', async () => {
    const { job } = await run(
      ['printf "x-hush-"', 'printf "hush-y\\n"', 'echo "$SECRET" | rev | rev', 'echo "hush-hush"'],
      {
        variables: [variable('SECRET', 'hush-hush', { masked: true })],
      },
    );
    expect(job.log.includes('hush-hush')).toBe(false);
    expect(plainLog(job)).toContain('$ echo "[MASKED]"\n[MASKED]\n');
  });

  it("the job's and the runner's token never show, marked or not", async () => {
    const { job } = await run([`echo "a ${JOB_TOKEN} b ${TOKEN} c"`]);
    expect(job.log.includes(JOB_TOKEN)).toBe(false);
    expect(plainLog(job)).toContain('\na [MASKED] b [MASKED] c\n');
  });
});

describe('a debug trace', () => {
  it('shows each command and still masks', async () => {
    const { job } = await run(['test -n "$SECRET"'], {
      variables: [variable('CI_DEBUG_TRACE', 'true'), variable('SECRET', "it's-hush", { masked: true })],
    });
    expect(plainLog(job)).toContain("+ test -n '[MASKED]'");
    expect(job.log.includes('s-hush')).toBe(false);
  });
});

describe('limits', () => {
  it('cut the log and let the job go on', async () => {
    const { job, final } = await run(['head -c 200000 /dev/zero | tr "\\0" x', 'exit 5']);
    expect(final).toMatchObject({ state: 'failed', exit_code: 5 });
    expect(job.log.length).toBeLessThan(65 * 1024);
    expect(plainLog(job)).toMatch(/Job's log exceeded limit of 65536 bytes\.\n.*no more output will be collected\.\n$/);
  });

  it('the time of a job: everything ends, nothing more runs', async () => {
    const { final, log } = await run([], {
      runner_info: { timeout: 1 },
      steps: [step('script', ['sleep 1000']), step('after_script', ['echo after'])],
      artifacts: [{ paths: ['x'], when: 'always' }],
    });
    expect(final).toMatchObject({ state: 'failed', failure_reason: 'job_execution_timeout' });
    expect(final.exit_code).toBeUndefined();
    expect(log).not.toContain('Running after script');
    expect(log.endsWith('ERROR: Job failed: execution took longer than 1s seconds\n')).toBe(true);
  });

  it('the time of a script: after_script still runs', async () => {
    const { final, log } = await run([], {
      variables: [variable('RUNNER_SCRIPT_TIMEOUT', '300ms')],
      steps: [step('script', ['sleep 1000']), step('after_script', ['echo "status is $CI_JOB_STATUS"'])],
    });
    expect(final).toMatchObject({ state: 'failed', failure_reason: 'job_execution_timeout' });
    expect(log).toContain('status is timedout');
  });

  it('the time of after_script: a warning', async () => {
    const { final, log } = await run([], {
      variables: [variable('RUNNER_AFTER_SCRIPT_TIMEOUT', '300ms'), variable('RUNNER_SCRIPT_TIMEOUT', 'nonsense')],
      steps: [step('script', ['true']), step('after_script', ['sleep 1000'])],
    });
    expect(final.state).toBe('success');
    expect(log).toContain('WARNING: after_script failed, but job will continue unaffected');
    expect(log).toContain('WARNING: Ignoring malformed or too long RUNNER_SCRIPT_TIMEOUT timeout: nonsense');
  });
});

describe('background processes', () => {
  it('that keep the output open do not hold the job', async () => {
    const { final, log } = await run(['sleep 1000 &', 'echo done']);
    expect(final.state).toBe('success');
    expect(log).toContain('WARNING: background processes kept the output open and were stopped');
  });

  it('get their last words into the log', async () => {
    const { log } = await run(['exec > >(while read -r line; do echo "via tee: $line"; done)', 'echo last words']);
    expect(log).toContain('via tee: last words');
  });
});

describe('afterwards', () => {
  it('nothing of a job is left but its project directory', async () => {
    const own = await Sandbox.open();
    try {
      const job = own.enqueue(['touch kept'], { variables: [variable('F', 'secret', { file: true })] });
      await own.server.untilFinished(job);
      await own.drainRunner();
      expect(readdirSync(join(own.stateDir, 'jobs'))).toEqual([]);
      expect(readdirSync(join(own.stateDir, 'builds', 'runnertok', '0', 'group'))).toEqual(['app-empty']);
      expect(readdirSync(own.stateDir).sort()).toEqual(['.runner_system_id', 'builds', 'cache', 'jobs']);
    } finally {
      await own.close();
    }
  });
});
