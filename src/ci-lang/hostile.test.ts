import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHostileFile as check, hostOf } from '../../test/support/check-hostile-file.ts';
import type { CompileHost } from './index.ts';
import { JOB_KEYS, TRIGGER_JOB_KEYS } from './keywords/job-keys.ts';
import { ROOT_KEYS } from './keywords/jobs.ts';

const WORDS: readonly string[] = [
  ...ROOT_KEYS,
  ...JOB_KEYS,
  ...'if changes exists paths name matrix max job value .pre .hidden a b local reports junit'.split(' '),
  ...'exit_codes optional refs compare_to << __proto__ constructor toString on 1 null url action'.split(' '),
  ...'options expand project branch include pipeline strategy forward artifact integrity regexp'.split(' '),
  ...'kubernetes agent dashboard namespace tag_name description assets links released_at publish'.split(' '),
  ...'step func git oci env inputs vault aws_secrets_manager gcp_secret_manager token file'.split(' '),
  '',
];
const INPUT_KEYS: readonly string[] = ['default', 'type', 'options', 'regex', 'rules', 'description'];
const VALUES: readonly string[] = [
  '$[[ inputs.a ]]',
  'x $[[ inputs.b | truncate(0,2) | posix_escape ]]',
  '$[[ inputs.a ]] == "a"',
  'array',
  'number',
  ...'$A /a/ manual always never delayed a.yml *.yml build test .pre ${A}/b %A% https://x/y é \u0000'.split(' '),
  '$A == "a"',
  '$A =~ /a(/',
  '1 hour',
  '$[[ matrix.A ]]',
  'group/project@v1',
];

const word = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ maxLength: 8 }));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...VALUES),
    fc.constantFrom(null, true, false, 0, 1, 2, 99, -1, 1.5),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(word, tie('tree')), { maxLength: 6 }).map((entries) => new Map(entries)),
  ),
}));
const rootOf = (jobs: readonly (readonly [string, unknown])[]): string => flow(new Map(jobs));

/** Flow style, which takes any data. */
const flow = (value: unknown): string => {
  if (value instanceof Map) {
    return `{${[...value].map(([key, inner]) => `${JSON.stringify(key)}: ${flow(inner)}`).join(', ')}}`;
  }
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  return JSON.stringify(value) ?? 'null';
};

const folder = join(import.meta.dirname, 'testdata');
const cases = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.txt'))
  .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
  .map((text) => /-- \.gitlab-ci\.yml --\n([^]*?)(?=^-- )/m.exec(text)?.[1] ?? '');

/** The smallest value found for which there is no good answer. */
const findBad = async <Value>(
  arbitrary: fc.Arbitrary<Value>,
  textOf: (value: Value) => string,
  numRuns: number,
): Promise<unknown> => {
  const property = fc.asyncProperty(arbitrary, async (value) => void (await check(textOf(value))));
  const details = await fc.check(property, { numRuns });
  return details.failed
    ? { seed: details.seed, found: details.counterexample, error: details.errorInstance }
    : undefined;
};

