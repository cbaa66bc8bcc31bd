import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { goldenHost } from '../../test/support/language-host.ts';
import { PIPELINE_SOURCES } from '../wire/statuses.ts';
import {
  type CompiledJob,
  type CompiledNeed,
  type CompiledService,
  type CompiledVariable,
  type CompileHost,
  type CompileInput,
  type CompileResult,
  compile,
  type Diagnostic,
  newCompileMemory,
  type VariableScope,
} from './index.ts';
import type { Variable } from './variables/index.ts';

// What a case is made of: testdata/README.md.

type Data = Readonly<Record<string, unknown>>;

interface GoldenCase {
  readonly files: ReadonlyMap<string, string>;
  readonly facts: Data;
  readonly expected: Data;
}

const CONFIG = '.gitlab-ci.yml';
const SECTION = /^-- (.+) --\n/m;

/** Cuts a case into its sections. */
const parseCase = (text: string): GoldenCase => {
  const parts = text.split(SECTION);
  const sections = new Map<string, string>();
  for (let index = 1; index < parts.length; index += 2) sections.set(parts[index] ?? '', parts[index + 1] ?? '');
  const expected = dataOf(load(sections.get('expect') ?? '{}'));
  const facts = dataOf(load(sections.get('facts') ?? '{}'));
  sections.delete('expect');
  sections.delete('facts');
  return { files: sections, facts, expected };
};

const isData = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const dataOf = (value: unknown): Record<string, unknown> => (isData(value) ? value : {});
const textOf = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);
const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** name → value, or name → `{value, raw, masked, file}`. */
const variablesOf = (from: unknown): readonly Variable[] =>
  Object.entries(dataOf(from)).map(([key, given]) => {
    const { value, raw, masked } = isData(given) ? given : { value: given, raw: false, masked: false };
    return { key, value: String(value), raw: raw === true, masked: masked === true };
  });

const inputOf = ({ files, facts }: GoldenCase): CompileInput => {
  const source = PIPELINE_SOURCES.find((name) => name === facts['source']) ?? 'push';
  const ref = textOf(facts['ref'], 'main');
  const tag = facts['tag'] === true;
  const isBranch = !tag && facts['merge_request'] !== true;
  const predefined = {
    CI_PIPELINE_SOURCE: source,
    CI_DEFAULT_BRANCH: 'main',
    CI_PROJECT_PATH: 'group/project',
    CI_COMMIT_REF_NAME: ref,
    ...(isBranch ? { CI_COMMIT_BRANCH: ref } : {}),
    ...(tag ? { CI_COMMIT_TAG: ref } : {}),
    ...dataOf(facts['predefined']),
  };
  const pipeline: VariableScope = { below: variablesOf(predefined), above: variablesOf(facts['variables']) };
  const environments = dataOf(facts['environments']);
  return {
    purpose: facts['purpose'] === 'lint' ? 'lint' : 'create',
    content: files.get(CONFIG) ?? '',
    path: CONFIG,
    elsewhere: facts['elsewhere'] === true,
    facts: { source, ref, tag, ...(isBranch ? { branch: ref } : {}) },
    inputs: dataOf(facts['inputs']),
    variables: {
      pipeline,
      forJob: ({ name, stage, environment }) => ({
        below: [...variablesOf({ CI_JOB_NAME: name, CI_JOB_STAGE: stage }), ...pipeline.below],
        above: [...variablesOf(environments[environment ?? '']), ...pipeline.above],
      }),
    },
  };
};

const hostOf = ({ files, facts }: GoldenCase): CompileHost =>
  goldenHost(
    {
      sections: files,
      paths: textsOf(facts['files']),
      open: textsOf(facts['open_projects']),
      moved: dataOf(facts['moved']),
      remote: dataOf(facts['remote']),
      late: textsOf(facts['late']),
      isChild: facts['child'] === true,
    },
    {
      changedFiles: (compareTo) => {
        if (compareTo === undefined) {
          return Promise.resolve(Array.isArray(facts['changed']) ? textsOf(facts['changed']) : undefined);
        }
        const since = dataOf(facts['changed_since']);
        return Promise.resolve(Object.hasOwn(since, compareTo) ? textsOf(since[compareTo]) : 'invalid_ref');
      },
      identifyFiles: (questions) =>
        Promise.resolve(
          questions.map(({ id, path }) => {
            const found = dataOf(facts[id === 'content' ? 'contents' : 'last_commits'])[path];
            return typeof found === 'string' ? found : undefined;
          }),
        ),
    },
  );

