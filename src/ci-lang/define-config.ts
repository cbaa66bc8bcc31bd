import { checkJobs } from './check/check-jobs.ts';
import type { CompileNotes } from './compile-notes.ts';
import type { CompileInput } from './compile-types.ts';
import { configError, diagnosticAt, refuse } from './config-error.ts';
import type { Diagnostic } from './diagnostic.ts';
import { metered } from './expressions/index.ts';
import type { IncludeContext } from './include/include-context.ts';
import { includeFiles } from './include/include-files.ts';
import { fillingOf } from './include/spec-includes.ts';
import { interpolateFile, type LoadedFile, pipelineInputs } from './inputs/index.ts';
import type { JobDefinition } from './keywords/job-definition.ts';
import { type ConfigDefinition, readRoot } from './keywords/root.ts';
import { LIMITS } from './limits.ts';
import { newMergeBudget } from './merge/deep-merge.ts';
import { mergeConfig } from './merge/merge-config.ts';
import { expandParallel } from './parallel/expand-parallel.ts';
import { readConfigFile, readGivenText } from './read/read-config-file.ts';
import type { Repository } from './rules/repository.ts';
import { newExpansionMeter, viewVariables } from './rules/variable-view.ts';
import type { YamlMap } from './yaml/index.ts';

/** A configuration that is sound as far as its text says. */
export interface CheckedConfig {
  readonly config: ConfigDefinition;
  /** By name; `parallel` is written out. */
  readonly jobs: ReadonlyMap<string, JobDefinition>;
}

/** What the text alone says: read → inputs → include → merge → keywords → check. */
export const defineConfig = async (
  input: CompileInput,
  repository: Repository,
  notes: CompileNotes,
): Promise<CheckedConfig> => {
  const context = includeContext(input, repository, notes);
  const included = await readConfig(input, context);
  const merged = mergeConfig(included);
  notes.merged = merged;
  const unsupported: Diagnostic[] = [];
  const { warnings } = notes;
  const config = metered(repository.regexes, () => readRoot(merged, { warnings, unsupported }));
  const { jobs, problems } = expandParallel(config.jobs);
  refuse(
    problems.map(({ message, position, job }) => diagnosticAt('error', message, position, ['jobs', job, 'needs'])),
  );
  refuse(checkJobs(jobs, config.stages));
  if (input.purpose === 'create') refuse(unsupported);
  notes.warnings.push(...unsupported.map((diagnostic): Diagnostic => ({ ...diagnostic, severity: 'warning' })));
  return { config, jobs };
};

/** The project's file with its inputs put in and everything that it includes. */
const readConfig = async (input: CompileInput, context: IncludeContext): Promise<YamlMap> => {
  const given = pipelineInputs(input.inputs, input.path);
  const file = readProjectFile(input);
  if (input.elsewhere === true) return includeFiles(file.content, context, { given });
  return includeFiles(await interpolateFile(file, given, fillingOf(input.path, context, context)), context);
};

const readProjectFile = ({ content, path, unnamed }: CompileInput): LoadedFile => {
  if (/^\s*$/.test(content)) {
    throw configError('Please provide content of .gitlab-ci.yml', { file: path, line: 1, column: 1 }, []);
  }
  return unnamed === true ? readGivenText(content, path) : readConfigFile(content, path);
};

const includeContext = (
  { variables, content }: CompileInput,
  repository: Repository,
  { warnings, includes, trace }: CompileNotes,
): IncludeContext => {
  const { below, above } = variables.pipeline;
  return {
    scope: {
      place: repository.home,
      as: 'pipeline_user',
      variables: viewVariables([below, above], newExpansionMeter()),
      suffix: '',
      seesParent: repository.readArtifact !== undefined,
    },
    repository,
    records: includes,
    local: new Set(),
    files: new Map(),
    size: { left: LIMITS.configurationCharacters - content.length },
    comparisons: { left: LIMITS.pipelineComparisons },
    warnings,
    decisions: trace.includes,
    budget: newMergeBudget(),
  };
};
