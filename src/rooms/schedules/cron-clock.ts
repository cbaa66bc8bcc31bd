import type { Cron, DstPolicy } from '../../kit/cron/index.ts';
import { FUGIT_DST, findZone, imitateTick, nextRun, parseCron, zoneChangesBetween } from '../../kit/cron/index.ts';
import type { SchedulePolicy } from './schedule.ts';
import type { ClockedSchedule, PlannedRun, ScheduleClock } from './schedule-clock.ts';

interface Timetable {
  readonly cron: Cron;
  readonly zone: string;
  readonly dst: DstPolicy;
}

const dstOf = ({ dstGap, dstOverlap }: SchedulePolicy): DstPolicy => ({
  gap: dstGap ?? FUGIT_DST.gap,
  overlap: dstOverlap ?? FUGIT_DST.overlap,
});

/** Undefined for a schedule that no check has seen. */
const timetableOf = ({ id, cron, cronTimezone, policy }: ClockedSchedule): Timetable | undefined => {
  const parsed = parseCron(cron, { hashSeed: String(id) });
  const zone = findZone(cronTimezone);
  return parsed.kind === 'cron' && zone !== undefined ? { cron: parsed.cron, zone, dst: dstOf(policy) } : undefined;
};

const localTime = (zone: string, at: Date): string =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });

const plannedRun = (zone: string, before: Date, at: Date): PlannedRun => ({
  at,
  local: localTime(zone, at),
  offsetChanges: zoneChangesBetween(zone, before, at).map((change) => ({
    at: change.at,
    before: change.offsetBefore,
    after: change.offsetAfter,
  })),
});

/** The true times of crons in their zones; with a worker's cron those at which GitLab would find them due. */
export const cronClock = (worker?: Cron): ScheduleClock => ({
  check: (cron, cronTimezone) => {
    // Whatever the number will be: it draws a value, and decides nothing here.
    const parsed = parseCron(cron, { hashSeed: '' });
    const zone = findZone(cronTimezone);
    return [
      ...(parsed.kind === 'refused' ? [{ attribute: 'cron' as const, reason: parsed.reason }] : []),
      ...(zone === undefined ? [{ attribute: 'cron_timezone' as const, reason: UNKNOWN_ZONE }] : []),
    ];
  },
  next: (schedule, after) => {
    const timetable = timetableOf(schedule);
    return timetable === undefined ? null : (runAfter(timetable, after, worker) ?? null);
  },
  preview: (schedule, after, count) => {
    const timetable = timetableOf(schedule);
    if (timetable === undefined) return [];
    const runs: PlannedRun[] = [];
    let before = after;
    while (runs.length < count) {
      const at = runAfter(timetable, before, worker);
      if (at === undefined) break;
      runs.push(plannedRun(timetable.zone, before, at));
      before = at;
    }
    return runs;
  },
});

const runAfter = ({ cron, zone, dst }: Timetable, after: Date, worker: Cron | undefined): Date | undefined =>
  worker === undefined ? nextRun(cron, zone, after, dst) : imitateTick({ worker, cron, zone, now: after, policy: dst });

const UNKNOWN_ZONE =
  'There is no such time zone: write a name such as Europe/Berlin, UTC or Pacific Time (US & Canada), with its capitals.';
