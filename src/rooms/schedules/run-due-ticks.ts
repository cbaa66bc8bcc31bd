import type { Logger } from '../../platform/log.ts';
import { type DueTicksDeps, planDueTicks } from './due-ticks.ts';
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
  let count = 0;
  for (let found = PAGE, planned = false; found === PAGE || !planned; ) {
    // What is planned runs before more of it is.
    if (!planned) planned = await planDueTicks(deps);
    const now = deps.clock.now();
    const ticks = await leaseDueTicks(deps.db, now, new Date(now.getTime() + LEASE), PAGE);
    found = ticks.length;
    count += found;
    await runAll(deps, ticks);
  }
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

const runAll = async (deps: RunDueTicksDeps, ticks: readonly OpenTick[]): Promise<void> => {
  const batches = batchesOf(ticks);
  const alone: OpenTick[] = [];
  await drain(batches, async (batch) => {
    try {
      alone.push(...(await runTicksTogether(deps, batch)));
    } catch (error) {
      // One of them may be what made it fail.
      deps.log.warn({ err: error, ticks: batch.length }, 'scheduled runs failed together, and are tried one by one');
      alone.push(...batch);
    }
  });
  await drain(alone, (tick) => runAlone(deps, tick));
};

const batchesOf = (ticks: readonly OpenTick[]): (readonly OpenTick[])[] =>
  [...Map.groupBy(ticks, (tick) => tick.projectId).values()].flatMap((ofProject) =>
    Array.from({ length: Math.ceil(ofProject.length / TOGETHER) }, (_, index) =>
      ofProject.slice(index * TOGETHER, (index + 1) * TOGETHER),
    ),
  );

/** A few at a time. */
const drain = async <Item>(queue: Item[], work: (item: Item) => Promise<void>): Promise<void> => {
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
};

/** One that fails must not keep the others from running. */
const runAlone = async (deps: RunDueTicksDeps, tick: OpenTick): Promise<void> => {
  try {
    await runTick(deps, tick);
  } catch (error) {
    deps.log.error({ err: error, scheduleId: tick.scheduleId, plannedAt: tick.plannedAt }, 'a scheduled run failed');
    await putOffTick(deps.db, tick.id, new Date(deps.clock.now().getTime() + TRY_AGAIN));
  }
};
