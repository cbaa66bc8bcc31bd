import type { Clock } from '../kit/clock.ts';

/** The machine's own time. The only place, with the tests' movable clock, that knows how to ask for it. */
export const systemClock: Clock = { now: () => new Date() };
