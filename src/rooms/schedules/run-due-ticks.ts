import type { Logger } from '../../platform/log.ts';
import { type DueTicksDeps, planDueTicks } from './due-ticks.ts';
import type { OpenTick } from './ledger-store.ts';
import { leaseDueTicks, putOffTick } from './ledger-store.ts';
import { type RunTickDeps, runTick } from './run-tick.ts';

export type RunDueTicksDeps = RunTickDeps & DueTicksDeps & { readonly log: Logger };

/** Pipelines that are made at once: requests of the API keep their turn. */
const LANES = 4;
const PAGE = 100;
/** Milliseconds. Longer than the gathering of any configuration takes. */
const LEASE = 60_000;
/** Milliseconds until a tick that failed by an outage is tried again. */
const TRY_AGAIN = 5_000;

/**
 * Plans and runs everything that is due. Answers how many ticks were looked at. Any number of servers may do so at any
 * time: a tick is taken for a while, and decided once.
 */
export const runDueTicks = async (deps: RunDueTicksDeps): Promise<number> => {
  await planDueTicks(deps);
  let count = 0;
  for (let found = PAGE; found === PAGE; ) {
    const now = deps.clock.now();
    const ticks = await leaseDueTicks(deps.db, now, new Date(now.getTime() + LEASE), PAGE);
    found = ticks.length;
    count += found;
    const queue = [...ticks];
    await Promise.all(Array.from({ length: LANES }, () => drain(deps, queue)));
  }
  return count;
};

/** One that fails must not keep the others from running. */
const drain = async (deps: RunDueTicksDeps, queue: OpenTick[]): Promise<void> => {
  for (let tick = queue.shift(); tick !== undefined; tick = queue.shift()) {
    try {
      await runTick(deps, tick);
    } catch (error) {
      deps.log.error({ err: error, scheduleId: tick.scheduleId, plannedAt: tick.plannedAt }, 'a scheduled run failed');
      await putOffTick(deps.db, tick.id, new Date(deps.clock.now().getTime() + TRY_AGAIN));
    }
  }
};
