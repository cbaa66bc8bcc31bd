import { checkJobs } from './check/check-jobs.ts';
import type { CompileNotes } from './compile-notes.ts';
import type { CompileInput } from './compile-types.ts';
import { configError, diagnosticAt, refuse } from './config-error.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { IncludeContext } from './include/include-context.ts';
import { includeFiles } from './include/include-files.ts';
import { interpolationContext } from './include/spec-includes.ts';
import { interpolateFile, type LoadedFile, pipelineInputs } from './inputs/index.ts';
import type { JobDefinition } from './keywords/job-definition.ts';
import { type ConfigDefinition, readRoot } from './keywords/root.ts';
import { newMergeBudget } from './merge/deep-merge.ts';
import { mergeConfig } from './merge/merge-config.ts';
import { expandParallel } from './parallel/expand-parallel.ts';
import { readConfigFile } from './read/read-config-file.ts';
import type { Repository } from './rules/repository.ts';
import { newExpansionMeter, viewVariables } from './rules/variable-view.ts';
import type { Variable } from './variables/index.ts';

/** A configuration that is sound as far as its text says. */
export interface CheckedConfig {
  readonly config: ConfigDefinition;
  /** By name; `parallel` is written out. */
  readonly jobs: ReadonlyMap<string, JobDefinition>;
}

/** What the text alone says: read → include → inputs → merge → keywords → check. */
export const defineConfig = async (
  input: CompileInput,
  repository: Repository,
  notes: CompileNotes,
): Promise<CheckedConfig> => {
  const context = includeContext(input, repository, notes);
  const given = pipelineInputs(input.inputs, input.path);
  const file = await interpolateFile(readProjectFile(input), given, interpolationContext(input.path, context));
  const included = await includeFiles(file, context);
  const merged = mergeConfig(included);
  notes.merged = merged;
  const unsupported: Diagnostic[] = [];
  const config = readRoot(merged, { warnings: notes.warnings, unsupported });
  const { jobs, problems } = expandParallel(config.jobs);
  refuse(
    problems.map(({ message, position, job }) => diagnosticAt('error', message, position, ['jobs', job, 'needs'])),
  );
  refuse(checkJobs(jobs, config.stages));
  if (input.purpose === 'create') refuse(unsupported);
  notes.warnings.push(...unsupported.map((diagnostic): Diagnostic => ({ ...diagnostic, severity: 'warning' })));
  return { config, jobs };
};

const readProjectFile = ({ content, path }: CompileInput): LoadedFile => {
  if (/^\s*$/.test(content)) {
    throw configError('Please provide content of .gitlab-ci.yml', { file: path, line: 1, column: 1 }, []);
  }
  return readConfigFile(content, path);
};

const includeContext = (
  { variables }: CompileInput,
  repository: Repository,
  { warnings, trace }: CompileNotes,
): IncludeContext => {
  const { below, above } = variables.pipeline;
  const secrets = [...below, ...above].flatMap(({ value, masked }) => (masked === true && value !== '' ? [value] : []));
  return {
    rules: { variables: viewVariables([below, above], newExpansionMeter()), repository },
    findVariable: findIn([...below, ...above]),
    secrets: [...new Set(secrets)].toSorted((one, other) => other.length - one.length),
    included: [],
    files: new Map(),
    warnings,
    decisions: trace.includes,
    budget: newMergeBudget(),
  };
};

/** The last definition of a name counts. */
const findIn = (variables: readonly Variable[]): IncludeContext['findVariable'] => {
  let byName: ReadonlyMap<string, Variable> | undefined;
  return (name) => {
    byName ??= new Map(variables.map((variable) => [variable.key, variable] as const));
    return byName.get(name);
  };
};