describe('whatever the file, there is an answer', () => {
  it('for random text', async () => {
    expect(await findBad(fc.string({ maxLength: 300 }), String, 200)).toBeUndefined();
    expect(await findBad(fc.string({ unit: 'binary', maxLength: 30 }), String, 100)).toBeUndefined();
  });

  it('for random trees of keywords', async () => {
    expect(await findBad(fc.array(fc.tuple(word, tree), { maxLength: 8 }), rootOf, 400)).toBeUndefined();
  });

  it('for jobs with random keywords', async () => {
    const keyword = fc.tuple(fc.constantFrom(...JOB_KEYS, ...TRIGGER_JOB_KEYS), tree);
    const kind = fc.constantFrom(['script', 'x'] as const, ['trigger', 'group/project'] as const);
    const job = fc
      .tuple(fc.array(keyword, { maxLength: 4 }), kind)
      .map(([entries, word]) => new Map([word, ...entries]));
    const jobs = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), job), { minLength: 1, maxLength: 3 });
    expect(await findBad(jobs, rootOf, 600)).toBeUndefined();
  });

  it('for headers with random inputs', async () => {
    const input = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...INPUT_KEYS), word), tree), { maxLength: 3 });
    const inputs = fc.array(fc.tuple(fc.constantFrom('a', 'b'), input), { maxLength: 2 });
    const headerOf = (entries: readonly (readonly [string, readonly (readonly [string, unknown])[]])[]): string =>
      `spec: {inputs: ${rootOf(entries.map(([name, keys]) => [name, new Map(keys)] as const))}}`;
    const files = fc.tuple(inputs.map(headerOf), fc.array(fc.tuple(word, tree), { maxLength: 4 }).map(rootOf));
    expect(await findBad(files, (parts) => parts.join('\n---\n'), 400)).toBeUndefined();
  });

  it('for changed real files', async () => {
    const piece = fc.oneof(fc.constantFrom('', '\n', '  ', ': ', '- ', '[', '}', '*a', '&a ', '"'), word);
    const change = fc.tuple(fc.nat(), fc.nat(8), piece);
    const changed = fc.tuple(fc.constantFrom(...cases), fc.array(change, { minLength: 1, maxLength: 3 }));
    const apply = ([text, changes]: readonly [string, readonly (readonly [number, number, string])[]]): string =>
      changes.reduce((now, [at, length, put]) => {
        const place = at % (now.length + 1);
        return now.slice(0, place) + put + now.slice(place + length);
      }, text);
    expect(await findBad(changed, apply, 600)).toBeUndefined();
  });
});

const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

