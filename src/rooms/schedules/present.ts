import { presentUserBasic } from '../accounts/index.ts';
import type { Pipeline, PresentContext } from '../pipelines/index.ts';
import { presentPipelineBasic, presentVariable } from '../pipelines/index.ts';
import type { Schedule, ScheduleInput, ScheduleVariable } from './schedule.ts';
import type { PlannedRun } from './schedule-clock.ts';
import type { Tick } from './tick-store.ts';

/** Entities of GitLab's REST API (`Ci::PipelineSchedule`, `Ci::PipelineScheduleDetails`), and our own. Pure. */

/** For those who may see them; absent for others. */
export interface ScheduleSecrets {
  readonly inputs?: readonly ScheduleInput[];
  readonly variables?: readonly ScheduleVariable[];
}

const presentInputs = (inputs: readonly ScheduleInput[]) => inputs.map(({ name, value }) => ({ name, value }));

const presentBasics = (schedule: Schedule) => ({
  id: schedule.id,
  description: schedule.description,
  ref: schedule.ref,
  cron: schedule.cron,
  cron_timezone: schedule.cronTimezone,
  next_run_at: schedule.nextRunAt?.toISOString() ?? null,
  active: schedule.active,
  // Penstock's own: why the server switched it off.
  ...(!schedule.active && schedule.deactivatedReason !== null && { deactivated_reason: schedule.deactivatedReason }),
  created_at: schedule.createdAt.toISOString(),
  updated_at: schedule.updatedAt.toISOString(),
});

const presentOwner = ({ owner }: Schedule, { baseUrl }: Pick<PresentContext, 'baseUrl'>) =>
  owner === null ? null : presentUserBasic(owner, baseUrl);

/** An element of the list. */
export const presentSchedule = (
  schedule: Schedule,
  { inputs }: Pick<ScheduleSecrets, 'inputs'>,
  context: PresentContext,
) => ({
  ...presentBasics(schedule),
  owner: presentOwner(schedule, context),
  ...(inputs !== undefined && { inputs: presentInputs(inputs) }),
});

export const presentScheduleDetails = (
  schedule: Schedule,
  lastPipeline: Pipeline | undefined,
  { inputs, variables }: ScheduleSecrets,
  context: PresentContext,
) => ({
  ...presentBasics(schedule),
  last_pipeline: lastPipeline === undefined ? null : presentPipelineBasic(lastPipeline, context),
  owner: presentOwner(schedule, context),
  ...(variables !== undefined && { variables: variables.map(presentVariable) }),
  ...(inputs !== undefined && { inputs: presentInputs(inputs) }),
});

export const presentPolicy = ({ policy }: Schedule) => ({
  overlap: policy.overlap,
  catch_up: policy.catchUp,
  catch_up_deadline: policy.catchUpDeadline,
  jitter: policy.jitter,
  dst_gap: policy.dstGap,
  dst_overlap: policy.dstOverlap,
});

export const presentTick = (tick: Tick) => ({
  id: tick.id,
  planned_at: tick.plannedAt.toISOString(),
  due_at: tick.dueAt.toISOString(),
  decided_at: tick.decidedAt?.toISOString() ?? null,
  state: tick.state,
  reason: tick.reason,
  pipeline_id: tick.pipelineId,
  refusal_id: tick.refusalId,
});

/** What lies ahead of a schedule. `runs`: also those that it would have while it is switched off. */
export const presentPreview = (schedule: Schedule, runs: readonly PlannedRun[]) => ({
  active: schedule.active,
  deactivated_reason: schedule.deactivatedReason,
  runs: runs.map((run) => ({
    at: run.at.toISOString(),
    local: run.local,
    zone_changes: run.offsetChanges.map(({ at, before, after }) => ({
      at: at.toISOString(),
      offset_before: before,
      offset_after: after,
    })),
  })),
});
