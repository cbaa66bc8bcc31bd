import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { type LintFlags, runLint } from './run-lint.ts';

type Files = Readonly<Record<string, string>>;

const folderOf = (files: Files): string => {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
};

const gitIn = (folder: string, ...args: readonly string[]): string => {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' }).trim();
};

const commitAll = (folder: string, message: string): void => {
  gitIn(folder, 'add', '--all');
  gitIn(folder, 'commit', '--quiet', '--message', message);
};

const FLAGS: LintFlags = { format: 'human', source: 'push' };

interface Asked {
  readonly file?: string;
  readonly flags?: Partial<LintFlags>;
  readonly input?: string;
  readonly colours?: boolean;
}

const lintIn = async (folder: string, { file = '.gitlab-ci.yml', flags, input = '', colours = false }: Asked = {}) => {
  let printed = '';
  const terminal = {
    out: (text: string) => {
      printed += text;
    },
    readInput: () => Promise.resolve(input),
    folder,
    colours,
  };
  const status = await runLint(file, { ...FLAGS, ...flags }, terminal);
  return { status, printed };
};

const jsonOf = (printed: string): Readonly<Record<string, unknown>> => JSON.parse(printed);

describe('penstock lint for people', () => {
  it('shows each finding with its line, a caret, a hint, and ends with a summary', async () => {
    const folder = folderOf({
      '.gitlab-ci.yml': 'include: ci/build.yml\n\ntest:\n  script: x\n  extends: .tset\n.test: {tags: [a]}\n',
      'ci/build.yml': 'build: {script: make}\n',
    });
    expect(await lintIn(folder)).toEqual({
      status: 1,
      printed: [
        '.gitlab-ci.yml:5:12: error: test: unknown keys in `extends` (.tset)',
        '  5 |   extends: .tset',
        '    |            ^',
        '  hint: Did you mean `.test`?',
        '',
        '.gitlab-ci.yml is not valid: 1 error',
        '',
      ].join('\n'),
    });
  });

  it('names included files from the present folder, and keeps tabs above the caret', async () => {
    const folder = folderOf({
      'top/.gitlab-ci.yml': 'include: /ci/build.yml\na: {script: x}\n',
      'top/ci/build.yml': 'b: {script: "a\tb", retry: 9}\n',
    });
    const { printed } = await lintIn(folder, { file: 'top/.gitlab-ci.yml' });
    expect(printed).toContain('top/ci/build.yml:1:20: error: ');
    expect(printed).toContain('\n  1 | b: {script: "a\tb", retry: 9}\n    |               \t    ^\n');
  });

  it('is status 0 for a sound file; with --strict warnings are errors', async () => {
    const folder = folderOf({ '.gitlab-ci.yml': 'a: {script: x, rules: [{when: always}]}\n' });
    const { status, printed } = await lintIn(folder);
    expect(status).toBe(0);
    expect(printed).toContain('warning: jobs:a may allow multiple pipelines');
    expect(printed).toMatch(/\n\.gitlab-ci\.yml is valid: 1 job in 1 stage, 1 warning\n$/);
    expect((await lintIn(folder, { flags: { strict: true } })).status).toBe(1);
  });

  it('has colours only where they are understood', async () => {
    const folder = folderOf({ '.gitlab-ci.yml': 'a: {}\n' });
    expect((await lintIn(folder)).printed).not.toContain('\u001B');
    expect((await lintIn(folder, { colours: true })).printed).toContain('\u001B[31mnot valid\u001B[0m');
  });

  it('reads the input, and names no file in messages', async () => {
    const { status, printed } = await lintIn(folderOf({}), { file: '-', input: 'a: [\n' });
    expect(status).toBe(1);
    expect(printed).toMatch(/^\(input\):\d+:\d+: error: \(<unknown>\): did not find/);
    expect(printed).toContain('The input is not valid: 1 error');
  });

  it('refuses what cannot be read, and options that are no pairs', async () => {
    const folder = folderOf({ '.gitlab-ci.yml': 'a: {script: x}\n' });
    await expect(lintIn(folder, { file: 'nowhere.yml' })).rejects.toThrow('nowhere.yml cannot be read');
    await expect(lintIn(folder, { flags: { variable: ['A'] } })).rejects.toThrow('--variable wants KEY=value, not "A"');
    await expect(lintIn(folder, { flags: { project: ['g/p=gone'] } })).rejects.toThrow('--project: gone is not there');
  });
});

describe('--since', () => {
  it('that names no commit is a wrong argument, not an error of a rule', async () => {
    const folder = folderOf({ '.gitlab-ci.yml': 'a: {script: a, rules: [{changes: [x]}]}\nb: {script: b}\n' });
    gitIn(folder, 'init', '--quiet');
    commitAll(folder, 'First');
    const message = `--since: there is no commit, branch or tag "nosuch" in ${folder}`;
    await expect(lintIn(folder, { flags: { since: 'nosuch', dryRun: true } })).rejects.toThrow(message);
    expect((await lintIn(folder, { flags: { since: 'HEAD', dryRun: true } })).status).toBe(0);
  });
});

