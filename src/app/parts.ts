import { join } from 'node:path';
import { publishTo, type Subscriber } from '../events/index.ts';
import type { Clock } from '../kit/clock.ts';
import type { Cron } from '../kit/cron/index.ts';
import type { ProjectId, ScheduleId } from '../kit/ids.ts';
import { FileBlobStore } from '../platform/blobs/index.ts';
import type { Logger } from '../platform/log.ts';
import type { AllowedTarget, ResolveHost } from '../platform/net/index.ts';
import type { Database } from '../platform/postgres/index.ts';
import type { Vault } from '../platform/secrets/index.ts';
import { accountGuards, InstanceSettings } from '../rooms/accounts/index.ts';
import { environmentsOnFact } from '../rooms/environments/index.ts';
import { groupGuards } from '../rooms/groups/index.ts';
import { Drains, EventBell, hooksOnFacts, outboundPolicyFor } from '../rooms/hooks/index.ts';
import {
  type ChangeDeps,
  mergeRequestQuestions,
  mergeRequestsOnPushed,
  retargetChainOnPushed,
} from '../rooms/merge-requests/index.ts';
import { findExecutingJobByToken, onPushed, pipelineGuards } from '../rooms/pipelines/index.ts';
import { groupProjects, projectGuards } from '../rooms/projects/index.ts';
import { findReleaseText } from '../rooms/releases/index.ts';
import {
  AdvisoryLockPresence,
  moveRefs,
  openRepositories,
  type Pushed,
  PushJournal,
  projectRepositories,
} from '../rooms/repositories/index.ts';
import { JobBell } from '../rooms/runners/index.ts';
import { cronClock, findScheduleOfPipeline, LoneTicks } from '../rooms/schedules/index.ts';
import type { ServerFacts } from '../rooms/variables/index.ts';
import type { Background } from './background.ts';
import { configSources } from './config-sources.ts';
import { findJobBelongings } from './find-job-belongings.ts';
import { createMetrics } from './metrics.ts';
import { userConsequences } from './user-consequences.ts';

export interface PartsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly vault: Vault;
  readonly background: Background;
  /** Absolute path. */
  readonly dataDir: string;
  /** `https://host/root`, no trailing slash. */
  readonly externalUrl: string;
  /** Private targets that requests for users may reach. */
  readonly outboundAllow: readonly AllowedTarget[];
  /** How hooks find the addresses of names; default: as every program of this machine does. */
  readonly resolveHost?: ResolveHost | undefined;
  /** Others who write what follows from facts, after the rooms. */
  readonly subscribers?: readonly Subscriber[];
  /** GitLab's worker cron, to imitate its `next_run_at`. */
  readonly scheduleTickCron?: Cron | undefined;
}

/**
 * Everything that the rooms ask for, made once: what they share (database, clock, vault, repositories, blobs), and the
 * answers that higher rooms give to the questions of lower ones. The only place where all rooms meet.
 */
export function makeParts(options: PartsOptions) {
  const { database, clock, log, vault, background } = options;
  const { db } = database;
  const repositories = openRepositories(join(options.dataDir, 'repositories'));
  const blobs = new FileBlobStore(join(options.dataDir, 'blobs'));
  const server: ServerFacts = { externalUrl: options.externalUrl };
  const metrics = createMetrics();
  const settings = new InstanceSettings({ db, clock });
  const eventBell = new EventBell();
  const listeners = [hooksOnFacts(clock, eventBell), ...(options.subscribers ?? [])];
  // Last, so that what it publishes itself comes after what it follows from.
  const publish = publishTo([...listeners, environmentsOnFact(clock, publishTo(listeners))]);
  const presence = new AdvisoryLockPresence(database.pool);
  const authenticate = {
    db,
    clock,
    findExecutingJobByToken: (digest: Uint8Array) => findExecutingJobByToken(db, digest),
  };
  const accounts = accountGuards(authenticate);
  const core = {
    ...mergeRequestQuestions({ db, server }),
    db,
    clock,
    log,
    vault,
    publish,
    repositories,
    blobs,
    server,
    scheduleClock: cronClock(options.scheduleTickCron),
    later: background.start,
    settings,
    outboundPolicyFor: outboundPolicyFor({ ...options, settings, server }),
    ...configSources(clock, options.outboundAllow),
  };
  const pushes = new PushJournal({ ...core, presence, onPushed: (push) => afterPush(core, push) });
  const projectDeps = {
    db,
    clock,
    publish,
    repositories: projectRepositories({
      ...repositories,
      clock,
      moveRefs: (push, updates) => moveRefs({ ...repositories, pushes }, push, updates),
    }),
    onProjectDeleted: async () => undefined,
  };
  const inGroups = groupProjects(projectDeps);
  const group = groupGuards({ ...authenticate, groupProjects: inGroups });
  const project = projectGuards(authenticate);
  const jobBelongings = findJobBelongings({ db, clock });
  return {
    ...core,
    ...userConsequences(core, inGroups),
    upSince: clock.now(),
    presence,
    pushes,
    bell: new JobBell(),
    eventBell,
    drains: new Drains({ ...core, random: Math.random }),
    metrics,
    loneTicks: new LoneTicks(background.start),
    observeScheduleLag: metrics.observeScheduleLag,
    findRelease: (projectId: ProjectId, tag: string) => findReleaseText(db, projectId, tag),
    findSchedule: (id: ScheduleId) => findScheduleOfPipeline(core, id),
    jobBelongings,
    authenticate,
    accounts,
    group,
    groupProjects: inGroups,
    projectDeps,
    project,
    guards: { ...pipelineGuards({ ...core, project }), project },
  };
}

/** Merge requests first: what comes second settles the push, and is then not told of it again. */
const afterPush = async (core: ChangeDeps, push: Pushed): Promise<void> => {
  await mergeRequestsOnPushed(core, push);
  await retargetChainOnPushed(core, push);
  await onPushed(core, push);
};

export type Parts = ReturnType<typeof makeParts>;
