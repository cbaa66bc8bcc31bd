import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { runWhy, type WhyFlags } from './run-why.ts';

const CONFIG = [
  'build: {script: make}',
  'deploy:',
  '  script: make deploy',
  '  rules:',
  '    - if: $CI_COMMIT_TAG',
  '    - if: $TARGET == "live"',
  'many: {script: x, parallel: 2}',
].join('\n');

const whyOf = async (content: string, job?: string, flags: Partial<WhyFlags> = {}) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.gitlab-ci.yml'), content);
  let printed = '';
  const terminal = {
    out: (text: string) => {
      printed += text;
    },
    readInput: () => Promise.resolve(''),
    folder,
    colours: false,
  };
  const status = await runWhy('.gitlab-ci.yml', job, { format: 'human', source: 'push', ...flags }, terminal);
  return { status, printed };
};

describe('penstock why', () => {
  it('names the rule lines that kept a job out, and the values', async () => {
    const { status, printed } = await whyOf(CONFIG, undefined, { variable: ['TARGET=stage'] });
    expect(status).toBe(0);
    expect(printed).toBe(
      [
        'A pipeline for the branch main (push) has 3 jobs.',
        '',
        'the workflow lets the pipeline run: it has no rules',
        'build is in the pipeline: it has no rules',
        'deploy is not in the pipeline: none of its 2 rules matched',
        '  rule 1 (.gitlab-ci.yml:5) does not match: if $CI_COMMIT_TAG is false ($CI_COMMIT_TAG is not set), ' +
          'it takes $CI_COMMIT_TAG set and not empty',
        '  rule 2 (.gitlab-ci.yml:6) does not match: if $TARGET == "live" is false ($TARGET is "stage")',
        'many 1/2 is in the pipeline: it has no rules',
        'many 2/2 is in the pipeline: it has no rules',
        '',
      ].join('\n'),
    );
  });

  it('tells of one job, or of all that its `parallel` makes', async () => {
    const deploy = await whyOf(CONFIG, 'deploy', { ref: 'refs/tags/v1' });
    expect(deploy.printed).toContain('deploy is in the pipeline: rule 1 (.gitlab-ci.yml:5) matched');
    expect(deploy.printed).not.toContain('build');
    expect((await whyOf(CONFIG, 'many')).printed.match(/^many/gm)).toHaveLength(2);
  });

  it('does not know a job that is not in the file', async () => {
    const { status, printed } = await whyOf(CONFIG, 'delpoy');
    expect(status).toBe(1);
    expect(printed).toContain('There is no job `delpoy` in the configuration. Did you mean `deploy`?');
  });

  it('says which includes their rules kept out, also for a job that nobody knows', async () => {
    const content = `include: [{local: gone.yml, rules: [{if: $CI_COMMIT_TAG}]}]\n${CONFIG}`;
    const { status, printed } = await whyOf(content, 'elsewhere');
    expect(status).toBe(1);
    expect(printed).toContain(
      'gone.yml is not included: its only rule did not match\n  rule 1 (.gitlab-ci.yml:1) does',
    );
    expect(printed).toContain('There is no job `elsewhere`');
  });

  it('says why there is no pipeline', async () => {
    const { status, printed } = await whyOf(`workflow: {rules: [{if: $CI_COMMIT_TAG}]}\n${CONFIG}`);
    expect(status).toBe(0);
    expect(printed).toContain('A pipeline for the branch main (push) is not made. The pipeline did not run.');
    expect(printed).toContain('the workflow filters the pipeline out: its only rule did not match');
  });

  it('prints the errors of a file that is not valid', async () => {
    const { status, printed } = await whyOf('a: {script: x, retry: 9}\n');
    expect(status).toBe(1);
    expect(printed).toContain('.gitlab-ci.yml:1:16: error: ');
  });

  it('is JSON for programs', async () => {
    const { printed } = await whyOf(CONFIG, 'deploy', { format: 'json' });
    expect(JSON.parse(printed)).toMatchObject({
      version: 1,
      source: 'push',
      ref: 'main',
      tag: false,
      outcome: 'compiled',
      errors: [],
      workflow: { outcome: 'included' },
      jobs: [{ name: 'deploy', outcome: 'excluded', rules: [{ line: 5, matched: false }, { line: 6 }] }],
    });
  });
});
