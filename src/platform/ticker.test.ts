import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger } from './log.ts';
import { Ticker } from './ticker.ts';

const HOUR = 3_600_000;

let ticker: Ticker;
beforeEach(() => {
  vi.useFakeTimers();
  ticker = new Ticker(createLogger({ level: 'silent' }));
});
afterEach(async () => {
  await ticker.stop();
  vi.useRealTimers();
});

/** Starts a tick; answers when it ran, in milliseconds from now. */
const runsOf = (every: number, nextIn?: () => Promise<number | undefined>): readonly number[] => {
  const runs: number[] = [];
  const began = Date.now();
  const run = async (): Promise<void> => {
    runs.push(Date.now() - began);
  };
  ticker.start({ name: 'test', every, run, ...(nextIn !== undefined && { nextIn }) });
  return runs;
};

it('runs in its rhythm when nothing is known to be next, or nothing soon', async () => {
  const rhythm = runsOf(500);
  const none = runsOf(500, async () => undefined);
  const far = runsOf(500, async () => HOUR);
  await vi.advanceTimersByTimeAsync(1600);
  for (const runs of [rhythm, none, far]) expect(runs).toEqual([500, 1000, 1500]);
});

it('runs at the next work that is known, if that is sooner', async () => {
  const waits = [120, 30, HOUR];
  const runs = runsOf(500, async () => waits.shift());
  await vi.advanceTimersByTimeAsync(1200);
  expect(runs).toEqual([500, 620, 650, 1150]);
});

it('runs again at once when the next work is overdue', async () => {
  const waits = [-40, HOUR];
  const runs = runsOf(500, async () => waits.shift());
  await vi.advanceTimersByTimeAsync(1100);
  expect(runs.length).toBe(3);
  expect(runs[1]).toBeLessThanOrEqual(501);
});

it('keeps its rhythm when it cannot learn what is next', async () => {
  const runs = runsOf(500, () => Promise.reject(new Error('no database')));
  await vi.advanceTimersByTimeAsync(1100);
  expect(runs).toEqual([500, 1000]);
});

it('asks for the next work after the run, and runs no more once it is stopped', async () => {
  const order: string[] = [];
  const nextIn = async (): Promise<number> => {
    order.push('asked');
    return 10;
  };
  const run = async (): Promise<void> => {
    order.push('ran');
  };
  ticker.start({ name: 'test', every: 500, run, nextIn });
  await vi.advanceTimersByTimeAsync(510);
  expect(order).toEqual(['ran', 'asked', 'ran', 'asked']);
  await ticker.stop();
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(order).toHaveLength(4);
});
