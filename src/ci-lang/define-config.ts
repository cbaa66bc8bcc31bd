import { checkJobs } from './check/check-jobs.ts';
import type { CheckedConfig } from './compile-memory.ts';
import type { CompileNotes } from './compile-notes.ts';
import type { CompileInput } from './compile-types.ts';
import { configError, diagnosticAt, refuse } from './config-error.ts';
import type { Diagnostic } from './diagnostic.ts';
import { metered } from './expressions/index.ts';
import type { IncludeContext } from './include/include-context.ts';
import { includeFiles } from './include/include-files.ts';
import { fillingOf } from './include/spec-includes.ts';
import { type GivenInputs, interpolateFile, type LoadedFile, pipelineInputs } from './inputs/index.ts';
import { readRoot } from './keywords/root.ts';
import { LIMITS } from './limits.ts';
import { newMergeBudget } from './merge/deep-merge.ts';
import { mergeConfig } from './merge/merge-config.ts';
import { expandParallel } from './parallel/expand-parallel.ts';
import { readConfigFile, readGivenText } from './read/read-config-file.ts';
import type { Repository } from './rules/repository.ts';
import { newExpansionMeter, viewVariables } from './rules/variable-view.ts';
import type { YamlMap } from './yaml/index.ts';

/** What the text alone says: read → inputs → include → merge → keywords → check. */
export const defineConfig = async (
  input: CompileInput,
  repository: Repository,
  notes: CompileNotes,
): Promise<CheckedConfig> => {
  const { memory, content, path, purpose } = input;
  const key = `${purpose} ${path}\n${content}`;
  const known = followsFromText(input) ? memory?.configs.find(key) : undefined;
  if (known !== undefined) {
    notes.merged = known.merged;
    notes.warnings.push(...known.warnings);
    return known;
  }
  const context = includeContext(input, repository, notes);
  const given = pipelineInputs(input.inputs, path);
  const file = readProjectFile(input);
  const isWhole = followsFromText(input) && file.header === undefined && !file.content.byName.has('include');
  const merged = mergeConfig(await includeInto(file, given, input, context));
  notes.merged = merged;
  const checked = checkConfig(merged, input, repository, notes);
  if (isWhole) memory?.configs.keep(key, { ...checked, merged, warnings: [...notes.warnings] });
  return checked;
};

/** Whether nothing but the text decides, unless the text includes something or has a header. */
const followsFromText = ({ inputs, elsewhere, unnamed }: CompileInput): boolean =>
  elsewhere !== true && unnamed !== true && Object.keys(inputs).length === 0;

const checkConfig = (
  merged: YamlMap,
  { purpose }: CompileInput,
  { regexes }: Repository,
  notes: CompileNotes,
): CheckedConfig => {
  const unsupported: Diagnostic[] = [];
  const { warnings } = notes;
  const config = metered(regexes, () => readRoot(merged, { warnings, unsupported }));
  const { jobs, problems } = expandParallel(config.jobs);
  refuse(
    problems.map(({ message, position, job }) => diagnosticAt('error', message, position, ['jobs', job, 'needs'])),
  );
  refuse(checkJobs(jobs, config.stages));
  if (purpose === 'create') refuse(unsupported);
  notes.warnings.push(...unsupported.map((diagnostic): Diagnostic => ({ ...diagnostic, severity: 'warning' })));
  return { config, jobs };
};

/** The project's file with its inputs put in and everything that it includes. */
const includeInto = async (
  file: LoadedFile,
  given: GivenInputs,
  { path, elsewhere }: CompileInput,
  context: IncludeContext,
): Promise<YamlMap> => {
  if (elsewhere === true) return includeFiles(file.content, context, { given });
  return includeFiles(await interpolateFile(file, given, fillingOf(path, context, context)), context);
};

const readProjectFile = ({ content, path, unnamed, memory }: CompileInput): LoadedFile => {
  if (/^\s*$/.test(content)) {
    throw configError('Please provide content of .gitlab-ci.yml', { file: path, line: 1, column: 1 }, []);
  }
  return unnamed === true ? readGivenText(content, path) : readConfigFile(content, path, { memory });
};

const includeContext = (
  { variables, content, memory }: CompileInput,
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
    memory,
    size: { left: LIMITS.configurationCharacters - content.length },
    comparisons: { left: LIMITS.pipelineComparisons },
    warnings,
    decisions: trace.includes,
    budget: newMergeBudget(),
  };
};
