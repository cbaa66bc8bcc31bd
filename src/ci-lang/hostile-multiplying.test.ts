import { describe, expect, it } from 'vitest';
import { checkHostileFile as check } from '../../test/support/check-hostile-file.ts';
import { presentTrace } from './index.ts';

const times = (count: number, item: (index: number) => string, between = '\n'): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(between);
const jobs = (count: number, body: string): string => times(count, (at) => `j${at}: ${body}`);

const answer = async (content: string): Promise<string> => {
  const result = await check(content);
  return result.kind === 'config_error' ? result.errors[0].message : result.kind;
};

/** A letter often enough to be long. */
const long = (letter: string): string => letter.repeat(500_000);

describe('a small file does not become much', () => {
  it('by a list of merges', async () => {
    const file = `.a: &a {x: 1}\n.b: {<<: [${times(600_000, () => '*a', ',')}]}\nj: {script: x}`;
    expect(await answer(file)).toBe('`.gitlab-ci.yml`: The parsed YAML is too big');
  });

  it.each([
    ['unknown keys', `.t: {script: x, ${times(500, (at) => `${'k'.repeat(900)}${at}: 1`, ', ')}}`],
    ['an unknown stage', `.t: {script: x, stage: ${long('s')}}`],
    ['an unknown need', `.t: {script: x, needs: [${long('n')}]}`],
    ['fifty unknown needs', `.t: {script: x, needs: [${times(50, (at) => 'n'.repeat(9000) + at, ', ')}]}`],
    ['a wrong expression', `.t: {script: x, rules: [{if: '$${long('=')}'}]}`],
    [
      'stages that are not chosen',
      `stages: [${long('s')}, ${times(20_000, (at) => `s${at}`)}]\n.t: {stage: x, script: x}`,
    ],
    [
      'variables in a circle',
      `variables: {${times(5000, (at) => `V${at}: $V${(at + 1) % 5000}`, ', ')}}\n.t: {script: x}`,
    ],
  ])('by what is said of %s in every job', async (_, template) => {
    expect(await answer(`${template}\n${jobs(1000, '{extends: .t}')}`)).not.toBe('compiled');
  });

  it.each([
    ['expressions', `rules: [{if: '$A == "${long('s')}"'}]`],
    ['patterns', `rules: [{changes: ['${long('s')}']}]`],
    ['expressions of only', `only: {variables: ['$A == "${long('s')}"', '$A == "${long('t')}"']}`],
    ['refs', `only: [${times(50, (at) => 'r'.repeat(9000) + at, ', ')}]`],
  ])('by the trace of long %s in every job', async (_, rules) => {
    const { trace } = await check(`.t: {script: x, ${rules}}\nwhole: {script: x}\n${jobs(2000, '{extends: .t}')}`);
    expect(trace.shortened).toBe(true);
    const shown = presentTrace(trace).jobs;
    expect(shown).toHaveLength(2001);
    expect(shown[1]).not.toHaveProperty('shortened');
    expect(shown.at(-1)).toMatchObject({ name: 'j1999', outcome: 'excluded', rules: [], shortened: true });
    expect(shown.at(-1)?.sentence).toMatch(/none of its rules matched|`only` and `except` decided/);
  });

  it.each([
    ['a chain', (at: number) => `$V${at + 1}`],
    ['a circle', (at: number) => `$V${(at + 1) % 5000}`],
    ['one', () => 'x$A'],
  ])('by variables that refer to %s, in every job', async (_, value) => {
    const variables = times(5000, (at) => `  V${at}: ${value(at)}`);
    expect(await answer(`variables:\n${variables}\n${jobs(300, '{script: x, environment: $V1}')}`)).toMatch(
      /too long after expansion|circular variable reference|too big/,
    );
  });

  it('by a variable of many references to nothing, in every job', async () => {
    const file = `variables: {A: '${'$N'.repeat(400_000)}'}\n${jobs(2000, '{script: x}')}`;
    expect(await answer(file)).toMatch(/too long after expansion|too big/);
  });

  it('by thousands of patterns of only, in every job', async () => {
    const refs = times(3000, (at) => `'/^(a*)*${at}$/'`, ', ');
    expect(await answer(`.t: {script: x, only: [${refs}]}\n${jobs(300, '{extends: .t}')}`)).toBe('filtered_by_rules');
    const map = `.t: {script: x, only: {refs: [branches, ${refs}]}, except: [${refs}]}`;
    expect(await answer(`${map}\n${jobs(100, '{extends: .t}')}`)).toBe('compiled');
  });

  it('by jobs in parallel', async () => {
    expect(await answer(`.p: {script: x, parallel: 200}\n${jobs(5000, '{extends: .p}')}`)).toBe(
      'Pipeline has too many jobs! The limit is 20000.',
    );
  });

  it('by needs on jobs in parallel', async () => {
    const matrix = `{matrix: [{A: [${times(14, (at) => `a${at}`, ',')}], B: [${times(14, (at) => `b${at}`, ',')}]}]}`;
    const needed = times(5, (at) => `b${at}: {script: x, parallel: ${matrix}}`);
    const needing = jobs(90, `{script: x, parallel: ${matrix}, needs: [b0, b1, b2, b3, b4]}`);
    expect(await answer(`${needed}\n${needing}`)).toBe('Pipeline has too many needs! The limit is 500000.');
  });

  it('by a need with a large matrix', async () => {
    const rows = `[{${times(20, (key) => `V${key}: [${times(50, (at) => `x${at}`, ',')}]`, ', ')}}]`;
    const file = `b: {script: x, parallel: 2}\nj: {script: x, needs: [{job: b, parallel: {matrix: ${rows}}}]}`;
    expect(await answer(file)).toContain('generates too many jobs (maximum is 200)');
  });
});

