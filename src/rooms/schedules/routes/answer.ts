import type { ApiRequest } from '../../../http/index.ts';
import { integer } from '../../../http/index.ts';
import { contextOf, findNewestPipelineOfSchedule } from '../../pipelines/index.ts';
import type { Project } from '../../projects/index.ts';
import type { ScheduleSecrets } from '../present.ts';
import { presentScheduleDetails } from '../present.ts';
import type { Schedule } from '../schedule.ts';
import type { ScheduleRouteDeps } from './deps.ts';

export const scheduleId = { pipeline_schedule_id: integer({ required: true }) };

/** An inactive schedule says when it would run next, however long ago it was switched off. */
export const withNextRun = (deps: Pick<ScheduleRouteDeps, 'clock' | 'scheduleClock'>, schedule: Schedule): Schedule => {
  const now = deps.clock.now();
  const isPast = schedule.nextRunAt !== null && schedule.nextRunAt <= now;
  return !schedule.active && isPast ? { ...schedule, nextRunAt: deps.scheduleClock.next(schedule, now) } : schedule;
};

/** The schedule with its newest pipeline. `secrets`: left out of the answer to a change, as GitLab does. */
export const answerSchedule = async (
  deps: ScheduleRouteDeps,
  request: ApiRequest,
  project: Project,
  schedule: Schedule,
  secrets: ScheduleSecrets = {},
) =>
  presentScheduleDetails(
    withNextRun(deps, schedule),
    await findNewestPipelineOfSchedule(deps.db, schedule.id),
    secrets,
    contextOf(request, project),
  );
