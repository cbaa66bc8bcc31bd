import { describe, expect, it } from 'vitest';
import { languageHost } from '../../../test/support/language-host.ts';
import { type CompileInput, compile, explainJob, explainWorkflow } from '../index.ts';

const PREDEFINED = [
  { key: 'CI_COMMIT_BRANCH', value: 'topic', public: true },
  { key: 'CI_PIPELINE_SOURCE', value: 'push', public: true },
];
const OUTSIDE = [
  { key: 'TARGET', value: 'staging', public: false },
  { key: 'TOKEN', value: 's3cret-value', public: false, masked: true },
];

const inputOf = (content: string): CompileInput => ({
  purpose: 'create',
  content,
  path: '.gitlab-ci.yml',
  facts: { source: 'push', ref: 'topic', tag: false, branch: 'topic' },
  inputs: {},
  variables: {
    pipeline: { below: PREDEFINED, above: OUTSIDE },
    forJob: () => ({ below: PREDEFINED, above: OUTSIDE }),
  },
});

const host = languageHost({
  listFiles: () => Promise.resolve(['Dockerfile', 'src/a.ts']),
  changedFiles: () => Promise.resolve(['docs/a.md', 'src/a.ts']),
});

/** The explanation of job `a`, whose rules are these, beside a job that is always there. */
const explain = async (keywords: string): Promise<readonly string[]> => {
  const { trace } = await compile(inputOf(`always: {script: x}\na: {script: x, ${keywords}}\n`), host);
  const job = trace.jobs.find(({ name }) => name === 'a');
  if (job === undefined) throw new Error('no decision');
  const { sentence, rules } = explainJob(job);
  return [sentence, ...rules];
};

describe('why a job is in the pipeline or not', () => {
  it('names the rule line that excluded it, and the values', async () => {
    expect(await explain('rules: [{if: $CI_COMMIT_BRANCH == "main"}, {if: $CI_COMMIT_TAG}]')).toEqual([
      'a is not in the pipeline: none of its 2 rules matched',
      'rule 1 (.gitlab-ci.yml:2) does not match: ' +
        'if $CI_COMMIT_BRANCH == "main" is false ($CI_COMMIT_BRANCH is "topic")',
      'rule 2 (.gitlab-ci.yml:2) does not match: ' +
        'if $CI_COMMIT_TAG is false ($CI_COMMIT_TAG is not set), it takes $CI_COMMIT_TAG set and not empty',
    ]);
  });

  it('says which rule won, and stops there', async () => {
    expect(await explain('rules: [{changes: [src/*]}, {when: never}]')).toEqual([
      'a is in the pipeline: rule 1 (.gitlab-ci.yml:2) matched',
      'rule 1 (.gitlab-ci.yml:2) matches: changes [src/*] holds: src/a.ts',
    ]);
    expect((await explain('rules: [{exists: [Dockerfile], when: never}]')).slice(0, 2)).toEqual([
      'a is not in the pipeline: rule 1 (.gitlab-ci.yml:2) matched and says `when: never`',
      'rule 1 (.gitlab-ci.yml:2) matches: exists [Dockerfile] holds: Dockerfile; when: never',
    ]);
  });

  it('leaves out what holds already of what an expression asks for', async () => {
    const rule = '$CI_PIPELINE_SOURCE == "push" && ($CI_COMMIT_TAG || $CI_COMMIT_BRANCH == "main")';
    const [, line] = await explain(`rules: [{if: '${rule}'}]`);
    expect(line).toContain(', it takes $CI_COMMIT_TAG set and not empty or $CI_COMMIT_BRANCH == "main"');
    const [, negated] = await explain(`rules: [{if: '!($CI_COMMIT_BRANCH =~ /^to/)'}]`);
    expect(negated).toContain(', it takes $CI_COMMIT_BRANCH !~ /^to/');
  });

  it('ends a rule at its first clause that does not hold', async () => {
    expect(await explain('rules: [{if: $CI_COMMIT_TAG, changes: [src/*]}]')).toHaveLength(2);
    const [, line] = await explain('rules: [{if: $CI_COMMIT_BRANCH, changes: [lib/*]}]');
    expect(line).toContain('changes [lib/*] does not hold: none of 2 changed paths matches');
  });

  it('never shows a masked value', async () => {
    const lines = (await explain('rules: [{if: $TOKEN == "x"}, {if: $TARGET == "live"}]')).join('\n');
    expect(lines).toContain('$TOKEN is masked');
    expect(lines).toContain('$TARGET is "staging"');
    expect(lines).not.toContain('s3cret');
  });

  it('explains only and except', async () => {
    expect(await explain('only: [tags]')).toEqual([
      'a is not in the pipeline: `only` does not hold (refs [tags] do not include topic (push))',
      'only: refs [tags] do not include topic (push)',
    ]);
    expect((await explain('except: [topic]'))[0]).toBe(
      'a is not in the pipeline: `except` holds (refs [topic] include topic (push))',
    );
  });

  it('says that a job without rules is always in', async () => {
    const { trace } = await compile(inputOf('workflow: {rules: [{when: always}]}\na: {script: x}\n'), host);
    expect(trace.jobs.map((job) => explainJob(job).sentence)).toEqual(['a is in the pipeline: it has no rules']);
  });
});

describe('a job without rules in a pipeline of a merge request', () => {
  it('is told that it runs for branches and tags only', async () => {
    const input = inputOf('a: {script: x}\n');
    const facts = { source: 'merge_request_event', ref: 'topic', tag: false } as const;
    const { kind, trace } = await compile({ ...input, facts }, host);
    expect(kind).toBe('filtered_by_rules');
    expect(trace.jobs.map((job) => explainJob(job).sentence)).toEqual([
      'a is not in the pipeline: it has no rules, and such jobs run for branches and tags only',
    ]);
  });
});

describe('why a pipeline runs or not', () => {
  it('names the rule of the workflow', async () => {
    const rules = '[{if: $CI_COMMIT_TAG}, {if: $CI_COMMIT_BRANCH, when: never}]';
    const { kind, trace } = await compile(inputOf(`workflow: {rules: ${rules}}\na: {script: x}\n`), host);
    expect(kind).toBe('filtered_by_workflow_rules');
    expect(trace.jobs).toEqual([]);
    expect(trace.workflow && explainWorkflow(trace.workflow).sentence).toBe(
      'the workflow filters the pipeline out: rule 2 (.gitlab-ci.yml:1) matched and says `when: never`',
    );
  });

  it('keeps the decisions before an error', async () => {
    const { kind, trace } = await compile(
      inputOf(
        'a: {script: x, rules: [{if: $CI_COMMIT_TAG}]}\nb: {script: x, needs: [a], rules: [{if: $CI_COMMIT_BRANCH}]}\n',
      ),
      host,
    );
    expect(kind).toBe('config_error');
    expect(trace.jobs.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['a excluded', 'b included']);
  });
});
