import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysOfChange, KNOWN_CRONS, POLICIES, runsInWalk, walkAround } from '../../../test/support/walked-clock.ts';
import { latestRun, parseCron, runsBetween } from './index.ts';

const ZONES = Intl.supportedValuesOf('timeZone');

describe('against a walk from minute to minute', () => {
  it('around changes of all zones from 2021 to 2031 (samples; all of them in test/long)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.nat(),
        fc.constantFrom(...KNOWN_CRONS),
        fc.constantFrom(...POLICIES),
        (zone, which, known, policy) => {
          const days = daysOfChange(zone, 2021, 2031);
          const minutes = walkAround(zone, days[which % Math.max(days.length, 1)] ?? Date.UTC(2026, 2, 29));
          const parsed = parseCron(known.text);
          if (parsed.kind === 'refused') throw new Error(parsed.reason);
          const after = new Date(minutes[0]!.at - 1);
          const until = new Date(minutes.at(-1)!.at);
          const expected = runsInWalk(known, minutes, policy);
          const runs = [...runsBetween(parsed.cron, zone, after, until, policy)];
          expect(runs.map((run) => run.getTime())).toEqual(expected);
          if (expected.length > 0) expect(latestRun(parsed.cron, zone, until, policy)?.getTime()).toBe(expected.at(-1));
        },
      ),
      { numRuns: 150 },
    );
  });
});
