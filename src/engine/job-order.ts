import type { JobState } from './types.ts';

/** By stage, inside a stage a job after the jobs that it needs, else as given. A circle of needs is cut somewhere. */
export function inRunningOrder(jobs: readonly JobState[]): readonly JobState[] {
  const byStage = new Map<number, JobState[]>();
  for (const job of jobs) {
    const stage = byStage.get(job.stageIndex);
    if (stage === undefined) byStage.set(job.stageIndex, [job]);
    else stage.push(job);
  }
  return [...byStage.keys()].sort((a, b) => a - b).flatMap((index) => inNeedsOrder(byStage.get(index) ?? []));
}

/** Depth first with a stack of its own: a chain of needs may be as long as the pipeline. */
function inNeedsOrder(jobs: readonly JobState[]): readonly JobState[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const entered = new Set<JobState>();
  const ordered: JobState[] = [];
  for (const first of jobs) {
    const stack: { readonly job: JobState; next: number }[] = [];
    const enter = (job: JobState): void => {
      if (entered.has(job)) return;
      entered.add(job);
      stack.push({ job, next: 0 });
    };
    enter(first);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = top.job.needs[top.next++];
      if (need === undefined) {
        ordered.push(top.job);
        stack.pop();
        continue;
      }
      const needed = byName.get(need.name);
      if (needed !== undefined) enter(needed);
    }
  }
  return ordered;
}
