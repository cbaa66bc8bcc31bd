import { describe, expect, it } from 'vitest';
import type { Cron } from '../../kit/cron/index.ts';
import { parseCron } from '../../kit/cron/index.ts';
import type { ScheduleId } from '../../kit/ids.ts';
import { cronClock } from './cron-clock.ts';
import type { SchedulePolicy } from './schedule.ts';

const POLICY: SchedulePolicy = {
  overlap: 'allow',
  catchUp: 'last',
  catchUpDeadline: null,
  jitter: 0,
  dstGap: null,
  dstOverlap: null,
};

/** The first ticks after a moment, as far as they differ from it: `12:00:30`. */
const ticksAfter = (time: string, cron: string, count = 3, worker?: Cron): readonly string[] => {
  const schedule = { id: 1 as ScheduleId, cron, cronTimezone: 'UTC', policy: POLICY };
  return cronClock(worker)
    .preview(schedule, new Date(`2026-01-01T${time}Z`), count)
    .map(({ at }) => at.toISOString().slice(11, 19));
};

describe('a cron with seconds', () => {
  it('has one tick a minute at most: the first of its seconds', () => {
    expect(ticksAfter('12:00:00', '* * * * * *')).toEqual(['12:01:00', '12:02:00', '12:03:00']);
    expect(ticksAfter('11:59:59', '* * * * * *')).toEqual(['12:00:00', '12:01:00', '12:02:00']);
    expect(ticksAfter('12:00:10', '20,40 * * * * *')).toEqual(['12:00:20', '12:01:20', '12:02:20']);
    expect(ticksAfter('12:00:30', '20,40 * * * * *')).toEqual(['12:01:20', '12:02:20', '12:03:20']);
  });

  it('does not depend on what it is asked after', () => {
    const ticks = (time: string) =>
      ticksAfter(time, '5-50/15 */7 * * * *', 40)
        .filter((tick) => tick > '13:00:00')
        .slice(0, 20);
    expect(ticks('12:00:07')).toEqual(ticks('12:00:00'));
  });

  it('keeps its second where it has one, also in the last minute of a rare day', () => {
    expect(ticksAfter('12:00:00', '15 30 12 * * *', 2)).toEqual(['12:30:15', '12:30:15']);
    expect(ticksAfter('12:00:00', '15,45 59 23 * * *', 2)).toEqual(['23:59:15', '23:59:15']);
    expect(ticksAfter('23:59:20', '15,45 59 23 31 12 *', 1)).toEqual(['23:59:15']);
  });

  it('has the ticks of a worker where those are imitated', () => {
    const worker = parseCron('*/5 * * * *', { hashSeed: '' });
    if (worker.kind !== 'cron') throw new Error(worker.reason);
    expect(ticksAfter('12:00:00', '*/20 * * * * *', 2, worker.cron)).toEqual(['12:05:00', '12:10:00']);
  });
});
