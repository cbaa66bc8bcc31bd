import type { Route } from '../../../http/index.ts';
import { integer, ok, route } from '../../../http/index.ts';
import type { ProjectGuards } from '../../projects/index.ts';
import { findLag } from '../lag-store.ts';
import type { ScheduleRouteDeps } from './deps.ts';

const HOUR = 3_600_000;

/** Penstock's own: how far behind their moment the scheduled runs of a project started. */
export const lagRoutes = (
  deps: Pick<ScheduleRouteDeps, 'db' | 'clock'> & { readonly project: ProjectGuards },
): readonly Route[] => [
  route({
    method: 'GET',
    path: '/projects/:id/penstock/schedules/lag',
    summary: 'How long after their moment the scheduled pipelines of a project were created',
    params: {
      hours: integer({ default: 24, range: { min: 1, max: 720 }, description: 'How far to look back' }),
    },
    guard: deps.project('read_pipeline_schedule', { authenticateFirst: true }),
    handler: async ({ subject, params }) => {
      const since = new Date(deps.clock.now().getTime() - params.hours * HOUR);
      const { runs, p50, p99, max } = await findLag(deps.db, subject.project.id, since);
      return ok({
        since: since.toISOString(),
        runs,
        p50_seconds: p50,
        p99_seconds: p99,
        max_seconds: max,
      });
    },
  }),
];