type Shown = Readonly<Record<string, unknown>>;

interface DescribedResult {
  readonly result: CompileResult['kind'];
  readonly jobs: Readonly<Record<string, Shown>>;
  readonly errors: readonly unknown[];
  readonly warnings: readonly unknown[];
  readonly [key: string]: unknown;
}

/** A result as the cases write it. */
const describeResult = (result: CompileResult): DescribedResult => {
  const warnings = result.warnings.map(describeDiagnostic);
  const includes = result.includes;
  if (result.kind === 'config_error') {
    return { result: result.kind, jobs: {}, errors: result.errors.map(describeDiagnostic), warnings, includes };
  }
  if (result.kind !== 'compiled') return { result: result.kind, jobs: {}, errors: [], warnings, includes };
  const { jobs, name, stages, autoCancel } = result.pipeline;
  return {
    result: result.kind,
    name: name ?? null,
    stages,
    autoCancel,
    errors: [],
    warnings,
    includes,
    jobs: Object.fromEntries(jobs.map((job) => [job.name, describeJob(job)])),
  };
};

const describeJob = ({ needs, variables, options, ...job }: CompiledJob): Shown => ({
  ...job,
  ...options,
  needs: needs.map(describeNeed),
  variables: describeVariables(variables),
  ...(!('services' in options) ? {} : { services: options.services?.map(describeService) }),
});

const describeService = ({ variables, ...service }: CompiledService): Shown => ({
  ...service,
  ...(variables === undefined ? {} : { variables: describeVariables(variables) }),
});

const describeNeed = ({ name, artifacts, optional }: CompiledNeed): unknown =>
  artifacts && !optional ? name : { name, artifacts, optional };

const describeVariables = (variables: readonly CompiledVariable[]): Shown =>
  Object.fromEntries(variables.map(({ key, value, raw }) => [key, raw === true ? { value, raw } : value]));

/** Compares by message alone where a case gives only that. */
const describeDiagnostic = ({ message, hint, file, line, column, path }: Diagnostic): unknown => ({
  message,
  at: `${file}:${line ?? '?'}:${column ?? '?'}`,
  path: path.join(':'),
  ...(hint === undefined ? {} : { hint }),
});

/** A text stands for a diagnostic with that message; a map for one with those values. */
const wantedDiagnostics = (wanted: unknown, found: readonly unknown[]): unknown =>
  (Array.isArray(wanted) ? wanted : []).map((item: unknown, index) => {
    const known: unknown = found[index];
    const rest = typeof known === 'object' ? known : {};
    return { ...rest, ...(typeof item === 'string' ? { message: item } : Object(item)) };
  });

const root = join(import.meta.dirname, 'testdata');
const chapters = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

for (const chapter of chapters) {
  describe(chapter, () => {
    for (const file of readdirSync(join(root, chapter)).toSorted()) {
      it(file.replace(/\.txt$/, '').replaceAll('-', ' '), async () => {
        const golden = parseCase(readFileSync(join(root, chapter, file), 'utf8'));
        const memory = newCompileMemory();
        const result = await compile({ ...inputOf(golden), memory }, hostOf(golden));
        // What is remembered of it changes nothing.
        expect(await compile({ ...inputOf(golden), memory }, hostOf(golden))).toEqual(result);
        const { jobs, errors, warnings, ...rest } = golden.expected;
        const described = describeResult(result);
        const { errors: found, warnings: warned } = described;
        expect(found).toEqual(wantedDiagnostics(errors, found));
        if (warnings !== undefined) expect(warned).toEqual(wantedDiagnostics(warnings, warned));
        expect(described).toMatchObject(rest);
        if (jobs === undefined) return;
        expect(Object.keys(described.jobs)).toEqual(Object.keys(dataOf(jobs)));
        for (const [name, values] of Object.entries(dataOf(jobs))) {
          for (const [key, value] of Object.entries(dataOf(values))) {
            expect(described.jobs[name]?.[key], `${key} of ${name}`).toEqual(value ?? undefined);
          }
        }
      });
    }
  });
}
