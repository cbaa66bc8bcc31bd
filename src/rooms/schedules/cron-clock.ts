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

const runAfter = (timetable: Timetable, after: Date, worker: Cron | undefined): Date | undefined => {
  const { cron, zone, dst } = timetable;
  if (worker !== undefined) return imitateTick({ worker, cron, zone, now: after, policy: dst });
  return cron.seconds.length > 1 ? firstOfMinuteAfter(timetable, after) : nextRun(cron, zone, after, dst);
};

const MINUTE = 60_000;

/**
 * Of a cron with several seconds the first one of a minute counts, and no other: nobody wants sixty pipelines a minute.
 * Whatever moment it is asked after, the ticks are the same ones.
 */
const firstOfMinuteAfter = ({ cron, zone, dst }: Timetable, after: Date): Date | undefined => {
  const runFrom = (moment: number) => nextRun(cron, zone, new Date(moment - 1), dst);
  const next = nextRun(cron, zone, after, dst);
  if (next === undefined) return undefined;
  const minute = Math.floor(next.getTime() / MINUTE) * MINUTE;
  const first = runFrom(minute);
  return first?.getTime() === next.getTime() ? next : runFrom(minute + MINUTE);
};

const UNKNOWN_ZONE =
  'There is no such time zone: write a name such as Europe/Berlin, UTC or Pacific Time (US & Canada), with its capitals.';
