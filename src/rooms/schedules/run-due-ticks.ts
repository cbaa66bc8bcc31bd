import type { Logger } from '../../platform/log.ts';
import { type DueTicksDeps, planDueTicks } from './due-ticks.ts';
import { Lanes } from './lanes.ts';
import type { OpenTick } from './ledger-store.ts';
import { findNextMoment, leaseDueTicks, putOffTick } from './ledger-store.ts';
import { type RunTickDeps, runTick } from './run-tick.ts';
import { runTicksTogether } from './run-ticks-together.ts';

export type RunDueTicksDeps = RunTickDeps & DueTicksDeps & { readonly log: Logger };

/** Batches that are worked on at once: one waits for the database while another is computed. */
const LANES = 3;
/** Ticks of one project that are run together. */
const TOGETHER = 50;
const PAGE = 250;
/** Milliseconds. Longer than the gathering of any configuration takes. */
const LEASE = 60_000;
/** Milliseconds until a tick that failed by an outage is tried again. */
const TRY_AGAIN = 5_000;

/**
 * Plans and runs everything that is due. Answers how many ticks were looked at. Any number of servers may do so at any
 * time: a tick is taken for a while, and decided once.
 */
export const runDueTicks = async (deps: RunDueTicksDeps): Promise<number> => {
  const alone = new Lanes<OpenTick>(LANES, (tick) => runAlone(deps, tick));
  const together = new Lanes<readonly OpenTick[]>(LANES, async (batch) => alone.add(await runTogether(deps, batch)));
  let count = 0;
  for (let found = PAGE, planned = false; found === PAGE || !planned; ) {
    // What is planned runs before more of it is; and nothing is taken that would wait for longer than its lease.
    if (!planned) planned = await planDueTicks(deps);
    await together.until(LANES);
    await alone.until(TOGETHER);
    const now = deps.clock.now();
    const ticks = await leaseDueTicks(deps.db, now, new Date(now.getTime() + LEASE), PAGE);
    found = ticks.length;
    count += found;
    together.add(batchesOf(ticks));
  }
  await together.until(0);
  await alone.until(0);
  return count;
};

/** Milliseconds until something is to be planned or run that is not due yet; undefined: nothing is planned. */
export const untilNextRun = async ({
  db,
  clock,
}: Pick<RunDueTicksDeps, 'db' | 'clock'>): Promise<number | undefined> => {
  const now = clock.now();
  const next = await findNextMoment(db, now);
  return next && next.getTime() - now.getTime();
};

/** Answers those that have to be run alone. */
const runTogether = async (deps: RunDueTicksDeps, batch: readonly OpenTick[]): Promise<readonly OpenTick[]> => {
  try {
    return await runTicksTogether(deps, batch);
  } catch (error) {
    // One of them may be what made it fail.
    deps.log.warn({ err: error, ticks: batch.length }, 'scheduled runs failed together, and are tried one by one');
    return batch;
  }
};

const batchesOf = (ticks: readonly OpenTick[]): readonly (readonly OpenTick[])[] =>
  [...Map.groupBy(ticks, (tick) => tick.projectId).values()].flatMap((ofProject) =>
    Array.from({ length: Math.ceil(ofProject.length / TOGETHER) }, (_, index) =>
      ofProject.slice(index * TOGETHER, (index + 1) * TOGETHER),
    ),
  );

/** One that fails must not keep the others from running. */
const runAlone = async (deps: RunDueTicksDeps, tick: OpenTick): Promise<void> => {
  try {
    await runTick(deps, tick);
  } catch (error) {
    deps.log.error({ err: error, scheduleId: tick.scheduleId, plannedAt: tick.plannedAt }, 'a scheduled run failed');
    await putOffTick(deps.db, tick.id, new Date(deps.clock.now().getTime() + TRY_AGAIN));
  }
};
