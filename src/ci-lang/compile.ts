import type { CompileHost, CompileInput, CompileResult } from './compile-types.ts';
import type { CompiledPipeline } from './compiled.ts';
import { ConfigError, refuse } from './config-error.ts';
import { type CheckedConfig, defineConfig } from './define-config.ts';
import type { Diagnostic } from './diagnostic.ts';
import { EDGE_STAGES } from './keywords/stages.ts';
import { askOnce, type Repository } from './rules/repository.ts';
import { newExpansionMeter } from './rules/variable-view.ts';
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
