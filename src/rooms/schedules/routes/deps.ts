import type { CreatePipelineDeps } from '../../pipelines/index.ts';
import type { ChangeScheduleDeps } from '../change-schedule.ts';
import type { ScheduleGuards } from '../guards.ts';

/** Everything that the room's routes use. */
export interface ScheduleRouteDeps extends CreatePipelineDeps, ChangeScheduleDeps {
  readonly scheduleGuards: ScheduleGuards;
}