describe('penstock lint for programs', () => {
  const both = () =>
    folderOf({
      '.gitlab-ci.yml': 'include: ci/b.yml\na: {script: x, interruptible: no, retry: 9}\n',
      'ci/b.yml': '.b: {image: i}\n',
    });

  it('JSON has the diagnostics with places and keyword paths', async () => {
    const { status, printed } = await lintIn(both(), { flags: { format: 'json' } });
    expect(status).toBe(1);
    expect(jsonOf(printed)).toMatchObject({
      version: 1,
      file: '.gitlab-ci.yml',
      valid: false,
      errors: [{ hint: null, file: '.gitlab-ci.yml', line: 2, column: 35, path: ['jobs', 'a', 'retry'] }],
      warnings: [],
      includes: [{ type: 'local', location: 'ci/b.yml' }],
      jobs: [],
      merged_yaml: '---\n".b":\n  image: i\na:\n  script: x\n  interruptible: false\n  retry: 9\n',
    });
  });

  it('SARIF has what the schema of 2.1.0 requires', async () => {
    const { printed } = await lintIn(both(), { flags: { format: 'sarif' } });
    const log = jsonOf(printed);
    expect(log).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif-2.1.0') });
    expect(log['runs']).toEqual([
      {
        tool: {
          driver: {
            name: 'penstock lint',
            version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
            rules: [{ id: 'jobs/retry', shortDescription: { text: expect.any(String) } }],
          },
        },
        columnKind: 'utf16CodeUnits',
        results: [
          {
            ruleId: 'jobs/retry',
            ruleIndex: 0,
            level: 'error',
            message: { text: expect.stringContaining('less than or equal to 2') },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: '.gitlab-ci.yml' },
                  region: { startLine: 2, startColumn: 35 },
                },
              },
            ],
          },
        ],
      },
    ]);
  });
});

describe('includes of other projects and addresses', () => {
  const file = 'include: [{project: Tools/CI, file: /lint.yml, ref: v1}]\na: {script: x}\n';

  it('come from folders, at a ref by git', async () => {
    const tools = folderOf({ 'lint.yml': 'old: {script: x}\n' });
    gitIn(tools, 'init', '--quiet');
    commitAll(tools, 'one');
    gitIn(tools, 'tag', 'v1');
    writeFileSync(join(tools, 'lint.yml'), 'new: {script: x}\n');
    const namesAt = async (content: string): Promise<unknown> => {
      const folder = folderOf({ '.gitlab-ci.yml': content });
      const { printed } = await lintIn(folder, { flags: { format: 'json', project: [`tools/ci=${tools}`] } });
      return { ...jsonOf(printed), merged_yaml: undefined, includes: undefined };
    };
    expect(await namesAt(file)).toMatchObject({ errors: [], jobs: [{ name: 'old' }, { name: 'a' }] });
    expect(await namesAt(file.replace(', ref: v1', ''))).toMatchObject({ jobs: [{ name: 'new' }, { name: 'a' }] });
    expect(await namesAt(file.replace('v1', 'v2'))).toMatchObject({ valid: false });
  });

  it('components come from folders, at their tags', async () => {
    const parts = folderOf({ 'templates/check.yml': 'spec: {inputs: {x: }}\n---\nold: {script: "$[[ inputs.x ]]"}\n' });
    gitIn(parts, 'init', '--quiet');
    commitAll(parts, 'one');
    gitIn(parts, 'tag', '1.0.0');
    const component = 'git.example.org/acme/parts/check@1';
    const folder = folderOf({ '.gitlab-ci.yml': `include: [{component: ${component}, inputs: {x: y}}]\n` });
    const project = [`acme/parts=${parts}`];
    const elsewhere = await lintIn(folder, { flags: { project } });
    expect(elsewhere.printed).toContain('hint: If that is the server: --server https://git.example.org');
    const server = 'https://git.example.org/';
    const missing = await lintIn(folder, { flags: { server } });
    expect(missing.printed).toContain('hint: Say where its files are: --project acme/parts=<folder>');
    const { printed } = await lintIn(folder, { flags: { format: 'json', server, project } });
    expect(jsonOf(printed)).toMatchObject({ valid: true, jobs: [{ name: 'old', script: ['y'] }] });
  });

  it('that are not given are an error that says how to give them', async () => {
    const project = await lintIn(folderOf({ '.gitlab-ci.yml': file }));
    expect(project.printed).toContain('hint: Say where its files are: --project tools/ci=<folder>');
    const remote = await lintIn(folderOf({ '.gitlab-ci.yml': 'include: https://example.org/a.yml\n' }));
    expect(remote.printed).toContain('--remote <url>=<file>');
  });

  it('addresses come from files', async () => {
    const url = 'https://example.org/raw?ref=1&path=a.yml';
    const folder = folderOf({ '.gitlab-ci.yml': `include: '${url}'\n`, 'a.yml': 'far: {script: x}\n' });
    const { printed } = await lintIn(folder, { flags: { format: 'json', remote: [`${url}=a.yml`] } });
    expect(jsonOf(printed)).toMatchObject({ valid: true, jobs: [{ name: 'far' }] });
  });

  it('templates are those that come with Penstock', async () => {
    const folder = folderOf({
      '.gitlab-ci.yml': 'include: {template: Workflows/Branch-Pipelines.gitlab-ci.yml}\na: {script: x}\n',
    });
    expect((await lintIn(folder)).status).toBe(0);
  });

  it('never leave the project', async () => {
    const folder = folderOf({ 'secret.yml': 'b: {script: x}\n', 'p/.gitlab-ci.yml': 'include: ../secret.yml\n' });
    expect((await lintIn(folder, { file: 'p/.gitlab-ci.yml' })).printed).toContain('does not exist');
  });
});

