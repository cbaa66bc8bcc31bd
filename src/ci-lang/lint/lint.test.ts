import { describe, expect, it } from 'vitest';
import { languageHost } from '../../../test/support/language-host.ts';
import { dryRun, type LintInput, type LintResult, lint } from '../index.ts';

const inputOf = (content: string): LintInput => ({
  content,
  path: '.gitlab-ci.yml',
  facts: { source: 'push', ref: 'topic', tag: false, branch: 'topic' },
  inputs: {},
  variables: {
    pipeline: { below: [{ key: 'CI_COMMIT_BRANCH', value: 'topic' }], above: [] },
    forJob: () => ({ below: [{ key: 'CI_COMMIT_BRANCH', value: 'topic' }], above: [] }),
  },
});

const FILES = new Map([['ci/build.yml', 'build: {stage: build, script: make}\n']]);

const host = languageHost({
  readLocalFile: (path) => Promise.resolve(FILES.get(path)),
  listFiles: () => Promise.resolve([...FILES.keys()]),
});

const check = (content: string): Promise<LintResult> => lint(inputOf(content), host);
const messages = (list: LintResult['errors']): readonly string[] => list.map(({ message }) => message);

describe('lint', () => {
  it('lists every job by stage, whatever its rules say', async () => {
    const { valid, jobs } = await check(
      'stages: [one, two]\nlate: {stage: two, script: x}\nnever: {stage: one, script: [a, b], rules: [{when: never}]}\n',
    );
    expect(valid).toBe(true);
    expect(jobs.map(({ name }) => name)).toEqual(['never', 'late']);
  });

  it('gives a job as the file defines it', async () => {
    const { jobs } = await check(
      [
        'default: {before_script: [pre], tags: [big]}',
        'a: {script: [x, [y]], after_script: [z], only: [main], when: manual, environment: {name: env/$X}}',
        'b: {script: x, rules: [{if: $X}], needs: [a, {job: c, optional: true}], allow_failure: true}',
        'c: {script: x, except: {variables: [$X == "1"], changes: [src/*]}, parallel: 2}',
      ].join('\n'),
    );
    expect(jobs.slice(0, 3)).toEqual([
      {
        name: 'a',
        stage: 'test',
        beforeScript: ['pre'],
        script: ['x', 'y'],
        afterScript: ['z'],
        tags: ['big'],
        environment: 'env/$X',
        when: 'manual',
        allowFailure: true,
        conditions: { only: { refs: ['main'] }, except: null, needs: null },
      },
      {
        name: 'b',
        stage: 'test',
        beforeScript: ['pre'],
        script: ['x'],
        afterScript: [],
        tags: ['big'],
        environment: null,
        when: 'on_success',
        allowFailure: true,
        conditions: {
          only: null,
          except: null,
          needs: [
            { name: 'a', artifacts: true, optional: false },
            { name: 'c 1/2', artifacts: true, optional: true },
            { name: 'c 2/2', artifacts: true, optional: true },
          ],
        },
      },
      expect.objectContaining({
        name: 'c 1/2',
        conditions: {
          only: { refs: ['branches', 'tags'] },
          except: { variables: ['$X == "1"'], changes: ['src/*'] },
          needs: null,
        },
      }),
    ]);
  });

  it('writes the configuration with includes and extends merged in, and the edge stages around', async () => {
    const { mergedYaml } = await check(
      'include: ci/build.yml\nstages: [build, .pre]\n.t: {image: a}\nbuild: {extends: .t, tags: [on, 010]}\n',
    );
    expect(mergedYaml).toBe(
      [
        '---',
        'build:',
        '  image: a',
        '  stage: build',
        '  script: make',
        '  extends: ".t"',
        '  tags:',
        '  - true',
        '  - 8',
        'stages:',
        '- ".pre"',
        '- build',
        '- ".post"',
        '".t":',
        '  image: a',
        '',
      ].join('\n'),
    );
  });

  it('tells every error, and keeps what was merged before them', async () => {
    const found = await check('a: {script: x, when: soon}\nb: {script: x, retry: 9}\n');
    expect(found.valid).toBe(false);
    expect(messages(found.errors)).toEqual([
      'jobs:a when should be one of: on_success, on_failure, always, manual, delayed',
      'retry config must be less than or equal to 2',
    ]);
    expect(found.jobs).toEqual([]);
    expect(found.mergedYaml).toContain('retry: 9');
  });

  it('has nothing merged to show when an include or the syntax is wrong', async () => {
    expect((await check('include: missing.yml\n')).mergedYaml).toBeUndefined();
    expect((await check('a: [\n')).mergedYaml).toBeUndefined();
  });

  it('warns of keywords without effect, where creation refuses', async () => {
    const { valid, warnings } = await check('a: {script: x, resource_group: one}\n');
    expect(valid).toBe(true);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ severity: 'warning', line: 1, path: ['jobs', 'a', 'resource_group'] });
  });
});

describe('a dry run', () => {
  const run = (content: string): Promise<LintResult> => dryRun(inputOf(content), host);

  it('lists the jobs that the pipeline would have, with the values of their rules', async () => {
    const { valid, jobs } = await run(
      [
        'a: {script: x, rules: [{if: $CI_COMMIT_BRANCH == "topic", when: manual}]}',
        'b: {script: x, rules: [{if: $CI_COMMIT_TAG}]}',
        'c: {stage: build, script: x, environment: e/$CI_COMMIT_BRANCH}',
      ].join('\n'),
    );
    expect(valid).toBe(true);
    expect(jobs).toMatchObject([
      { name: 'c', environment: 'e/topic' },
      { name: 'a', when: 'manual' },
    ]);
    expect(jobs[0]).not.toHaveProperty('conditions');
  });

  it('is not valid when nothing would run, and says why', async () => {
    const byWorkflow = await run('workflow: {rules: [{if: $CI_COMMIT_TAG}]}\na: {script: x}\n');
    expect(messages(byWorkflow.errors)).toEqual([
      'The pipeline did not run. Review the workflow:rules configuration for the pipeline.',
    ]);
    expect(byWorkflow.mergedYaml).toContain('workflow:');
    const byRules = await run('a: {script: x, rules: [{when: never}]}\n');
    expect(messages(byRules.errors)).toEqual([
      'The resulting pipeline would have been empty. Review the rules configuration for the relevant jobs.',
    ]);
  });

  it('finds what only rules can show', async () => {
    const content = 'a: {script: x, rules: [{when: never}]}\nb: {script: x, needs: [a]}\n';
    expect((await check(content)).valid).toBe(true);
    expect(messages((await run(content)).errors)[0]).toContain("'b' job needs 'a' job");
  });
});