describe('a pattern', () => {
  it.each([
    ['((a{1,100}){1,100}){1,100}', false],
    ['x{0,999}'.repeat(60), false],
    ['(a{1,1000}){1,20}', false],
    ['(.{0,1000})'.repeat(50), false],
    [String.raw`^v?\d{1,3}\.\d{1,3}\.\d{1,3}(-[a-z0-9.]{1,64})?$`, true],
    [String.raw`\Q{3}{4}\E[{}()\]]{5,}\{99999\}(?:x|y){2}\p{L}{1,200}`, true],
    ['(a*)*b', true],
    ['(a|a?)+$', true],
  ])('whose repetitions multiply is refused: %s', async (pattern, good) => {
    const coverage = await answer(`j: {script: x, coverage: '/${pattern}/'}`);
    expect(coverage).toBe(good ? 'compiled' : 'jobs:j:coverage config must be a regular expression with re2 syntax');
    const rules = `[{if: '"${'a'.repeat(2000)}!" =~ /${pattern}/'}, {when: always}]`;
    expect(await answer(`j: {script: x, rules: ${rules}}`)).toBe(
      good ? 'compiled' : 'jobs:j:rules:rule if invalid expression syntax',
    );
  });
});

describe('thousands of patterns', () => {
  const TOO_MANY = 'The regular expressions of the configuration are too many or too long';
  const pattern = (at: number): string => `(x{0,${900 + (at % 90)}}|y${at})`;
  const regexes = times(3000, (at) => `    i${at}: {default: y${at}, regex: '${pattern(at)}'}`);

  it.each([
    ['of coverage', times(3000, (at) => `j${at}: {script: x, coverage: '/${pattern(at)}/'}`)],
    [
      'of rules',
      `j: {script: x}\n${times(3000, (at) => `r${at}: {script: x, rules: [{if: '$A =~ /${pattern(at)}/'}]}`)}`,
    ],
    ['of only', times(3000, (at) => `j${at}: {script: x, only: ['/${pattern(at)}/']}`)],
    ['of inputs', `spec:\n  inputs:\n${regexes}\n---\nj: {script: x}`],
    [
      'in variables',
      `variables:\n${times(700, (at) => `  V${at}: '/z${pattern(at)}/'`)}\n` +
        times(700, (at) => `j${at}: {script: x, rules: [{if: '"x" =~ $V${at}'}]}`),
    ],
  ])('%s are refused together', async (_where, file) => {
    expect(await answer(file)).toBe(TOO_MANY);
  });

  it('that are as people write them are read', async () => {
    const file = times(
      2000,
      (at) => `j${at}: {script: x, rules: [{if: '$CI_COMMIT_REF_NAME =~ /^release-${at}/'}, {when: always}]}`,
    );
    expect(await answer(file)).toBe('compiled');
  });
});
