import { segmentAt } from './zone-segment.ts';

/** A moment at which the clocks of a zone are turned, or its offset is changed for good. */
export interface ZoneChange {
  readonly at: Date;
  /** Seconds ahead of UTC. */
  readonly offsetBefore: number;
  readonly offsetAfter: number;
}

/** The changes of a zone strictly after the first moment, and not after the second. */
export const zoneChangesBetween = (zone: string, after: Date, until: Date): readonly ZoneChange[] => {
  const changes: ZoneChange[] = [];
  const last = until.getTime() / 1000;
  let segment = segmentAt(zone, Math.floor(after.getTime() / 1000));
  while (segment.end <= last) {
    changes.push({ at: new Date(segment.end * 1000), offsetBefore: segment.offset, offsetAfter: segment.after });
    segment = segmentAt(zone, segment.end);
  }
  return changes;
};
