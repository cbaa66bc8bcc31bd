/** A stretch of time in which a zone keeps one offset from UTC. All numbers are seconds. */
export interface ZoneSegment {
  /** The first second, counted from 1970-01-01T00:00:00Z. */
  readonly start: number;
  /** The first second that no longer belongs to it. */
  readonly end: number;
  readonly offset: number;
  /** The offset just before the start; the same where there is no change. */
  readonly before: number;
  /** The offset from the end on. */
  readonly after: number;
}

/**
 * What was asked of each zone, in order: Temporal needs some 50 µs to find a change. There are as many entries as zones
 * have changes in the years that crons look into, so nothing has to be forgotten.
 */
const known = new Map<string, ZoneSegment[]>();

const offsetAt = (zone: string, second: number): number =>
  Temporal.Instant.fromEpochMilliseconds(second * 1000).toZonedDateTimeISO(zone).offsetNanoseconds / 1e9;

const secondOf = (change: Temporal.ZonedDateTime | null, otherwise: number): number =>
  change === null ? otherwise : Math.floor(change.epochMilliseconds / 1000);

const computeSegment = (zone: string, second: number): ZoneSegment => {
  const here = Temporal.Instant.fromEpochMilliseconds(second * 1000).toZonedDateTimeISO(zone);
  const offset = here.offsetNanoseconds / 1e9;
  const start = secondOf(here.add({ seconds: 1 }).getTimeZoneTransition('previous'), -Infinity);
  const end = secondOf(here.getTimeZoneTransition('next'), Infinity);
  return {
    start,
    end,
    offset,
    before: start === -Infinity ? offset : offsetAt(zone, start - 1),
    after: end === Infinity ? offset : offsetAt(zone, end),
  };
};

/** How many of the segments begin at or before the second. */
const countUntil = (segments: readonly ZoneSegment[], second: number): number => {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.start ?? Infinity) <= second) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The stretch around a second of a zone that `findZone` has found. Throws a RangeError for other zones. */
export const segmentAt = (zone: string, second: number): ZoneSegment => {
  const segments = known.get(zone) ?? [];
  const count = countUntil(segments, second);
  const found = segments[count - 1];
  if (found !== undefined && second < found.end) return found;
  const segment = computeSegment(zone, second);
  segments.splice(count, 0, segment);
  known.set(zone, segments);
  return segment;
};
