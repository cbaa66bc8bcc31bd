import { checkJobs } from './check/check-jobs.ts';
import type { CompileNotes } from './compile-notes.ts';
import type { CompileInput } from './compile-types.ts';
import { configError, diagnosticAt, refuse } from './config-error.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { IncludeContext } from './include/include-context.ts';
import { includeFiles } from './include/include-files.ts';
import type { JobDefinition } from './keywords/job-definition.ts';
import { type ConfigDefinition, readRoot } from './keywords/root.ts';
import { newMergeBudget } from './merge/deep-merge.ts';
import { mergeConfig } from './merge/merge-config.ts';
import { expandParallel } from './parallel/expand-parallel.ts';
import { readConfigFile } from './read/read-config-file.ts';
import type { Repository } from './rules/repository.ts';
import { newExpansionMeter, viewVariables } from './rules/variable-view.ts';
import type { YamlMap } from './yaml/index.ts';

/** A configuration that is sound as far as its text says. */
export interface CheckedConfig {
  readonly config: ConfigDefinition;
  /** By name; `parallel` is written out. */
  readonly jobs: ReadonlyMap<string, JobDefinition>;
  /** Everything included and merged, as the keywords were read from. */
  readonly merged: YamlMap;
}

/** What the text alone says: read → include → inputs → merge → keywords → check. */
export const defineConfig = async (
  input: CompileInput,
  repository: Repository,
  notes: CompileNotes,
): Promise<CheckedConfig> => {
  const file = readProjectFile(input);
  checkInputs(input);
  const included = await includeFiles(file, includeContext(input, repository, notes));
  const merged = mergeConfig(included);
  const unsupported: Diagnostic[] = [];
  const config = readRoot(merged, { warnings: notes.warnings, unsupported });
  const { jobs, problems } = expandParallel(config.jobs);
  refuse(
    problems.map(({ message, position, job }) => diagnosticAt('error', message, position, ['jobs', job, 'needs'])),
  );
  refuse(checkJobs(jobs, config.stages));
  if (input.purpose === 'create') refuse(unsupported);
  notes.warnings.push(...unsupported.map((diagnostic): Diagnostic => ({ ...diagnostic, severity: 'warning' })));
  return { config, jobs, merged };
};

const readProjectFile = ({ content, path }: CompileInput) => {
  if (/^\s*$/.test(content)) {
    throw configError('Please provide content of .gitlab-ci.yml', { file: path, line: 1, column: 1 }, []);
  }
  return readConfigFile(content, path);
};

/** Without a header there is nothing that an input could be for. */
const checkInputs = ({ inputs, path }: CompileInput): void => {
  if (Object.keys(inputs).length === 0) return;
  const message = 'Given inputs not defined in the `spec` section of the included configuration file';
  throw configError(`\`${path}\`: ${message}`, { file: path, line: 1, column: 1 }, []);
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
    secrets: [...new Set(secrets)].toSorted((one, other) => other.length - one.length),
    included: [],
    files: new Map(),
    warnings,
    decisions: trace.includes,
    budget: newMergeBudget(),
  };
};
