import type { Cron } from './cron.ts';
import { type DstPolicy, FUGIT_DST } from './dst-policy.ts';
import { nextWallTime } from './next-wall-time.ts';
import { segmentAt, type ZoneSegment } from './zone-segment.ts';

const DAY = 86_400;

/** Crons that wait longer have no next run: leap days on a certain weekday come within 40 years. */
export const HORIZON = 100 * 366 * DAY;

/** More than any two offsets from UTC lie apart. */
const MARGIN = 2 * DAY;

/** Whether the jump at the beginning of the segment took a run that is to be made up for. */
const madeUpAtStart = (cron: Cron, segment: ZoneSegment, policy: DstPolicy): boolean =>
  policy.gap === 'after_gap' &&
  segment.before < segment.offset &&
  !cron.everyHour &&
  nextWallTime(cron, segment.start + segment.before, segment.start + segment.offset - 1) !== undefined;

const runsTwiceIn = (cron: Cron, from: number, until: number): boolean => {
  const first = nextWallTime(cron, from, until);
  return first !== undefined && nextWallTime(cron, first + 1, until) !== undefined;
};

/** Whether the policy has a run at this wall-clock time of the segment. */
const isKept = (cron: Cron, segment: ZoneSegment, wall: number, policy: DstPolicy): boolean => {
  const repeats = wall < segment.start + segment.before;
  if (policy.overlap === 'both') return true;
  if (policy.overlap === 'second') return wall < segment.end + segment.after;
  if (!repeats) return true;
  if (policy.overlap === 'first') return false;
  return cron.everyHour || runsTwiceIn(cron, segment.start + segment.offset, segment.start + segment.before - 1);
};

/**
 * The first run strictly after a moment, on whole seconds; undefined when there is none in the next hundred years. The
 * zone is one that `findZone` has found. Costs a few microseconds once the zone's change is known.
 */
export const nextRun = (cron: Cron, zone: string, after: Date, policy: DstPolicy = FUGIT_DST): Date | undefined => {
  const asked = Math.floor(after.getTime() / 1000) + 1;
  const horizon = asked + HORIZON;
  let at = asked;
  while (at <= horizon) {
    const segment = segmentAt(zone, at);
    if (at === segment.start && madeUpAtStart(cron, segment, policy)) return new Date(at * 1000);
    const wall = nextWallTime(cron, at + segment.offset, horizon + segment.offset);
    if (wall === undefined) return undefined;
    const run = wall - segment.offset;
    if (run < segment.end) {
      if (isKept(cron, segment, wall, policy)) return new Date(run * 1000);
      at = run + 1;
    } else {
      // Nothing comes before that wall-clock time, except what a clock turned back repeats.
      at = segment.after < segment.offset ? segment.end : Math.max(segment.end, run - MARGIN);
    }
  }
  return undefined;
};
