import { describe, expect, it } from 'vitest';
import { PollRhythm } from './poll-rhythm.ts';

const rhythm = (): PollRhythm =>
  new PollRhythm({
    checkInterval: 1000,
    unhealthyPause: 3_600_000,
    abandonAfter: Number.POSITIVE_INFINITY,
    shutdown: 0,
  });
const none = { kind: 'none', cursor: 'c' } as const;
const forbidden = { kind: 'forbidden' } as const;

describe('the pause between two requests', () => {
  it('is none after a held request, and after an answer that brought a new cursor', () => {
    expect(rhythm().pauseAfter(none, 50_000, false)).toBe(0);
    expect(rhythm().pauseAfter(none, 3, true)).toBe(0);
  });

  it('is the check interval when the server does not hold requests', () => {
    expect(rhythm().pauseAfter(none, 3, false)).toBe(1000);
    expect(rhythm().pauseAfter({ kind: 'none', cursor: undefined }, 3, false)).toBe(1000);
  });

  it('grows when a queue keeps moving without anything for us', () => {
    const one = rhythm();
    const pauses = Array.from({ length: 12 }, () => one.pauseAfter(none, 3, true));
    expect(pauses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 0));
    expect(pauses.slice(10)).toEqual([1000, 1000]);
  });

  it('is an hour after three 403 in a row, and only then', () => {
    const one = rhythm();
    const pauses = [forbidden, forbidden, none, forbidden, forbidden, forbidden].map((outcome) =>
      one.pauseAfter(outcome, 3, false),
    );
    expect(pauses).toEqual([1000, 1000, 1000, 1000, 1000, 3_600_000]);
  });

  it('is what the server asks for when it is busy, and never over a second while it is away', () => {
    const one = rhythm();
    expect(one.pauseAfter({ kind: 'refused', status: 429, wait: 5000 }, 3, false)).toBe(5000);
    expect(one.pauseAfter({ kind: 'refused', status: 409, wait: undefined }, 3, false)).toBe(1000);
    const away = Array.from({ length: 6 }, () => one.pauseAfter({ kind: 'unreachable', error: '' }, 1, false));
    expect(away).toEqual([100, 200, 400, 800, 1000, 1000]);
  });
});
