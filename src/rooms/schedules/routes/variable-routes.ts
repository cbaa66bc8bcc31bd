import type { Route } from '../../../http/index.ts';
import { accepted, created, enumeration, ok, route, string } from '../../../http/index.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import { presentVariable } from '../../pipelines/index.ts';
import {
  addScheduleVariable,
  changeScheduleVariable,
  getScheduleVariable,
  removeScheduleVariable,
} from '../change-variables.ts';
import { scheduleId } from './answer.ts';
import type { ScheduleRouteDeps } from './deps.ts';

const PATH = '/projects/:id/pipeline_schedules/:pipeline_schedule_id/variables';
const VARIABLE_TYPES = ['env_var', 'file'] as const;

const keyParams = { ...scheduleId, key: string({ required: true }) };

/** Variables of a schedule. To write one takes the right to set variables of pipelines as well. */
export const variableRoutes = (deps: ScheduleRouteDeps): readonly Route[] => {
  const guard = deps.scheduleGuards.schedule;
  return [
    route({
      method: 'POST',
      path: PATH,
      summary: 'Add a variable to a pipeline schedule',
      params: {
        ...keyParams,
        value: string({ required: true }),
        variable_type: enumeration(VARIABLE_TYPES, { default: 'env_var' }),
      },
      guard: guard('update', { first: 'set_pipeline_variables' }),
      handler: async ({ subject, params: { key, value, variable_type: variableType } }) => {
        const variable = { key, value, variableType, raw: false };
        return created(presentVariable(await addScheduleVariable(deps, subject.schedule.id, variable)));
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/:key`,
      summary: 'Get a variable of a pipeline schedule',
      params: keyParams,
      guard: guard('administer'),
      handler: async ({ subject, params }) =>
        ok(presentVariable(await getScheduleVariable(deps, subject.schedule.id, params.key))),
    }),
    route({
      method: 'PUT',
      path: `${PATH}/:key`,
      summary: 'Change a variable of a pipeline schedule',
      params: { ...keyParams, value: string(), variable_type: enumeration(VARIABLE_TYPES) },
      guard: guard('update', { first: 'set_pipeline_variables' }),
      handler: async ({ subject, params }) => {
        const changes = withoutAbsent({ value: params.value, variableType: params.variable_type });
        return ok(presentVariable(await changeScheduleVariable(deps, subject.schedule.id, params.key, changes)));
      },
    }),
    route({
      method: 'DELETE',
      path: `${PATH}/:key`,
      summary: 'Delete a variable of a pipeline schedule; answers it',
      params: keyParams,
      guard: guard('administer', { first: 'set_pipeline_variables' }),
      handler: async ({ subject, params }) =>
        accepted(presentVariable(await removeScheduleVariable(deps, subject.schedule.id, params.key))),
    }),
  ];
};
