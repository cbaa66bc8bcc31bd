import { describe, expect, it } from 'vitest';
import { languageHost } from '../../test/support/language-host.ts';
import { type CompileInput, compile, type VariableScopes } from './index.ts';

const NOTHING = { below: [], above: [] };
type ForJob = VariableScopes['forJob'];

const inputOf = (content: string, forJob: ForJob = () => NOTHING): CompileInput => ({
  purpose: 'create',
  content,
  path: '.gitlab-ci.yml',
  facts: { source: 'push', ref: 'main', tag: false, branch: 'main' },
  inputs: {},
  variables: { pipeline: NOTHING, forJob },
});

describe('the host of a compilation', () => {
  it('is asked each question once, however many jobs ask it', async () => {
    const asked: string[] = [];
    const host = languageHost({
      readLocalFile: (path) => {
        asked.push(`read ${path}`);
        return Promise.resolve('.t: {stage: build}');
      },
      listFiles: () => {
        asked.push('list');
        return Promise.resolve(['a']);
      },
      changedFiles: (compareTo) => {
        asked.push(`changed ${compareTo ?? ''}`);
        return Promise.resolve(['a']);
      },
    });
    const rule = '{changes: {paths: [b], compare_to: x}}, {changes: [b]}, {exists: [b]}, {when: always}';
    const jobs = Array.from({ length: 20 }, (_, at) => `j${at}: {extends: .t, script: x, rules: [${rule}]}`);
    const result = await compile(inputOf(`include: [/t.yml, t.yml]\n${jobs.join('\n')}`), host);
    expect(result.kind).toBe('compiled');
    expect(asked).toEqual(['read t.yml', 'changed x', 'changed ', 'list']);
  });

  it('is asked for all that cache keys are made of at once', async () => {
    const asked: unknown[] = [];
    const host = languageHost({
      listFiles: () => Promise.resolve(['x.lock', 'y.lock']),
      identifyFiles: (questions) => {
        asked.push(questions.map(({ id, path }) => `${id} ${path}`));
        return Promise.resolve(questions.map(() => 'id'));
      },
    });
    const file = `
a: {script: x, cache: {key: {files: [Gemfile, "*.lock"]}}}
b: {script: x, cache: [{key: {files: [Gemfile]}}, {key: {files_commits: [Gemfile, "*.lock"]}}]}`;
    expect((await compile(inputOf(file), host)).kind).toBe('compiled');
    const contents = ['content Gemfile', 'content x.lock', 'content y.lock'];
    expect(asked).toEqual([[...contents, 'last_commit Gemfile', 'last_commit *.lock']]);
  });

  it('may have many files, but globs of cache keys are not held against millions', async () => {
    const files = Array.from({ length: 20_000 }, (_, at) => `folder/file-${at}`);
    const host = languageHost({ listFiles: () => Promise.resolve(files) });
    const globs = (count: number, glob: string): string =>
      Array.from({ length: count }, (_, at) => `j${at}: {script: x, cache: {key: {files: ['${glob}${at}']}}}`).join(
        '\n',
      );
    expect((await compile(inputOf(globs(90, 'folder/*-')), host)).kind).toBe('compiled');
    expect(await compile(inputOf(globs(110, 'folder/*-')), host)).toMatchObject({
      kind: 'config_error',
      errors: [{ message: 'j99: the cache keys of this pipeline search for too many files' }],
    });
  });

  it('is not asked what no rule needs', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('asked'));
    const host = languageHost({ readLocalFile: never, listFiles: never, changedFiles: never, identifyFiles: never });
    const rules = '[{if: $NOTHING, changes: [a]}, {when: always}, {exists: [a]}]';
    expect((await compile(inputOf(`a: {script: x, rules: ${rules}}`), host)).kind).toBe('compiled');
  });

  it('that is out of order rejects the compilation', async () => {
    const host = languageHost({ readLocalFile: () => Promise.reject(new Error('git is gone')) });
    await expect(compile(inputOf('include: a.yml'), host)).rejects.toThrow('git is gone');
  });
});

describe('the variables of a job', () => {
  it('are asked for with its name, stage, when and expanded environment', async () => {
    const asked: unknown[] = [];
    const forJob: ForJob = (job) => {
      asked.push(job);
      return NOTHING;
    };
    const file = 'variables: {A: b}\na: {script: x, stage: build, when: manual, environment: e/$A}\nb: {script: x}';
    await compile(inputOf(file, forJob), languageHost({}));
    expect(asked).toEqual([
      { name: 'a', stage: 'build', when: 'manual' },
      { name: 'a', stage: 'build', when: 'manual', environment: 'e/b' },
      { name: 'b', stage: 'test' },
    ]);
  });
});
