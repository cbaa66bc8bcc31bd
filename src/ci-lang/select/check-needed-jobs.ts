import type { CompiledJob } from '../compiled.ts';
import { diagnosticAt } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import { LIMITS } from '../limits.ts';

const WHY =
  'This might be because of the only, except, or rules keywords. ' +
  'To need a job that sometimes does not exist in the pipeline, use needs:optional.';

/**
 * Whether the jobs that a job needs were chosen too. Only the job's own needs are looked at, not those of the rule that
 * let it in (GitLab's gap: such a need then waits for nothing).
 */
export const checkNeededJobs = (
  job: JobDefinition,
  chosen: ReadonlyMap<string, CompiledJob>,
): readonly Diagnostic[] => {
  const needs = job.needs ?? [];
  const stageIndex = chosen.get(job.name)?.stageIndex ?? 0;
  if (needs.length > LIMITS.needsPerJob) {
    const counts = `one job can only need ${LIMITS.needsPerJob} others, but you have listed ${needs.length}`;
    const message = `${job.name}: ${counts}. See needs keyword documentation for more details`;
    return [diagnosticAt('error', message, job.position, ['jobs', job.name, 'needs'])];
  }
  return needs
    .filter(({ name, optional }) => !optional && (chosen.get(name)?.stageIndex ?? Infinity) > stageIndex)
    .map(({ name, position }) => {
      const missing = `'${job.name}' job needs '${name}' job, but '${name}' does not exist in the pipeline.`;
      return diagnosticAt('error', `${missing} ${WHY}`, position, ['jobs', job.name, 'needs']);
    });
};