describe('a dry run', () => {
  it('takes branch, commit, changes and files from git', async () => {
    const folder = folderOf({
      '.gitlab-ci.yml': [
        'branch: {script: x, rules: [{if: $CI_COMMIT_BRANCH == "topic" && $CI_COMMIT_TITLE == "two"}]}',
        'changed: {script: x, rules: [{changes: [b.txt]}]}',
        'unchanged: {script: x, rules: [{changes: [a.txt]}]}',
        'since: {script: x, rules: [{changes: {paths: [b.txt], compare_to: main}}]}',
        'exists: {script: x, rules: [{exists: [a.txt]}]}',
        'ignored: {script: x, rules: [{exists: [ignored.txt]}]}',
        'path: {script: x, rules: [{if: $CI_PROJECT_PATH == "group/sub/app" && $CI_SERVER_HOST == "git.example.org"}]}',
      ].join('\n'),
      'a.txt': 'a',
      'ignored.txt': '',
      '.gitignore': 'ignored.txt\n',
    });
    gitIn(folder, 'init', '--quiet');
    gitIn(folder, 'remote', 'add', 'origin', 'git@git.example.org:group/sub/app.git');
    commitAll(folder, 'one');
    gitIn(folder, 'checkout', '--quiet', '-b', 'topic');
    writeFileSync(join(folder, 'b.txt'), 'b');
    commitAll(folder, 'two');
    const { printed } = await lintIn(folder, { flags: { format: 'json', dryRun: true } });
    const jobs = jsonOf(printed)['jobs'];
    expect(Array.isArray(jobs) && jobs.map((job: { readonly name: string }) => job.name)).toEqual([
      'branch',
      'changed',
      'since',
      'exists',
      'path',
    ]);
  });

  it('takes source, ref, variables and inputs from the command line, also without git', async () => {
    const folder = folderOf({
      '.gitlab-ci.yml': [
        'spec: {inputs: {count: {type: number}}}',
        '---',
        'a: {script: "echo $[[ inputs.count ]]", rules: [{if: $CI_COMMIT_TAG == "v1" && $X == "y=z"}]}',
        'b: {script: x, rules: [{if: $CI_PIPELINE_SOURCE == "schedule"}]}',
        'c: {script: x, rules: [{if: $CI_COMMIT_BRANCH}]}',
      ].join('\n'),
    });
    const flags = { format: 'json', dryRun: true, source: 'schedule', ref: 'refs/tags/v1' };
    const { printed } = await lintIn(folder, { flags: { ...flags, variable: ['X=y=z'], input: ['count=8'] } });
    expect(jsonOf(printed)).toMatchObject({ errors: [], jobs: [{ name: 'a', script: ['echo 8'] }, { name: 'b' }] });
  });

  it('is not valid when no job is left', async () => {
    const folder = folderOf({ '.gitlab-ci.yml': 'a: {script: x, rules: [{when: never}]}\n' });
    const { status, printed } = await lintIn(folder, { flags: { dryRun: true } });
    expect(status).toBe(1);
    expect(printed).toContain('The resulting pipeline would have been empty.');
  });
});

describe('what a file says', () => {
  it('does not reach the terminal as control characters', async () => {
    const content = 'a: {script: x, stage: "\\e[31mRED\\e]0;title\\a"}\n';
    const { printed } = await lintIn(folderOf({ '.gitlab-ci.yml': content }));
    expect(printed).toContain('chosen stage \\u001b[31mRED\\u001b]0;title\\u0007 does not exist');
    expect(printed).not.toContain('\u001B');
  });
});
