import { describe, expect, it } from 'vitest';
import { JobBell } from './job-bell.ts';

const never = new AbortController().signal;
const LONG = 60_000;

/** Whether a promise has been resolved, after everything that is ready has run. */
const isDone = async (promise: Promise<unknown>): Promise<boolean> => {
  const waiting = Symbol('waiting');
  const next = new Promise((resolve) => setImmediate(() => resolve(waiting)));
  return (await Promise.race([promise, next])) !== waiting;
};

describe('JobBell', () => {
  it('wakes as many as there are jobs, those who wait longest first', async () => {
    const bell = new JobBell();
    const waits = Array.from({ length: 3 }, () => bell.wait(bell.listen(), LONG, never));
    bell.ring(2);
    expect(await Promise.all(waits.map(isDone))).toEqual([true, true, false]);
    expect(bell.waiting).toBe(1);
    bell.ring(1);
    expect(await isDone(waits[2] ?? Promise.reject(new Error('none')))).toBe(true);
  });

  it('wakes everybody when nobody knows how many there are', async () => {
    const bell = new JobBell();
    const waits = Array.from({ length: 3 }, () => bell.wait(bell.listen(), LONG, never));
    bell.ring(undefined);
    expect(await Promise.all(waits)).toEqual([1, 1, 1]);
  });

  it('misses no ring between listening and waiting', async () => {
    const bell = new JobBell();
    const since = bell.listen();
    bell.ring(1);
    expect(await bell.wait(since, LONG, never)).toBe(1);
  });

  it('passes a ring on, to each once', async () => {
    const bell = new JobBell();
    const first = bell.wait(bell.listen(), LONG, never);
    const second = bell.wait(bell.listen(), LONG, never);
    bell.ring(1);
    const ring = (await first) ?? 0;
    expect(await isDone(second)).toBe(false);
    const again = bell.wait(bell.listen(), LONG, never);
    bell.pass(ring);
    expect(await second).toBe(ring);
    bell.pass(ring);
    expect(await isDone(again)).toBe(false);
    bell.ring(undefined);
    await again;
  });

  it('ends with nothing when the time is over or the signal fires', async () => {
    const bell = new JobBell();
    expect(await bell.wait(bell.listen(), 1, never)).toBeUndefined();
    const leaving = new AbortController();
    const wait = bell.wait(bell.listen(), LONG, leaving.signal);
    leaving.abort();
    expect(await wait).toBeUndefined();
    expect(await bell.wait(bell.listen(), LONG, leaving.signal)).toBeUndefined();
    expect(bell.waiting).toBe(0);
  });
});
