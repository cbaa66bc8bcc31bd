import { checkJobs } from './check/check-jobs.ts';
import type { CompileHost, CompileInput, CompileResult } from './compile-types.ts';
import type { CompiledPipeline } from './compiled.ts';
import { ConfigError, configError, diagnosticAt, refuse } from './config-error.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { IncludeContext } from './include/include-context.ts';
import { includeFiles } from './include/include-files.ts';
import type { JobDefinition } from './keywords/job-definition.ts';
import { type ConfigDefinition, readRoot } from './keywords/root.ts';
import { EDGE_STAGES } from './keywords/stages.ts';
import { newMergeBudget } from './merge/deep-merge.ts';
import { mergeConfig } from './merge/merge-config.ts';
import { expandParallel } from './parallel/expand-parallel.ts';
import { readConfigFile } from './read/read-config-file.ts';
import { askOnce, type Repository } from './rules/repository.ts';
import { newExpansionMeter, viewVariables } from './rules/variable-view.ts';
import { evaluateWorkflow } from './select/evaluate-workflow.ts';
import { selectJobs } from './select/select-jobs.ts';

/**
 * From the text of a configuration and the facts of one pipeline to its jobs. Whatever the text, the answer is a result
 * with diagnostics; only an outage of the host rejects.
 */
export const compile = async (input: CompileInput, host: CompileHost): Promise<CompileResult> => {
  const warnings: Diagnostic[] = [];
  const repository = askOnce(host);
  try {
    const definition = await defineConfig(input, repository, warnings);
    return await selectPipeline(definition, input, repository, warnings);
  } catch (error) {
    if (error instanceof ConfigError) return { kind: 'config_error', errors: error.diagnostics, warnings };
    throw error;
  }
};

interface CheckedConfig {
  readonly config: ConfigDefinition;
  readonly jobs: ReadonlyMap<string, JobDefinition>;
}

/** The part that looks at the text alone: read → include → inputs → merge → keywords → check. */
const defineConfig = async (
  input: CompileInput,
  repository: Repository,
  warnings: Diagnostic[],
): Promise<CheckedConfig> => {
  const file = readProjectFile(input);
  checkInputs(input);
  const included = await includeFiles(file, includeContext(input, repository, warnings));
  const merged = mergeConfig(included);
  const unsupported: Diagnostic[] = [];
  const config = readRoot(merged, { warnings, unsupported });
  const { jobs, problems } = expandParallel(config.jobs);
  refuse(
    problems.map(({ message, position, job }) => diagnosticAt('error', message, position, ['jobs', job, 'needs'])),
  );
  refuse(checkJobs(jobs, config.stages));
  if (input.purpose === 'create') refuse(unsupported);
  warnings.push(...unsupported.map((diagnostic): Diagnostic => ({ ...diagnostic, severity: 'warning' })));
  return { config, jobs };
};

/** The part that looks at the pipeline's facts: workflow → select → check. */
const selectPipeline = async (
  { config, jobs }: CheckedConfig,
  { facts, variables: scopes }: CompileInput,
  repository: Repository,
  warnings: Diagnostic[],
): Promise<CompileResult> => {
  const workflow = await evaluateWorkflow(config, scopes, repository, warnings);
  if (!workflow.runs) return { kind: 'filtered_by_workflow_rules', warnings };
  const { stages } = config;
  const { variables } = workflow;
  const meter = newExpansionMeter();
  const stageIndex = new Map(stages.map((stage, index) => [stage, index] as const));
  const selected = await selectJobs(jobs, { facts, scopes, repository, stageIndex, variables, meter });
  refuse(selected.errors);
  if (selected.jobs.every(({ stage }) => EDGE_STAGES.includes(stage))) return { kind: 'filtered_by_rules', warnings };
  const { name, autoCancel } = workflow;
  const pipeline: CompiledPipeline = {
    autoCancel,
    stages,
    jobs: selected.jobs,
    ...(name === undefined ? {} : { name }),
  };
  return { kind: 'compiled', pipeline, warnings };
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
  warnings: Diagnostic[],
): IncludeContext => {
  const { below, above } = variables.pipeline;
  const secrets = [...below, ...above].flatMap(({ value, masked }) => (masked === true && value !== '' ? [value] : []));
  return {
    rules: { variables: viewVariables([below, above], newExpansionMeter()), repository },
    secrets: [...new Set(secrets)].toSorted((one, other) => other.length - one.length),
    included: [],
    files: new Map(),
    warnings,
    budget: newMergeBudget(),
  };
};
