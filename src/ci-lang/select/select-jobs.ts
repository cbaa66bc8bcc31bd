import type { CompiledJob } from '../compiled.ts';
import { type ConfigError, configError, diagnosticAt, findUntilEnough } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import { LIMITS } from '../limits.ts';
import type { JobDecision } from '../trace/trace.ts';
import { checkNeededJobs } from './check-needed-jobs.ts';
import { newCompileCaches } from './compile-caches.ts';
import { compileJob } from './compile-job.ts';
import { decideJob } from './decide-job.ts';
import { viewJob } from './job-view.ts';
import type { Selection } from './selection.ts';

export interface SelectedJobs {
  /** In the order of the file. */
  readonly jobs: readonly CompiledJob[];
  /** In GitLab's order: stage by stage. */
  readonly errors: readonly Diagnostic[];
}

/** Which jobs the pipeline has, and with what values; what was decided of each is appended to `decisions`. */
export const selectJobs = async (
  definitions: ReadonlyMap<string, JobDefinition>,
  selection: Selection,
  decisions: JobDecision[],
): Promise<SelectedJobs> => {
  const chosen = new Map<string, CompiledJob>();
  const compileCaches = newCompileCaches(definitions, selection.repository);
  let size = 0;
  let room: number = LIMITS.errorCharacters;
  const problems = new Map<string, readonly Diagnostic[]>();
  for (const job of definitions.values()) {
    const view = viewJob(job, selection);
    // Hosts are asked once per question, so this hardly ever waits
    const { decision, rule } = await decideJob(job, selection, view.variables);
    decisions.push(decision);
    if (decision.outcome === 'failed') {
      problems.set(job.name, [jobError(job, `Failed to parse rule for ${job.name}: ${decision.problem ?? ''}`)]);
    }
    if (decision.outcome !== 'included') continue;
    const compiled = compileJob(job, rule, selection, view, await compileCaches(job));
    chosen.set(job.name, compiled);
    size += JSON.stringify(compiled).length;
    if (size > LIMITS.compiledCharacters) throw tooBig(job);
    // One circle of variables is a problem of every job
    const problem = room > 0 ? view.variables.findProblem() : undefined;
    if (problem === undefined) continue;
    problems.set(job.name, [jobError(job, `${job.name}: ${problem}`)]);
    room -= problem.length;
  }
  const errors = findUntilEnough(byStage(definitions, selection), (job) => {
    const needs = chosen.has(job.name) ? checkNeededJobs(job, chosen) : [];
    return [...needs, ...(problems.get(job.name) ?? [])];
  });
  return { jobs: [...chosen.values()], errors };
};

const byStage = (jobs: ReadonlyMap<string, JobDefinition>, { stageIndex }: Selection): readonly JobDefinition[] =>
  [...jobs.values()].toSorted((one, other) => (stageIndex.get(one.stage) ?? 0) - (stageIndex.get(other.stage) ?? 0));

const jobError = (job: JobDefinition, message: string): Diagnostic =>
  diagnosticAt('error', message, job.position, ['jobs', job.name]);

/** What a file shares between jobs is stored with each of them. */
const tooBig = (job: JobDefinition): ConfigError =>
  configError('The resulting pipeline is too big', job.position, ['jobs', job.name]);
