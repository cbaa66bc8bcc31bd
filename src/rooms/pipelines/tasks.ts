import {
  findTimeout,
  NO_UPDATES_CANCELING_AFTER,
  SERVER_TIMEOUT_GRACE,
  STUCK_WITHOUT_RUNNER_AFTER,
} from '../../engine/index.ts';
import type { JobId } from '../../kit/ids.ts';
import { advanceJob } from './advance.ts';
import { findForgottenPipelines } from './dirty-store.ts';
import type { ProcessDeps } from './process-deps.ts';
import { processPipeline } from './process-pipeline.ts';
import { findOverdueJobs, findUnconfirmedJobs } from './sweep-store.ts';

/** Background work of the room: each is safe to run at any time, by any number of servers. */

/** Milliseconds after which a mark counts as forgotten by whoever made it. */
const FORGOTTEN_AFTER = 2_000;
/** Milliseconds that a runner has from the claim to its first PUT; it sends it before it does anything else. */
export const CONFIRM_WITHIN = 20_000;

const before = (now: Date, milliseconds: number): Date => new Date(now.getTime() - milliseconds);

/** Processes pipelines whose mark was left by a crash. */
export async function sweepDirtyPipelines(deps: ProcessDeps): Promise<number> {
  const ids = await findForgottenPipelines(deps.db, before(deps.clock.now(), FORGOTTEN_AFTER), 100);
  for (const id of ids) await processPipeline(deps, id);
  return ids.length;
}

/** Puts claims that no runner confirmed back into the queue; their old token is dead from then on. */
export async function sweepUnconfirmedJobs(deps: ProcessDeps): Promise<number> {
  const ids = await findUnconfirmedJobs(deps.db, before(deps.clock.now(), CONFIRM_WITHIN));
  for (const id of ids) await advanceJob(deps, id, (job) => (job.confirmed ? undefined : { type: 'requeue' }));
  return ids.length;
}

export interface OverdueDeps extends ProcessDeps {
  /** Asked of the runners: is one online that could take this pending job? */
  readonly hasMatchingRunner: (id: JobId) => Promise<boolean>;
}

/** Starts delayed jobs that are due, and ends jobs that got stuck or ran out of time. */
export async function sweepOverdueJobs(deps: OverdueDeps): Promise<number> {
  const now = deps.clock.now();
  const found = await findOverdueJobs(deps.db, {
    now,
    silentSince: before(now, NO_UPDATES_CANCELING_AFTER * 1000),
    queuedBefore: before(now, STUCK_WITHOUT_RUNNER_AFTER * 1000),
    graceSeconds: SERVER_TIMEOUT_GRACE,
  });
  for (const { id, lastUpdateAt } of found) {
    const hasMatchingRunner = await deps.hasMatchingRunner(id);
    await advanceJob(deps, id, ({ state }) => {
      const reason = findTimeout(state, { lastUpdateAt, hasMatchingRunner }, deps.clock.now());
      if (reason !== null) return { type: 'drop', reason, exitCode: null };
      return state.status === 'scheduled' ? { type: 'enqueue_scheduled' } : undefined;
    });
  }
  return found.length;
}
