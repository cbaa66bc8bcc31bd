import { isCompleted } from '../wire/statuses.ts';
import { compositeOfMask, compositeStatus, EMPTY_MASK, statusMask } from './composite.ts';
import { decideJob } from './decide-job.ts';
import { inRunningOrder } from './job-order.ts';
import { findPipelineMove } from './pipeline-move.ts';
import { applyMove, findMove } from './transition.ts';
import type { JobMove, JobState, PipelineSnapshot, ProcessResult, StageMove, StageState } from './types.ts';

/**
 * GitLab's processing of one pipeline: which created jobs get their turn (or are skipped), and what the stages and
 * the pipeline are then. A job decided in this call counts for those after it. Called again on its own result it
 * finds nothing more to do.
 */
export function processPipeline(snapshot: PipelineSnapshot, now: Date): ProcessResult {
  const jobs = [...inRunningOrder(snapshot.jobs.filter((job) => !job.retried))];
  const moves: JobMove[] = [];
  // One pass settles everything where needs point backwards, as the language demands; the loop is for rows that don't.
  for (let found = processPass(jobs, now); found.length > 0; found = processPass(jobs, now)) moves.push(...found);
  return {
    jobs: moves,
    stages: findStageMoves(snapshot.stages, jobs),
    pipeline: findPipelineMove(snapshot.pipeline, jobs, now),
  };
}

/** One walk over `jobs`, which are in running order and are replaced as they move. */
function processPass(jobs: JobState[], now: Date): readonly JobMove[] {
  const moves: JobMove[] = [];
  const indexByName = new Map(jobs.map((job, index) => [job.name, index]));
  let earlierStages = EMPTY_MASK;
  let thisStage = EMPTY_MASK;
  let stageIndex = Number.NEGATIVE_INFINITY;

  const needsMask = (job: JobState): number => {
    let mask = EMPTY_MASK;
    for (const need of job.needs) {
      const needed = jobs[indexByName.get(need.name) ?? -1];
      if (needed !== undefined) mask |= statusMask(needed);
    }
    return mask;
  };

  for (const [index, job] of jobs.entries()) {
    if (job.stageIndex !== stageIndex) {
      stageIndex = job.stageIndex;
      earlierStages |= thisStage;
      thisStage = EMPTY_MASK;
    }
    const move = job.status === 'created' ? findTurn(job, earlierStages, needsMask, now) : null;
    const after = move === null ? job : applyMove(job, move);
    if (move !== null) {
      moves.push(move);
      jobs[index] = after;
    }
    thisStage |= statusMask(after);
  }
  return moves;
}

/** The move of a created job whose turn has come; nothing before it counts as success. */
function findTurn(
  job: JobState,
  earlierStages: number,
  needsMask: (job: JobState) => number,
  now: Date,
): JobMove | null {
  const previous =
    (job.schedulingType === 'dag' ? compositeOfMask(needsMask(job), 'dag') : compositeOfMask(earlierStages, 'stage')) ??
    'success';
  return isCompleted(previous) ? findMove(job, decideJob(job, previous), now) : null;
}

/** A stage that would become `created` again (its skipped jobs were reset) keeps what it is. */
function findStageMoves(stages: readonly StageState[], jobs: readonly JobState[]): readonly StageMove[] {
  const byStage = Map.groupBy(jobs, (job) => job.stageIndex);
  return stages.flatMap((stage) => {
    const to = compositeStatus(byStage.get(stage.position) ?? []);
    if (to === null || to === 'created' || to === stage.status) return [];
    return [{ id: stage.id, from: stage.status, to }];
  });
}
