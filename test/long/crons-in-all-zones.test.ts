import { expect, it } from 'vitest';
import { nextRun, parseCron, runsBetween } from '../../src/kit/cron/index.ts';
import { daysOfChange, KNOWN_CRONS, POLICIES, runsInWalk, walkAround } from '../support/walked-clock.ts';

const CRONS = KNOWN_CRONS.map((known) => {
  const parsed = parseCron(known.text);
  if (parsed.kind === 'refused') throw new Error(parsed.reason);
  return { known, cron: parsed.cron };
});

const FIRST_YEAR = 2021;
const LAST_YEAR = 2031;

it('every cron runs when a walk from minute to minute says so: all zones, ten years, around each change', () => {
  let changes = 0;
  const wrong: string[] = [];
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const days = daysOfChange(zone, FIRST_YEAR, LAST_YEAR);
    changes += days.length;
    for (const day of days.length === 0 ? [Date.UTC(2026, 2, 29)] : days) {
      const minutes = walkAround(zone, day);
      const after = new Date(minutes[0]!.at - 1);
      const until = new Date(minutes.at(-1)!.at);
      for (const { known, cron } of CRONS)
        for (const policy of POLICIES) {
          const expected = runsInWalk(known, minutes, policy).map((at) => new Date(at).toISOString());
          const runs = [...runsBetween(cron, zone, after, until, policy)].map((run) => run.toISOString());
          if (runs.join() !== expected.join())
            wrong.push(
              `${known.text} ${zone} ${policy.gap} ${policy.overlap}: ${runs.join()} instead of ${expected.join()}`,
            );
        }
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(changes).toBeGreaterThan(2000);
});

it('the next run does not depend on where the search began', () => {
  const from = new Date(Date.UTC(2026, 0, 1));
  const until = new Date(Date.UTC(2027, 0, 1));
  for (const zone of Intl.supportedValuesOf('timeZone'))
    for (const { cron } of CRONS.slice(0, 16)) {
      const runs = [...runsBetween(cron, zone, from, until)];
      let index = 0;
      for (let at = from.getTime(); at < until.getTime() - 86_400_000; at += 18_000_000) {
        while (runs[index]!.getTime() <= at) index += 1;
        expect(nextRun(cron, zone, new Date(at))).toEqual(runs[index]);
      }
    }
});
