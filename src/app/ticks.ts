import { sweepBlobs } from '../platform/blobs/index.ts';
import type { Database } from '../platform/postgres/index.ts';
import { withAdvisoryLock } from '../platform/postgres/index.ts';
import type { Tick } from '../platform/ticker.ts';
import { removeIdleBots, removeMarkedUsers } from '../rooms/accounts/index.ts';
import { expireArtifacts } from '../rooms/artifacts/index.ts';
import { endExpiredMemberships } from '../rooms/groups/index.ts';
import { numberEvents, purgeDeliveries, purgeEvents } from '../rooms/hooks/index.ts';
import { runAutoMerges, sweepMergeRequests } from '../rooms/merge-requests/index.ts';
import {
  purgeRefusals,
  startDueJobs,
  sweepDirtyPipelines,
  sweepJobsOfBlockedUsers,
  sweepOverdueJobs,
  sweepUnconfirmedJobs,
} from '../rooms/pipelines/index.ts';
import { findJobsWithRunner, ONLINE_WITHIN } from '../rooms/runners/index.ts';
import { purgeTicks, runDueTicks, untilNextRun } from '../rooms/schedules/index.ts';
import { archiveTraces } from '../rooms/traces/index.ts';
import { purgeExpiredTriggers } from '../rooms/triggers/index.ts';
import type { Parts } from './parts.ts';
import { removeDeletedProjects } from './remove-deleted-projects.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/**
 * The server's background work. Each piece is safe to run on several servers; the lock only keeps them from doing the
 * same at the same time.
 */
export function makeTicks(parts: Parts, database: Database): readonly Tick[] {
  const alone = (name: string, every: number, run: () => Promise<unknown>): Tick => ({
    name,
    every,
    run: () => withAdvisoryLock(database.pool, `penstock tick: ${name}`, run),
  });
  return [
    { name: 'open pushes', every: 5 * SECOND, run: () => parts.pushes.finishOpenPushes() },
    alone('dirty pipelines', SECOND, () => sweepDirtyPipelines(parts)),
    alone('delayed jobs', SECOND, () => startDueJobs(parts)),
    // No lock: ticks are taken and decided one by one, and a server that stands still must not hold the others up.
    {
      name: 'schedules',
      every: SECOND / 2,
      run: () => runDueTicks(parts),
      nextIn: () => untilNextRun(parts),
    },
    // It has a lock of its own.
    { name: 'events', every: SECOND / 4, run: () => numberEvents({ ...parts, pool: database.pool }) },
    // A drain has a lease for each hook.
    { name: 'hooks', every: SECOND / 4, run: () => parts.drains.look() },
    alone('log of hooks', 10 * MINUTE, () => purgeDeliveries(parts)),
    alone('feed of events', 60 * MINUTE, () => purgeEvents(parts)),
    alone('automatic merges', SECOND, () => runAutoMerges(parts)),
    alone('merge requests', 10 * SECOND, () => sweepMergeRequests(parts)),
    alone('unconfirmed jobs', 5 * SECOND, () => sweepUnconfirmedJobs(parts)),
    alone('overdue jobs', 10 * SECOND, () =>
      sweepOverdueJobs({
        ...parts,
        findJobsWithRunner: (ids) =>
          findJobsWithRunner(parts.db, ids, new Date(parts.clock.now().getTime() - ONLINE_WITHIN * SECOND)),
      }),
    ),
    alone('traces', 5 * SECOND, () => archiveTraces(parts)),
    alone('artifacts', MINUTE, () => expireArtifacts(parts)),
    alone('blobs', MINUTE, () => sweepBlobs(parts)),
    alone('refusals', 60 * MINUTE, () => purgeRefusals(parts)),
    alone('ledger of schedules', 60 * MINUTE, () => purgeTicks(parts)),
    alone('triggers', 60 * MINUTE, () => purgeExpiredTriggers(parts)),
    alone('jobs of blocked users', MINUTE, () => sweepJobsOfBlockedUsers(parts)),
    alone('deleted users', MINUTE, () => removeMarkedUsers(parts)),
    alone('expired memberships', MINUTE, () => endExpired(parts)),
    alone('bots', 60 * MINUTE, () => removeIdleBots(parts)),
    alone('deleted projects', MINUTE, () => removeDeletedProjects(parts)),
  ];
}

const endExpired = (parts: Parts): Promise<void> =>
  parts.db.transaction().execute((tx) => endExpiredMemberships(parts, tx, parts.clock.now()));
