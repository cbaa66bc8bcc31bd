import type { ScheduleId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import type {
  CreatePipelineDeps,
  CreatePipelineRequest,
  CreatePipelineResult,
  ScheduleOfPipeline,
} from '../pipelines/index.ts';
import { createPipeline } from '../pipelines/index.ts';
import { findScheduleInputs } from './input-store.ts';
import type { Schedule, ScheduleInput, ScheduleVariable } from './schedule.ts';
import { findScheduleDescription } from './store.ts';
import { findScheduleVariables } from './variable-store.ts';

/** As whom a schedule runs: its owner, or whoever plays it. `role`: the present one. */
export type RunScheduleAs = Pick<CreatePipelineRequest, 'project' | 'user' | 'role' | 'claim' | 'settle'>;

/**
 * Makes a pipeline of the schedule now, with its present variables and inputs. Plans nothing: the next tick stays where
 * it is. Refusals leave a failed pipeline where one can stand.
 */
export const runSchedule = async (
  deps: CreatePipelineDeps,
  schedule: Pick<Schedule, 'id' | 'ref' | 'description'>,
  as: RunScheduleAs,
): Promise<CreatePipelineResult> => {
  const { id } = schedule;
  const [variables, inputs] = await Promise.all([
    findScheduleVariables(deps.db, deps.vault, id),
    findScheduleInputs(deps.db, id),
  ]);
  return createPipeline(deps, { ...as, ...requestOf(schedule, variables, inputs) });
};

/** What a schedule asks for, whoever runs it. */
export const requestOf = (
  { id, ref, description }: Pick<Schedule, 'id' | 'ref' | 'description'>,
  variables: readonly ScheduleVariable[],
  inputs: readonly ScheduleInput[],
): Omit<CreatePipelineRequest, keyof RunScheduleAs> => ({
  source: 'schedule',
  ref,
  variables: [],
  inputs: Object.fromEntries(inputs.map(({ name, value }) => [name, value])),
  schedule: { id, description, variables },
  pushOptions: [],
  ignoreSkipCi: true,
  saveOnErrors: true,
});

/** What jobs of its pipelines see of a schedule; undefined: it is gone. */
export const findScheduleOfPipeline = async (
  { db, vault }: { readonly db: Db; readonly vault: Vault },
  id: ScheduleId,
): Promise<ScheduleOfPipeline | undefined> => {
  const description = await findScheduleDescription(db, id);
  return description === undefined
    ? undefined
    : { id, description, variables: await findScheduleVariables(db, vault, id) };
};
