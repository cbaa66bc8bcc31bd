import type { Route } from '../../../http/index.ts';
import {
  enumeration,
  integer,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  route,
  stringOrArray,
} from '../../../http/index.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import { changePolicy } from '../change-schedule.ts';
import { presentPolicy, presentPreview, presentTick } from '../present.ts';
import { CATCH_UPS, DST_GAPS, DST_OVERLAPS, OVERLAPS, TICK_STATES } from '../schedule.ts';
import { countTicks, listTicks } from '../tick-store.ts';
import { scheduleId } from './answer.ts';
import type { ScheduleRouteDeps } from './deps.ts';

const PATH = '/projects/:id/penstock/schedules/:pipeline_schedule_id';
const MAX_JITTER = 3600;
const PREVIEWED = 20;
const MAX_PREVIEWED = 100;
/** What the column holds. */
const MAX_DEADLINE = 2 ** 31 - 1;

const policyParams = {
  overlap: enumeration(OVERLAPS, { description: 'When the run before has not ended' }),
  catch_up: enumeration(CATCH_UPS, { description: 'Which ticks of a time without a server are made up for' }),
  catch_up_deadline: integer({
    nullable: true,
    range: { min: 1, max: MAX_DEADLINE },
    description: 'Seconds: older ticks are not made up for; null: however old',
  }),
  jitter: integer({
    range: { min: 0, max: MAX_JITTER },
    description: 'Seconds by which each start is put off at most',
  }),
  dst_gap: enumeration(DST_GAPS, {
    nullable: true,
    description: 'A time that daylight saving leaves out; null: as GitLab',
  }),
  dst_overlap: enumeration(DST_OVERLAPS, {
    nullable: true,
    description: 'A time that comes twice; null: as GitLab',
  }),
};

/** Penstock's own: how a schedule treats its ticks, what became of them, and what lies ahead. */
export const policyRoutes = (deps: ScheduleRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: `${PATH}/policy`,
    summary: 'How a pipeline schedule treats its ticks',
    params: scheduleId,
    guard: deps.scheduleGuards.schedule('read'),
    handler: async ({ subject }) => ok(presentPolicy(subject.schedule)),
  }),
  route({
    method: 'PUT',
    path: `${PATH}/policy`,
    summary: 'Change how a pipeline schedule treats its ticks; by its owner',
    params: { ...scheduleId, ...policyParams },
    guard: deps.scheduleGuards.schedule('update'),
    handler: async ({ subject, params }) => {
      const changes = withoutAbsent({
        overlap: params.overlap,
        catchUp: params.catch_up,
        catchUpDeadline: params.catch_up_deadline,
        jitter: params.jitter,
        dstGap: params.dst_gap,
        dstOverlap: params.dst_overlap,
      });
      return ok(presentPolicy(await changePolicy(deps, subject.schedule, changes)));
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/ticks`,
    summary: 'What became of the planned runs of a pipeline schedule, the newest first',
    params: { ...scheduleId, ...pagingParams, state: stringOrArray(TICK_STATES) },
    guard: deps.scheduleGuards.schedule('read'),
    handler: async ({ subject, params, request }) => {
      const page = pageOf(params);
      const states = params.state ?? [];
      const filter = { scheduleId: subject.schedule.id, ...(states.length > 0 && { states }) };
      const ticks = await listTicks(deps.db, filter, page);
      return pageReply(request, page, ticks.map(presentTick), { total: await countTicks(deps.db, filter) });
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/preview`,
    summary: 'The next runs of a pipeline schedule in UTC and in its zone, with the changes of the zone between them',
    params: { ...scheduleId, count: integer({ default: PREVIEWED, range: { min: 1, max: MAX_PREVIEWED } }) },
    guard: deps.scheduleGuards.schedule('read'),
    handler: async ({ subject: { schedule }, params }) =>
      ok(presentPreview(schedule, deps.scheduleClock.preview(schedule, deps.clock.now(), params.count))),
  }),
];