describe('a hostile file is answered soon', () => {
  const errorOf = async (content: string, host?: CompileHost): Promise<string> => {
    const result = await check(content, host);
    return result.kind === 'config_error' ? result.errors[0].message : result.kind;
  };

  it('many jobs that extend one large template', async () => {
    const template = `.t:\n  variables:\n${times(3000, (at) => `    V${at}: x`)}`;
    expect(await errorOf(`${template}\n${times(3000, (at) => `j${at}: {extends: .t, script: x}`)}`)).toBe(
      'The parsed YAML is too big',
    );
  });

  it('a diamond of extends', async () => {
    const levels = times(10, (at) => `.k${at + 1}: {extends: [${times(50, () => `.k${at},`).replaceAll('\n', ' ')}]}`);
    expect(await errorOf(`.k0: {stage: build}\n${levels}\nj: {extends: .k9, script: x}`)).toBe('compiled');
  });

  it('a chain of five thousand references', async () => {
    const chain = times(5000, (at) => `.r${at}: !reference [.r${at + 1}]`);
    expect(await errorOf(`${chain}\nj: {script: x}`)).toBe('The parsed YAML is too big');
  });

  it('references that nest what they refer to', async () => {
    const chain = times(5000, (at) => `.r${at}: [${at === 0 ? 'x' : `!reference [.r${at - 1}]`}]`);
    expect(await errorOf(`${chain}\nj: {script: x}`)).toBe('The parsed YAML is too big');
  });

  it('a file that includes itself many times', async () => {
    expect(await errorOf(`include: [${times(100, () => 'a.yml,')}]\nj: {script: x}`)).toBe(
      'Maximum of 150 nested includes are allowed!',
    );
  });

  it('an include with a hundred wildcards', async () => {
    expect(await errorOf(`include: '${'a*'.repeat(5000)}b.yml'\nj: {script: x}`)).toBe('compiled');
  });

  it('many wildcards and many files', async () => {
    const files = Array.from({ length: 20_000 }, (_, at) => `${'ab'.repeat(20)}/${at}.yml`);
    const content = `include: [${times(20_000, (at) => `'a*b**a*${at}.yml',`)}]\nj: {script: x}`;
    const host = { ...hostOf(content), listFiles: () => Promise.resolve(files) };
    expect(await errorOf(content, host)).toBe('The wildcards of `include:local` have too many files to look at');
  });

  it('many files that are not there, in a repository of many files', async () => {
    const files = Array.from({ length: 100_000 }, (_, at) => `ci/${at + 100_000}.yml`);
    const content = `include: [${times(150, (at) => `ci/${at + 500_000}.yml,`)}]\nj: {script: x}`;
    const host = {
      ...hostOf(content),
      listFiles: () => Promise.resolve(files),
      readLocalFile: () => Promise.resolve(undefined),
    };
    expect(await errorOf(content, host)).toBe('Local file `ci/500000.yml` does not exist!');
  });

  it('a path of a megabyte of dots', async () => {
    const content = `include: '${'.'.repeat(1_000_000)}'\nj: {script: x}`;
    expect(await errorOf(content)).toMatch(/does not have YAML extension!$/);
  });

  it('a circle of five thousand needs', async () => {
    const jobs = times(5000, (at) => `j${at}: {script: x, needs: [j${(at + 1) % 5000}]}`);
    expect(await errorOf(jobs)).toMatch(/^The pipeline has circular dependencies: topological sort failed: \["j0"/);
  });

  it('variables that double thirty times, in a thousand jobs', async () => {
    const variables = times(30, (at) => `  V${at + 1}: $V${at}$V${at}`);
    const jobs = times(1000, (at) => `j${at}: {script: x, environment: $V30}`);
    expect(await errorOf(`variables:\n  V0: xxxxxxxx\n${variables}\n${jobs}`)).toMatch(/too long after expansion/);
  });

  it('variables of a megabyte in two thousand jobs', async () => {
    const jobs = times(2000, (at) => `j${at}: {script: x}`);
    expect(await errorOf(`variables:\n  A: ${'x'.repeat(1_000_000)}\n  B: $A$A$A$A$A\n${jobs}`)).toBe(
      'The resulting pipeline is too big',
    );
  });

  it('a script of a megabyte in two thousand jobs', async () => {
    const jobs = times(2000, (at) => `j${at}: {script: x}`);
    expect(await errorOf(`default: {before_script: ${'x'.repeat(1_000_000)}}\n${jobs}`)).toBe(
      'The resulting pipeline is too big',
    );
  });

  it('patterns with many braces in many rules', async () => {
    const glob = "'{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}*'";
    const jobs = times(1000, (at) => `j${at}: {script: x, rules: [{changes: [${glob}, x${at}]}]}`);
    const paths = Array.from({ length: 1000 }, (_, at) => `src/${'ab'.repeat(20)}${at}`);
    expect(await errorOf(jobs, { ...hostOf(jobs), changedFiles: () => Promise.resolve(paths) })).toBe('compiled');
  });

  it('large regular expressions for many paths in many rules', async () => {
    const paths = Array.from({ length: 20_000 }, (_, at) => `src/${'ab'.repeat(20)}${at}`);
    const host = (content: string) => ({ ...hostOf(content), changedFiles: () => Promise.resolve(paths) });
    for (const regexp of ['(.{0,30}){0,30}x', '^lib/.*\\.ts$', '([a-z0-9/]*)*$$x']) {
      const jobs = times(500, (at) => `j${at}: {script: x, rules: [{changes: {regexp: '${regexp}${at}'}}]}`);
      expect(await errorOf(jobs, host(jobs))).toMatch(/^compiled$|too many or too long/);
    }
  });

  it('thousands of misspelt keys', async () => {
    const keys = times(10_000, (at) => `  scirpt${at % 100 === 0 ? '' : at}x: y`);
    expect(await errorOf(`j:\n  script: x\n${keys}`)).toMatch(/^jobs:j config contains unknown keys: scirptx/);
    expect(await errorOf(times(3000, (at) => `j${at}: {script: x, alow_failure: 1, varaibles: 2, onyl: 3}`))).toMatch(
      /^jobs:j0 config contains unknown keys/,
    );
  });

  it('thousands of stages and jobs', async () => {
    const stages = `stages: [${times(5000, (at) => `s${at},`).replaceAll('\n', ' ')}]`;
    expect(await errorOf(`${stages}\n${times(5000, (at) => `j${at}: {script: x, stage: s${at}}`)}`)).toBe('compiled');
  });

  it('a name of brackets and colons', async () => {
    expect(await errorOf(`"${':[]'.repeat(300)}": {script: x}`)).toMatch(/^jobs:[:[\]]+ name is too long/);
    expect(await errorOf(`${':[]'.repeat(20_000)}: {script: x}`)).toMatch(/mapping values are not allowed/);
  });

  it('a pattern that backtracks elsewhere', async () => {
    const rule = `{if: '"${'a'.repeat(5000)}!" =~ /^(a+)+$/'}`;
    expect(await errorOf(`j: {script: x, coverage: '/((a+)+)+b/', rules: [${rule}, {when: always}]}`)).toBe('compiled');
  });

  it('brackets of blocks without an end', async () => {
    const header = 'spec: {inputs: {a: {default: x}}}\n---\n';
    for (const text of [']$[[', '$[[ ', '$[[ a\\n', '$[[ a ] ', '$[[a\\n]]']) {
      expect(await errorOf(`${header}j: {script: "${text.repeat(100_000)}"}`)).toBe('compiled');
    }
  });

  it('blocks that are no more than dots, bars and indices', async () => {
    const header = 'spec: {inputs: {a: {default: x}}}\n---\n';
    for (const [text, message] of [
      ['.', 'maximum interpolation expression size exceeded'],
      ['|', 'invalid pattern used for interpolation. valid pattern is $[[ inputs.input ]]'],
      ['inputs.a[', 'maximum interpolation expression size exceeded'],
    ] as const) {
      expect(await errorOf(`${header}j: {script: '$[[ ${text.repeat(100_000)} ]]'}`)).toContain(message);
    }
  });

  it('a long value in many places', async () => {
    const header = `spec: {inputs: {a: {default: ${'x'.repeat(500_000)}}}}\n---\n`;
    expect(
      await errorOf(`${header}j: {script: [${times(5000, () => "'a $[[ inputs.a ]]',").replaceAll('\n', ' ')}]}`),
    ).toBe('`.gitlab-ci.yml`: config too large');
  });

  it('a long list in many places', async () => {
    const header = `spec: {inputs: {a: {type: array, default: [${'1,'.repeat(5000)}]}}}\n---\n`;
    expect(
      await errorOf(`${header}j: {script: [${times(5000, () => "'$[[ inputs.a ]]',").replaceAll('\n', ' ')}]}`),
    ).toBe('`.gitlab-ci.yml`: config too large');
  });

  it('a long value that many rules look at', async () => {
    const rules = times(3000, () => "{if: '$[[ inputs.a ]] =~ /(a+)+b/', default: x},").replaceAll('\n', ' ');
    const header = `spec: {inputs: {a: {default: ${'a'.repeat(500_000)}}, b: {rules: [${rules}]}}}\n---\n`;
    expect(await errorOf(`${header}j: {script: x}`)).toBe('`.gitlab-ci.yml`: config too large');
  });

  it('a circle of rules of two thousand inputs', async () => {
    const circle = times(2000, (at) => `    i${at}: {rules: [{if: '$[[ inputs.i${(at + 1) % 2000} ]]', default: x}]}`);
    expect(await errorOf(`spec:\n  inputs:\n${circle}\n---\nj: {script: x}`)).toBe(
      '`.gitlab-ci.yml`: header:spec:inputs:i0 config circular dependency detected',
    );
  });
});
