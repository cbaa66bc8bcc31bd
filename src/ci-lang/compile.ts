import type { CheckedConfig } from './compile-memory.ts';
import { type CompileNotes, newCompileNotes } from './compile-notes.ts';
import type { CompileInput, CompileResult, CompileVerdict } from './compile-types.ts';
import type { CompiledPipeline } from './compiled.ts';
import { refuse } from './config-error.ts';
import type { CompileHost } from './config-host.ts';
import { defineConfig } from './define-config.ts';
import { EDGE_STAGES } from './keywords/stages.ts';
import { refusalOfError } from './refusal-of-error.ts';
import { askOnce, type Repository } from './rules/repository.ts';
import { newExpansionMeter } from './rules/variable-view.ts';
import { evaluateWorkflow } from './select/evaluate-workflow.ts';
import { selectJobs } from './select/select-jobs.ts';
import { boundTrace } from './trace/bound-trace.ts';

/**
 * From the text of a configuration and the facts of one pipeline to its jobs. Whatever the text, the answer is a result
 * with diagnostics; only an outage of the host rejects.
 */
export const compile = async (input: CompileInput, host: CompileHost): Promise<CompileResult> => {
  const notes = newCompileNotes();
  const verdict = await judge(input, askOnce(host), notes);
  return { ...verdict, ...notes, trace: boundTrace(notes.trace) };
};

const judge = async (input: CompileInput, repository: Repository, notes: CompileNotes): Promise<CompileVerdict> => {
  try {
    const definition = await defineConfig(input, repository, notes);
    return await selectPipeline(definition, input, repository, notes);
  } catch (error) {
    const errors = refusalOfError(error, input.path);
    if (errors !== undefined) return { kind: 'config_error', errors };
    throw error;
  }
};

/** The part that looks at the pipeline's facts: workflow → select → check. */
const selectPipeline = async (
  { config, jobs }: CheckedConfig,
  { facts, variables: scopes }: CompileInput,
  repository: Repository,
  { warnings, trace }: CompileNotes,
): Promise<CompileVerdict> => {
  const workflow = await evaluateWorkflow(config, scopes, repository, warnings);
  trace.workflow = workflow.trace;
  if (!workflow.runs) return { kind: 'filtered_by_workflow_rules' };
  const { stages } = config;
  const { variables } = workflow;
  const meter = newExpansionMeter();
  const stageIndex = new Map(stages.map((stage, index) => [stage, index] as const));
  const selection = { facts, scopes, repository, stageIndex, variables, meter };
  const selected = await selectJobs(jobs, selection, trace.jobs);
  refuse(selected.errors);
  if (selected.jobs.every(({ stage }) => EDGE_STAGES.includes(stage))) return { kind: 'filtered_by_rules' };
  const { name, autoCancel } = workflow;
  const pipeline: CompiledPipeline = {
    autoCancel,
    stages,
    jobs: selected.jobs,
    ...(name === undefined ? {} : { name }),
  };
  return { kind: 'compiled', pipeline };
};
