import type { Guard } from '../../http/index.ts';
import { forbidden, notFound } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { judgeRef } from '../pipelines/index.ts';
import type { Ability, ProjectGuards, ProjectSubject, SignedInActor } from '../projects/index.ts';
import { can } from '../projects/index.ts';
import type { Schedule } from './schedule.ts';
import { mayAdminister, mayUpdate, refOf } from './schedule-policy.ts';
import { findSchedule } from './store.ts';

export interface ScheduleSubject extends ProjectSubject<SignedInActor> {
  readonly schedule: Schedule;
}

/** `administer`: also the right to read variables and inputs. `update` and `play`: on its ref, too. */
export type ScheduleRight = 'read' | 'play' | 'update' | 'administer';

export interface ScheduleGuardOptions {
  /** A right over the project that is asked for first: 403 without it, whether the schedule is there or not. */
  readonly first?: Ability;
}

export interface ScheduleGuards {
  readonly project: ProjectGuards;
  /** `:pipeline_schedule_id` of `:id`, for somebody signed in: 404 for one that may not be read, 403 without the right. */
  readonly schedule: (right: ScheduleRight, options?: ScheduleGuardOptions) => Guard<ScheduleSubject>;
}

const LABELS: Readonly<Record<ScheduleRight, string>> = {
  read: 'read_pipeline_schedule',
  play: 'play_pipeline_schedule of the schedule, on its ref',
  update: 'update_pipeline_schedule as its owner or an administrator, on its ref',
  administer: 'admin_pipeline_schedule, or its owner',
};

/** Guards of routes below one schedule. */
export const scheduleGuards = (deps: { readonly db: Db; readonly project: ProjectGuards }): ScheduleGuards => {
  const runsOnRef = async ({ actor, project, role, schedule }: ScheduleSubject): Promise<boolean> =>
    (await judgeRef(deps.db, project, { user: actor.user, role }, refOf(schedule.ref))).allowed;
  const has = async (subject: ScheduleSubject, right: ScheduleRight): Promise<boolean> => {
    const { actor, project, role, schedule } = subject;
    switch (right) {
      case 'read':
        return true;
      case 'play':
        return can(actor, 'play_pipeline_schedule', project, role) && (await runsOnRef(subject));
      case 'update':
        return mayUpdate(subject, schedule) && (await runsOnRef(subject));
      case 'administer':
        return mayAdminister(subject, schedule);
    }
  };
  return {
    project: deps.project,
    schedule: (right, { first } = {}) => {
      const guard = deps.project(first ?? 'read_project', { authenticateFirst: true });
      return {
        label: [`project: ${LABELS[right]}`, first, 'signed in'].filter((part) => part !== undefined).join(', '),
        check: async (request) => {
          const subject = await guard.check(request);
          const { actor, project, role } = subject;
          const id = Number(request.pathParams['pipeline_schedule_id']);
          const schedule = Number.isSafeInteger(id) ? await findSchedule(deps.db, project.id, id) : undefined;
          if (schedule === undefined || !can(actor, 'read_pipeline_schedule', project, role)) {
            throw notFound('Pipeline Schedule');
          }
          const found = { ...subject, schedule };
          if (!(await has(found, right))) throw forbidden();
          return found;
        },
      };
    },
  };
};
