import type { Cron } from './cron.ts';
import { type DstPolicy, FUGIT_DST } from './dst-policy.ts';
import { HORIZON, nextRun } from './next-run.ts';

/** All runs strictly after a moment, one after the other, as long as they are asked for. */
export function* runsAfter(
  cron: Cron,
  zone: string,
  after: Date,
  policy: DstPolicy = FUGIT_DST,
): Generator<Date, void> {
  for (let run = nextRun(cron, zone, after, policy); run !== undefined; run = nextRun(cron, zone, run, policy))
    yield run;
}

/** The runs strictly after the first moment, and not after the second. */
export function* runsBetween(
  cron: Cron,
  zone: string,
  after: Date,
  until: Date,
  policy: DstPolicy = FUGIT_DST,
): Generator<Date, void> {
  for (const run of runsAfter(cron, zone, after, policy)) {
    if (run > until) return;
    yield run;
  }
}

/**
 * The last run that is not after a moment; undefined when there was none in the hundred years before. It looks back twice
 * as far each time, then closes in, so it costs some sixty times what `nextRun` does.
 */
export const latestRun = (cron: Cron, zone: string, until: Date, policy: DstPolicy = FUGIT_DST): Date | undefined => {
  const runFrom = (second: number): number | undefined => {
    const run = nextRun(cron, zone, new Date((second - 1) * 1000), policy);
    return run === undefined || run > until ? undefined : run.getTime() / 1000;
  };
  // From `late` on there is no run any more; from `found` on there is one.
  let late = Math.floor(until.getTime() / 1000) + 1;
  let found: number | undefined;
  for (let back = 1; found === undefined; back *= 2) {
    if (back > HORIZON) return undefined;
    found = runFrom(late - back);
    if (found === undefined) late -= back;
  }
  while (found + 1 < late) {
    const middle: number = Math.floor((found + 1 + late) / 2);
    const run = runFrom(middle);
    if (run === undefined) late = middle;
    else found = run;
  }
  return new Date(found * 1000);
};
