import type { PipelineFacts, VariableScopes } from '../compile-types.ts';
import type { CompiledJob } from '../compiled.ts';
import { diagnosticAt } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import type { VariableDefinition } from '../keywords/variables.ts';
import type { Repository } from '../rules/repository.ts';
import type { ExpansionMeter } from '../rules/variable-view.ts';
import { checkNeededJobs } from './check-needed-jobs.ts';
import { compileJob } from './compile-job.ts';
import { decideJob } from './decide-job.ts';
import { viewJob } from './job-view.ts';

/** What the choice of jobs depends on. */
export interface Selection {
  readonly facts: PipelineFacts;
  readonly scopes: VariableScopes;
  readonly repository: Repository;
  readonly stages: readonly string[];
  /** root ⊕ workflow rule. */
  readonly variables: readonly VariableDefinition[];
  readonly meter: ExpansionMeter;
}

export interface SelectedJobs {
  /** In the order of the file. */
  readonly jobs: readonly CompiledJob[];
  /** In GitLab's order: stage by stage. */
  readonly errors: readonly Diagnostic[];
}

/** Which jobs the pipeline has, and with what values. */
export const selectJobs = async (
  definitions: ReadonlyMap<string, JobDefinition>,
  selection: Selection,
): Promise<SelectedJobs> => {
  const chosen = new Map<string, CompiledJob>();
  const problems = new Map<string, readonly Diagnostic[]>();
  for (const job of definitions.values()) {
    const view = viewJob(job, selection);
    // eslint-disable-next-line no-await-in-loop -- hosts are asked once per question, so this hardly ever waits
    const decision = await decideJob(job, selection, view.variables);
    if (decision.kind === 'failed') problems.set(job.name, [jobError(job, decision.message)]);
    if (decision.kind !== 'included') continue;
    chosen.set(job.name, compileJob(job, decision.rule, selection, view));
    const problem = view.variables.findProblem();
    if (problem !== undefined) problems.set(job.name, [jobError(job, `${job.name}: ${problem}`)]);
  }
  const errors = selection.stages.flatMap((stage, stageIndex) =>
    [...definitions.values()]
      .filter((job) => job.stage === stage)
      .flatMap((job) => {
        const needs = chosen.has(job.name) ? checkNeededJobs(job, stageIndex, chosen) : [];
        return [...needs, ...(problems.get(job.name) ?? [])];
      }),
  );
  return { jobs: [...chosen.values()], errors };
};

const jobError = (job: JobDefinition, message: string): Diagnostic =>
  diagnosticAt('error', message, job.position, ['jobs', job.name]);
