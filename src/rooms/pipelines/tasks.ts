import type { JobState } from '../../engine/index.ts';
import {
  findTimeout,
  NO_UPDATES_CANCELING_AFTER,
  SERVER_TIMEOUT_GRACE,
  STALE_SCHEDULE_AFTER,
  STUCK_WITHOUT_RUNNER_AFTER,
} from '../../engine/index.ts';
import type { JobId } from '../../kit/ids.ts';
import type { JobWish } from './advance.ts';
import { advanceJob } from './advance.ts';
import { findForgottenPipelines } from './dirty-store.ts';
import type { ProcessDeps } from './process-deps.ts';
import { processPipeline } from './process-pipeline.ts';
import { findJobStates } from './snapshot-store.ts';
import type { JobContactRow } from './sweep-store.ts';
import { findDueJobs, findOverdueJobs, findUnconfirmedJobs, SWEEP_PAGE } from './sweep-store.ts';

/** Background work of the room: each is safe to run at any time, by any number of servers. */

/** Milliseconds after which a mark counts as forgotten by whoever made it. */
const FORGOTTEN_AFTER = 2_000;
/** Milliseconds that a runner has from the claim to its first PUT; it sends it before it does anything else. */
const CONFIRM_WITHIN = 20_000;
/** Milliseconds. A runner that did not reach its server tries again, at distances that grow. */
const HEARD_WITHIN = 120_000;

const before = (now: Date, milliseconds: number): Date => new Date(now.getTime() - milliseconds);

/** One that fails must not keep the others from being looked at, this time or ever: all are tried, then it throws. */
class Attempts {
  readonly #errors: unknown[] = [];

  async try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#errors.push(error);
    }
  }

  end(): void {
    if (this.#errors.length === 1) throw this.#errors[0];
    if (this.#errors.length > 1) throw new AggregateError(this.#errors, `${this.#errors.length} failed`);
  }
}

/** Processes pipelines whose mark was left by a crash. */
export async function sweepDirtyPipelines(deps: ProcessDeps): Promise<number> {
  const ids = await findForgottenPipelines(deps.db, before(deps.clock.now(), FORGOTTEN_AFTER));
  const attempts = new Attempts();
  for (const id of ids) await attempts.try(() => processPipeline(deps, id));
  attempts.end();
  return ids.length;
}

export interface SweepDeps extends ProcessDeps {
  /** When this server began to listen. Who was silent before that may have found nobody to talk to. */
  readonly upSince: Date;
}

const hasListened = (deps: SweepDeps, milliseconds: number): boolean =>
  deps.upSince.getTime() <= before(deps.clock.now(), milliseconds).getTime();

/** Puts claims that no runner confirmed back into the queue; their old token is dead from then on. */
export async function sweepUnconfirmedJobs(deps: SweepDeps): Promise<number> {
  if (!hasListened(deps, CONFIRM_WITHIN)) return 0;
  const claimedBefore = before(deps.clock.now(), CONFIRM_WITHIN);
  const attempts = new Attempts();
  let count = 0;
  for (let after = 0; ; ) {
    const ids = await findUnconfirmedJobs(deps.db, claimedBefore, after);
    for (const id of ids) {
      await attempts.try(() => advanceJob(deps, id, (job) => (job.confirmed ? undefined : { type: 'requeue' })));
    }
    count += ids.length;
    after = ids.at(-1) ?? after;
    if (ids.length < SWEEP_PAGE) break;
  }
  attempts.end();
  return count;
}

export interface OverdueDeps extends SweepDeps {
  /** Asked of the runners: for which of these pending jobs is one online that could take it? */
  readonly findJobsWithRunner: (ids: readonly JobId[]) => Promise<ReadonlySet<JobId>>;
}

/** Puts delayed jobs that are due into the queue, however late: nobody may have been there to do it in time. */
export async function startDueJobs(deps: ProcessDeps): Promise<number> {
  const now = deps.clock.now();
  const attempts = new Attempts();
  let count = 0;
  for (let after = 0; ; ) {
    const ids = await findDueJobs(deps.db, now, after);
    for (const id of ids) await attempts.try(() => advanceJob(deps, id, { type: 'enqueue_scheduled' }));
    count += ids.length;
    after = ids.at(-1) ?? after;
    if (ids.length < SWEEP_PAGE) break;
  }
  attempts.end();
  return count;
}

/** Ends jobs that got stuck or ran out of time. */
export async function sweepOverdueJobs(deps: OverdueDeps): Promise<number> {
  const now = deps.clock.now();
  const limits = {
    now,
    silentSince: before(now, NO_UPDATES_CANCELING_AFTER * 1000),
    queuedBefore: before(now, STUCK_WITHOUT_RUNNER_AFTER * 1000),
    dueBefore: before(now, STALE_SCHEDULE_AFTER * 1000),
    graceSeconds: SERVER_TIMEOUT_GRACE,
  };
  const attempts = new Attempts();
  // What comes too late is late because nobody was there; only what cannot be started is stale
  await attempts.try(() => startDueJobs(deps));
  let count = 0;
  for (let after = 0; ; ) {
    const found = await findOverdueJobs(deps.db, limits, after);
    count += await endOverdue(deps, found, attempts);
    after = found.at(-1)?.id ?? after;
    if (found.length < SWEEP_PAGE) break;
  }
  attempts.end();
  return count;
}

/** Most candidates are well (jobs that wait for a busy runner); only the others are worth a transaction. Answers their number. */
async function endOverdue(deps: OverdueDeps, found: readonly JobContactRow[], attempts: Attempts): Promise<number> {
  const states = await findJobStates(
    deps.db,
    found.map((row) => row.id),
  );
  const pending = states.filter((state) => state.status === 'pending').map((state) => state.id);
  const withRunner = pending.length === 0 ? new Set<JobId>() : await deps.findJobsWithRunner(pending);
  const contacts = new Map(found.map((row) => [row.id, row.lastUpdateAt]));
  const judges = hasListened(deps, HEARD_WITHIN);
  const wishFor = (state: JobState): JobWish | undefined => {
    const lastUpdateAt = contacts.get(state.id) ?? state.createdAt;
    const contact = { lastUpdateAt, hasMatchingRunner: withRunner.has(state.id) };
    const reason = findTimeout(state, contact, deps.clock.now());
    return reason !== null && judges ? { type: 'drop', reason, exitCode: null } : undefined;
  };
  const overdue = states.filter((state) => wishFor(state) !== undefined);
  for (const { id } of overdue) await attempts.try(() => advanceJob(deps, id, ({ state }) => wishFor(state)));
  return overdue.length;
}
