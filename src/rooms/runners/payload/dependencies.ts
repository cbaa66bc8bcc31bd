import type { Job, StoredJobOptions } from '../../pipelines/index.ts';

/**
 * The jobs whose artifacts (and dotenv variables) this one gets. DAG: its needs with artifacts; otherwise all latest
 * jobs of earlier stages. `dependencies` narrows it by name, `[]` to nothing. In the pipeline's order.
 */
export function dependencyJobs(job: Job, options: StoredJobOptions, latest: readonly Job[]): readonly Job[] {
  const wanted = new Set(job.needs.filter((need) => need.artifacts).map((need) => need.name));
  const candidates =
    job.schedulingType === 'dag'
      ? latest.filter((other) => wanted.has(other.name))
      : latest.filter((other) => other.stageIndex < job.stageIndex);
  const { dependencies } = options;
  if (dependencies === undefined) return candidates;
  const names = new Set(dependencies);
  return candidates.filter((other) => names.has(other.name));
}
