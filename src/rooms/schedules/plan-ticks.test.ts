import { describe, expect, it } from 'vitest';
import { parseCron } from '../../kit/cron/index.ts';
import type { ScheduleId } from '../../kit/ids.ts';
import { cronClock } from './cron-clock.ts';
import { planTicks } from './plan-ticks.ts';
import type { SchedulePolicy } from './schedule.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-03-04T05:00:00Z');
const at = (minutes: number): Date => new Date(START + minutes * MINUTE);

/** Every ten minutes. */
const clock = {
  next: (_schedule: unknown, after: Date): Date => new Date(Math.floor(after.getTime() / 600_000 + 1) * 600_000),
};

const POLICY: SchedulePolicy = {
  overlap: 'allow',
  catchUp: 'last',
  catchUpDeadline: null,
  jitter: 0,
  dstGap: null,
  dstOverlap: null,
};

const plan = (policy: Partial<SchedulePolicy>, now: Date, nextRunAt: Date | null = at(0)) => {
  const schedule = { id: 7 as ScheduleId, cron: '*/10 * * * *', cronTimezone: 'UTC', nextRunAt };
  const { ticks, nextRunAt: next } = planTicks({ ...schedule, policy: { ...POLICY, ...policy } }, clock, now);
  return {
    next: next && (next.getTime() - START) / MINUTE,
    ticks: ticks.map(({ plannedAt, missed }) => [
      (plannedAt.getTime() - START) / MINUTE,
      missed === undefined ? 'runs' : 'missed',
    ]),
  };
};

describe('the ticks of a schedule', () => {
  it('are none before the next run, and one at it', () => {
    expect(plan({}, new Date(START - 1))).toEqual({ next: 0, ticks: [] });
    expect(plan({}, at(0))).toEqual({ next: 10, ticks: [[0, 'runs']] });
    expect(plan({}, at(9.9))).toEqual({ next: 10, ticks: [[0, 'runs']] });
  });

  it('of a time without a server: the last is made up, the others are missed', () => {
    expect(plan({}, at(25))).toEqual({
      next: 30,
      ticks: [
        [0, 'missed'],
        [10, 'missed'],
        [20, 'runs'],
      ],
    });
  });

  it('are all made up where the schedule wants it', () => {
    expect(plan({ catchUp: 'all' }, at(15)).ticks).toEqual([
      [0, 'runs'],
      [10, 'runs'],
    ]);
  });

  it('are not made up where the schedule does not want it; one in time runs', () => {
    expect(plan({ catchUp: 'none' }, at(15)).ticks).toEqual([
      [0, 'missed'],
      [10, 'missed'],
    ]);
    expect(plan({ catchUp: 'none' }, at(10.5)).ticks).toEqual([
      [0, 'missed'],
      [10, 'runs'],
    ]);
  });

  it('are not made up when they are older than the deadline', () => {
    expect(plan({ catchUp: 'all', catchUpDeadline: 900 }, at(24)).ticks).toEqual([
      [0, 'missed'],
      [10, 'runs'],
      [20, 'runs'],
    ]);
    expect(plan({ catchUpDeadline: 120 }, at(5)).ticks).toEqual([[0, 'missed']]);
  });

  it('come in pages after a long time, and only the last of all is the last', () => {
    const month = plan({}, at(30 * 24 * 60 + 1));
    expect(month.ticks).toHaveLength(500);
    expect(month.ticks.every(([, fate]) => fate === 'missed')).toBe(true);
    expect(month.next).toBe(5000);
  });

  it('of a cron that never comes again are none', () => {
    expect(plan({}, at(5), null)).toEqual({ next: null, ticks: [] });
  });

  it('are put off by a jitter that is the same each time and within its bound', () => {
    const schedule = { id: 7 as ScheduleId, cron: '', cronTimezone: '', nextRunAt: at(0) };
    const policy = { ...POLICY, catchUp: 'all', jitter: 30 } as const;
    const offsets = () =>
      planTicks({ ...schedule, policy }, clock, at(600)).ticks.map(
        ({ plannedAt, dueAt }) => (dueAt.getTime() - plannedAt.getTime()) / 1000,
      );
    expect(offsets()).toEqual(offsets());
    expect(Math.max(...offsets())).toBeLessThanOrEqual(30);
    expect(new Set(offsets()).size).toBeGreaterThan(10);
  });
});

describe('the times of a schedule', () => {
  const noon = { id: 7 as ScheduleId, cron: '0 * * * *', cronTimezone: 'UTC', policy: POLICY };
  const eleven = new Date('2026-03-04T11:00:00Z');

  it('are the true minutes of its cron', () => {
    expect(cronClock().next(noon, eleven)).toEqual(new Date('2026-03-04T12:00:00Z'));
  });

  it("are the ticks of GitLab's worker where those are imitated", () => {
    const worker = parseCron('*/5 * * * *');
    if (worker.kind !== 'cron') throw new Error(worker.reason);
    expect(cronClock(worker.cron).next(noon, eleven)).toEqual(new Date('2026-03-04T12:05:00Z'));
    expect(
      cronClock(worker.cron)
        .preview(noon, eleven, 2)
        .map(({ at }) => at.toISOString().slice(11, 16)),
    ).toEqual(['12:05', '13:05']);
  });
});
