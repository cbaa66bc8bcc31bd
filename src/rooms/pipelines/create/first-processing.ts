import type { CompiledJob, CompiledPipeline } from '../../../ci-lang/index.ts';
import type { JobState, PipelineState, StageState } from '../../../engine/index.ts';
import { planPipeline, processPipeline } from '../../../engine/index.ts';
import type { JobId, PipelineId, StageId } from '../../../kit/ids.ts';
import type { PipelineSource, Status } from '../../../wire/statuses.ts';
import type { NewJob, NewStage } from '../job-write-store.ts';

/** A new pipeline as it stands after the engine has looked at it once. */
export interface FirstProcessing {
  readonly pipelineStatus: Status;
  readonly stages: readonly NewStage[];
  readonly jobs: readonly NewJob[];
}

/** The engine's first look at the jobs, before they have rows: positions in the lists stand for ids. Pure. */
export function firstProcessing(compiled: CompiledPipeline, source: PipelineSource, now: Date): FirstProcessing {
  const plan = planPipeline(compiled.stages, compiled.jobs);
  const stages = plan.stages.map((stage, index): StageState => ({ ...stage, id: index as StageId }));
  const jobs = plan.jobs.map(
    (job, index): JobState => ({
      ...job,
      id: index as JobId,
      startIn: job.startIn ?? null,
      retry: null,
      allowFailureExitCodes: job.allowFailureExitCodes ?? [],
      interruptible: job.interruptible ?? false,
      isBridge: job.kind === 'bridge',
      hasResourceGroup: job.resourceGroup !== undefined,
      createdAt: now,
    }),
  );
  const result = processPipeline({ pipeline: { ...UNBORN, source }, stages, jobs }, now);
  const moves = new Map(result.jobs.map((move) => [move.id, move.changes]));
  const stageStatus = new Map(result.stages.map((move) => [move.id, move.to]));
  return {
    pipelineStatus: result.pipeline?.to ?? 'created',
    stages: stages.map(({ id, name, position, status }) => ({
      name,
      position,
      status: stageStatus.get(id) ?? status,
    })),
    jobs: compiled.jobs.map((job, index) => {
      const changes = moves.get(index as JobId);
      return {
        ...rowOf(job),
        status: changes?.status ?? 'created',
        queuedAt: changes?.queuedAt ?? null,
        scheduledAt: changes?.scheduledAt ?? null,
      };
    }),
  };
}

const UNBORN: Omit<PipelineState, 'source'> = {
  id: 0 as PipelineId,
  status: 'created',
  startedAt: null,
  finishedAt: null,
  duration: null,
  autoCanceledById: null,
};

/** A trigger job has none; readers of options need not ask. */
const NO_SCRIPTS = { beforeScript: [], script: [], afterScript: [] } as const;

const rowOf = (job: CompiledJob): Omit<NewJob, 'status' | 'queuedAt' | 'scheduledAt'> => ({
  name: job.name,
  type: job.kind,
  stage: job.stage,
  stageIndex: job.stageIndex,
  when: job.when,
  startIn: job.startIn ?? null,
  allowFailure: job.allowFailure,
  schedulingType: job.schedulingType,
  needs: job.needs,
  interruptible: job.interruptible ?? null,
  tagList: job.tags,
  options: {
    ...NO_SCRIPTS,
    ...job.options,
    ...(job.allowFailureExitCodes !== undefined && { allowFailureExitCodes: job.allowFailureExitCodes }),
    ...(job.environment !== undefined && { environment: job.environment }),
  },
  yamlVariables: job.variables,
  coverageRegex: job.coverage ?? null,
  environmentName: job.environment?.name ?? null,
  resourceGroup: job.resourceGroup ?? null,
});
