import type { Route } from '../../../http/index.ts';
import type { ProjectGuards } from '../../projects/index.ts';
import { scheduleGuards } from '../guards.ts';
import { changeRoutes } from './change-routes.ts';
import type { ScheduleRouteDeps } from './deps.ts';
import { lagRoutes } from './lag-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { readRoutes } from './read-routes.ts';
import { variableRoutes } from './variable-routes.ts';

/** `/projects/:id/pipeline_schedules`, and Penstock's own below `/projects/:id/penstock/schedules`. */
export const scheduleRoutes = (
  parts: Omit<ScheduleRouteDeps, 'scheduleGuards'> & { readonly project: ProjectGuards },
): readonly Route[] => {
  const deps = { ...parts, scheduleGuards: scheduleGuards(parts) };
  return [
    ...readRoutes(deps),
    ...changeRoutes(deps),
    ...variableRoutes(deps),
    ...policyRoutes(deps),
    ...lagRoutes({ ...deps, project: parts.project }),
  ];
};
