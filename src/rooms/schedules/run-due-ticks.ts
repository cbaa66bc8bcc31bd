import type { Logger } from '../../platform/log.ts';
import { type DueTicksDeps, planDueTicks } from './due-ticks.ts';
import { Lanes } from './lanes.ts';
import type { OpenTick } from './ledger-store.ts';
import { findNextMoment, leaseDueTicks, putOffTicks } from './ledger-store.ts';
import type { LoneTicks, TickWork } from './lone-ticks.ts';
import { type RunTickDeps, runTick } from './run-tick.ts';
import { runTicksTogether } from './run-ticks-together.ts';

export interface RunDueTicksDeps extends RunTickDeps, DueTicksDeps {
  readonly log: Logger;
  /** Of this server. */
  readonly loneTicks: LoneTicks;
}

/** Batches that are worked on at once: one waits for the database while another is computed. */
const LANES = 3;
/** Ticks of one project that are run together. */
const TOGETHER = 100;
const PAGE = 300;
/** Milliseconds. Longer than the gathering of any configuration takes. */
const LEASE = 60_000;
/** Milliseconds until a tick that failed by an outage is tried again. */
const TRY_AGAIN = 5_000;

/**
 * Plans and runs everything that is due. Ticks that have to be run alone go on afterwards, as `loneTicks`. Any number of
 * servers may do so at any time: a tick is taken for a while, and decided once.
 */
export const runDueTicks = async (deps: RunDueTicksDeps): Promise<void> => {
  const { loneTicks } = deps;
  const alone: TickWork = { run: (tick) => runAlone(deps, tick), giveBack: (ticks) => putOff(deps, ticks) };
  const together = new Lanes<readonly OpenTick[]>(LANES, async (batch) =>
    loneTicks.add(await runTogether(deps, batch), alone),
  );
  for (let found = 1; found > 0; ) {
    // What is planned runs before more of it is; and nothing is taken that would wait for longer than its lease.
    const planned = await planDueTicks(deps);
    await together.until(LANES);
    await loneTicks.roomFor(TOGETHER);
    const now = deps.clock.now();
    const options = { limit: PAGE, notOf: loneTicks.crowded() };
    const ticks = await leaseDueTicks(deps.db, now, new Date(now.getTime() + LEASE), options);
    found = planned + ticks.length;
    // One that runs here for longer than its lease is not begun again.
    together.add(batchesOf(ticks.filter((tick) => !loneTicks.has(tick))));
  }
  await together.until(0);
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

/** The first of each project come first. */
const batchesOf = (ticks: readonly OpenTick[]): readonly (readonly OpenTick[])[] =>
  [...Map.groupBy(ticks, (tick) => tick.projectId).values()]
    .flatMap((ofProject) =>
      Array.from({ length: Math.ceil(ofProject.length / TOGETHER) }, (_, turn) => ({
        turn,
        batch: ofProject.slice(turn * TOGETHER, (turn + 1) * TOGETHER),
      })),
    )
    .toSorted((one, other) => one.turn - other.turn)
    .map(({ batch }) => batch);

/** One that fails must not keep the others from running. */
const runAlone = async (deps: RunDueTicksDeps, tick: OpenTick): Promise<void> => {
  try {
    await runTick(deps, tick);
  } catch (error) {
    deps.log.error({ err: error, scheduleId: tick.scheduleId, plannedAt: tick.plannedAt }, 'a scheduled run failed');
    await putOff(deps, [tick]);
  }
};

/** When that fails too, the lease ends by itself. */
const putOff = async ({ db, clock, log }: RunDueTicksDeps, ticks: readonly OpenTick[]): Promise<void> => {
  const ids = ticks.map(({ id }) => id);
  const until = new Date(clock.now().getTime() + TRY_AGAIN);
  await putOffTicks(db, ids, until).catch((error: unknown) => log.warn({ err: error }, 'ticks were not put off'));
};
