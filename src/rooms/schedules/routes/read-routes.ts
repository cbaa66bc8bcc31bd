import type { Route } from '../../../http/index.ts';
import { enumeration, ok, pageOf, pageReply, pagingParams, route } from '../../../http/index.ts';
import {
  contextOf,
  countPipelines,
  listPipelines,
  pipelineFilterOf,
  pipelineFilterParams,
  presentPipelineBasic,
} from '../../pipelines/index.ts';
import { can } from '../../projects/index.ts';
import { findInputsOfSchedules, findScheduleInputs } from '../input-store.ts';
import { presentSchedule } from '../present.ts';
import { mayAdminister } from '../schedule-policy.ts';
import { countSchedules, listSchedules } from '../store.ts';
import { findScheduleVariables } from '../variable-store.ts';
import { answerSchedule, scheduleId, withNextRun } from './answer.ts';
import type { ScheduleRouteDeps } from './deps.ts';

const listRoute = (deps: ScheduleRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/pipeline_schedules',
    summary: 'List the pipeline schedules',
    params: { ...pagingParams, scope: enumeration(['active', 'inactive']) },
    guard: deps.scheduleGuards.project('read_pipeline_schedule', { authenticateFirst: true }),
    handler: async ({ subject, params, request }) => {
      const { project } = subject;
      const page = pageOf(params);
      const filter = {
        projectId: project.id,
        ...(params.scope !== undefined && { active: params.scope === 'active' }),
      };
      const schedules = await listSchedules(deps.db, filter, page);
      const open = schedules.filter((schedule) => mayAdminister(subject, schedule)).map(({ id }) => id);
      const inputs = await findInputsOfSchedules(deps.db, open);
      const context = contextOf(request, project);
      const rows = schedules.map((schedule) => {
        const secrets = open.includes(schedule.id) ? { inputs: inputs.get(schedule.id) ?? [] } : {};
        return presentSchedule(withNextRun(deps, schedule), secrets, context);
      });
      return pageReply(request, page, rows, { total: await countSchedules(deps.db, filter) });
    },
  });

const showRoute = (deps: ScheduleRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id',
    summary: 'Get a pipeline schedule; with its variables and inputs for maintainers and its owner',
    params: scheduleId,
    guard: deps.scheduleGuards.schedule('read'),
    handler: async ({ subject, request }) => {
      const { project, schedule } = subject;
      const secrets = mayAdminister(subject, schedule)
        ? {
            inputs: await findScheduleInputs(deps.db, schedule.id),
            variables: await findScheduleVariables(deps.db, deps.vault, schedule.id),
          }
        : {};
      return ok(await answerSchedule(deps, request, project, schedule, secrets));
    },
  });

const pipelinesRoute = (deps: ScheduleRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/pipeline_schedules/:pipeline_schedule_id/pipelines',
    summary: 'List the pipelines of a pipeline schedule',
    params: {
      ...scheduleId,
      ...pagingParams,
      ...pipelineFilterParams,
      sort: enumeration(['asc', 'desc'], { default: 'asc' }),
    },
    guard: deps.scheduleGuards.schedule('read'),
    handler: async ({ subject, params, request }) => {
      const { actor, project, role, schedule } = subject;
      const page = pageOf(params);
      // GitLab's finder has nothing for those who may not read pipelines.
      if (!can(actor, 'read_pipeline', project, role)) return pageReply(request, page, [], { total: 0 });
      const filter = { ...pipelineFilterOf(params), projectId: project.id, scheduleId: schedule.id };
      const pipelines = await listPipelines(deps.db, filter, { column: 'id', direction: params.sort }, page);
      const context = contextOf(request, project);
      const rows = pipelines.map((pipeline) => presentPipelineBasic(pipeline, context));
      return pageReply(request, page, rows, { total: await countPipelines(deps.db, filter) });
    },
  });

export const readRoutes = (deps: ScheduleRouteDeps): readonly Route[] => [
  listRoute(deps),
  showRoute(deps),
  pipelinesRoute(deps),
];
