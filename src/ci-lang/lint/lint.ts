import { compile } from '../compile.ts';
import type { CheckedConfig } from '../compile-memory.ts';
import { newCompileNotes } from '../compile-notes.ts';
import type { CompileInput, CompileResult } from '../compile-types.ts';
import { diagnosticAt } from '../config-error.ts';
import type { CompileHost } from '../config-host.ts';
import { defineConfig } from '../define-config.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { FILTERED_MESSAGES } from '../filtered-messages.ts';
import { LIMITS } from '../limits.ts';
import { refusalOfError } from '../refusal-of-error.ts';
import { askOnce } from '../rules/repository.ts';
import { writeYaml, type YamlMap } from '../yaml/index.ts';
import type { LintJob, LintResult } from './lint-types.ts';
import { presentCompiled, presentDefinition, sortByStage } from './present-jobs.ts';
import { showMerged } from './show-merged.ts';

export type LintInput = Omit<CompileInput, 'purpose'>;

/** GitLab's static check: everything that the text says, no rule of a job or of the workflow evaluated. */
export const lint = async (given: LintInput, host: CompileHost): Promise<LintResult> => {
  const notes = newCompileNotes();
  try {
    const definition = await defineConfig({ ...given, purpose: 'lint' }, askOnce(host), notes);
    return resultOf([], notes, listJobs(definition));
  } catch (error) {
    const errors = refusalOfError(error, given.path);
    if (errors !== undefined) return resultOf(errors, notes);
    throw error;
  }
};

/** GitLab's dry run: as far as a pipeline would come, with the facts that are given. Its jobs are those that would be there. */
export const dryRun = async (given: LintInput, host: CompileHost): Promise<LintResult> => {
  const result = await compile({ ...given, purpose: 'lint' }, host);
  return describeDryRun(result, given.path);
};

/** A compilation as lint presents it. */
export const describeDryRun = (result: CompileResult, path: string): LintResult => {
  switch (result.kind) {
    case 'compiled': {
      const { jobs, stages } = result.pipeline;
      return resultOf([], result, sortByStage(jobs, stages).map(presentCompiled));
    }
    case 'config_error':
      return resultOf(result.errors, result);
    case 'filtered_by_workflow_rules':
    case 'filtered_by_rules': {
      const position = { file: path, line: 1, column: 1 };
      const keywords = result.kind === 'filtered_by_rules' ? ['jobs'] : ['workflow', 'rules'];
      return resultOf([diagnosticAt('error', FILTERED_MESSAGES[result.kind], position, keywords)], result);
    }
  }
};

const listJobs = ({ config, jobs }: CheckedConfig): readonly LintJob[] =>
  sortByStage([...jobs.values()], config.stages).map(presentDefinition);

interface Found {
  readonly warnings: readonly Diagnostic[];
  readonly includes: LintResult['includes'];
  readonly merged?: YamlMap;
}

const resultOf = (
  errors: readonly Diagnostic[],
  { warnings, includes, merged }: Found,
  jobs: readonly LintJob[] = [],
): LintResult => ({
  valid: errors.length === 0,
  errors,
  warnings,
  includes,
  jobs,
  // Not before somebody asks: it takes about as long as all the rest.
  get mergedYaml() {
    return merged === undefined ? undefined : writeYaml(showMerged(merged), LIMITS.mergedYamlCharacters);
  },
});
