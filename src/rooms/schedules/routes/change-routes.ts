import type { Route } from '../../../http/index.ts';
import {
  boolean,
  created,
  messageReply,
  noContent,
  ok,
  requireUnmodifiedSince,
  route,
  string,
} from '../../../http/index.ts';
import { refusalDetails } from '../../pipelines/index.ts';
import type { ProjectSubject, SignedInActor } from '../../projects/index.ts';
import type { ScheduleCaller } from '../change-schedule.ts';
import { changeSchedule, createSchedule, takeSchedule } from '../change-schedule.ts';
import { runSchedule } from '../run-schedule.ts';
import { inputChangesOf } from '../schedule-policy.ts';
import { deleteSchedule } from '../store.ts';
import { answerSchedule, scheduleId } from './answer.ts';
import type { ScheduleRouteDeps } from './deps.ts';
import { changedInputParams, changesOf, inputWishesOf, newInputParams } from './schedule-params.ts';

const PATH = '/projects/:id/pipeline_schedules/:pipeline_schedule_id';

const callerOf = ({ actor, project, role }: ProjectSubject<SignedInActor>): ScheduleCaller => ({
  project,
  role,
  user: actor.user,
});

const createRoute = (deps: ScheduleRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/pipeline_schedules',
    summary: 'Make a pipeline schedule, owned by the caller',
    params: {
      description: string({ required: true }),
      ref: string({ required: true, allowBlank: false }),
      cron: string({ required: true }),
      cron_timezone: string({ default: 'UTC' }),
      active: boolean({ default: true }),
      inputs: newInputParams,
    },
    guard: deps.scheduleGuards.project('create_pipeline_schedule', { authenticateFirst: true }),
    handler: async ({ subject, params, request }) => {
      const { description, ref, cron, cron_timezone: cronTimezone, active } = params;
      const inputs = inputChangesOf(inputWishesOf(params.inputs));
      const texts = { description, ref, cron, cronTimezone, active };
      const schedule = await createSchedule(deps, callerOf(subject), texts, inputs);
      return created(await answerSchedule(deps, request, subject.project, schedule));
    },
  });

const updateRoute = (deps: ScheduleRouteDeps): Route =>
  route({
    method: 'PUT',
    path: PATH,
    summary: 'Change a pipeline schedule; by its owner',
    params: {
      ...scheduleId,
      description: string(),
      ref: string(),
      cron: string(),
      cron_timezone: string(),
      active: boolean(),
      inputs: changedInputParams,
    },
    guard: deps.scheduleGuards.schedule('update'),
    handler: async ({ subject, params, request }) => {
      const inputs = inputChangesOf(inputWishesOf(params.inputs));
      const changed = await changeSchedule(deps, callerOf(subject), subject.schedule, changesOf(params), inputs);
      return ok(await answerSchedule(deps, request, subject.project, changed));
    },
  });

const takeRoute = (deps: ScheduleRouteDeps): Route =>
  route({
    method: 'POST',
    path: `${PATH}/take_ownership`,
    summary: 'Become the owner of a pipeline schedule',
    params: scheduleId,
    guard: deps.scheduleGuards.schedule('administer'),
    handler: async ({ subject, request }) => {
      const { actor, project, schedule } = subject;
      if (schedule.owner?.id === actor.user.id) return ok(await answerSchedule(deps, request, project, schedule));
      const taken = await takeSchedule(deps, schedule, actor.user);
      return created(await answerSchedule(deps, request, project, taken));
    },
  });

const deleteRoute = (deps: ScheduleRouteDeps): Route =>
  route({
    method: 'DELETE',
    path: PATH,
    summary: 'Delete a pipeline schedule; its pipelines stay',
    params: scheduleId,
    guard: deps.scheduleGuards.schedule('administer'),
    handler: async ({ subject, request }) => {
      requireUnmodifiedSince(request, subject.schedule.updatedAt);
      await deleteSchedule(deps.db, subject.schedule.id);
      return noContent();
    },
  });

/** GitLab answers before it tries; so a refused pipeline is 201 too, and says why beside GitLab's message. */
const playRoute = (deps: ScheduleRouteDeps): Route =>
  route({
    method: 'POST',
    path: `${PATH}/play`,
    summary: 'Run a pipeline schedule now, as the caller; its next run stays planned',
    params: scheduleId,
    guard: deps.scheduleGuards.schedule('play'),
    handler: async ({ subject }) => {
      const result = await runSchedule(deps, subject.schedule, callerOf(subject));
      return messageReply(201, '201 Created', {}, result.kind === 'refused' ? refusalDetails(result) : {});
    },
  });

export const changeRoutes = (deps: ScheduleRouteDeps): readonly Route[] => [
  createRoute(deps),
  updateRoute(deps),
  takeRoute(deps),
  deleteRoute(deps),
  playRoute(deps),
];
