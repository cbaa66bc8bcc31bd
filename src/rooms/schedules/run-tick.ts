import type { Clock } from '../../kit/clock.ts';
import type { User } from '../accounts/index.ts';
import type { CreatePipelineDeps } from '../pipelines/index.ts';
import { cancelPipeline } from '../pipelines/index.ts';
import type { Project, Role } from '../projects/index.ts';
import { findProjectById } from '../projects/index.ts';
import { findOwner } from './find-owner.ts';
import type { OpenTick, TickDecision } from './ledger-store.ts';
import { decideTicks, findUnfinishedRuns, hasEarlierOpenTick, lockOpenTicks, putOffTicks } from './ledger-store.ts';
import { runSchedule } from './run-schedule.ts';
import type { Schedule } from './schedule.ts';
import { findSchedule, updateSchedule } from './store.ts';

export interface RunTickDeps extends CreatePipelineDeps {
  /** Told of every start: seconds after its moment. */
  readonly observeScheduleLag: (seconds: number) => void;
}

/** Milliseconds after which a start counts as late. */
const LATE_AFTER = 60_000;
/** Milliseconds after which a tick that waits for the run before it is looked at again. */
const LOOK_AGAIN = 2_000;

/**
 * Decides one tick: a pipeline, or a row that says why there is none. The decision and the pipeline are one transaction,
 * and a tick that is decided already is left alone; so it may be run again after any crash, and by several servers.
 */
export const runTick = async (deps: RunTickDeps, tick: OpenTick): Promise<void> => {
  const schedule = await findSchedule(deps.db, tick.projectId, tick.scheduleId);
  // Deleted with its ledger meanwhile.
  if (schedule === undefined) return;
  const decide = async (decision: TickDecision): Promise<void> => {
    await decideTicks(deps.db, [{ ...decision, id: tick.id }], deps.clock.now());
  };
  if (!schedule.active) return decide({ state: 'skipped', reason: reasonOfSwitchedOff(schedule) });
  const project = await findProjectById(deps.db, tick.projectId);
  if (project === undefined) return decide({ state: 'skipped', reason: 'the project is being deleted' });
  if (project.archived) return decide({ state: 'skipped', reason: 'the project is archived' });

  const overlap = await judgeOverlap(deps, schedule, tick);
  if (overlap === 'wait') return putOffTicks(deps.db, [tick.id], new Date(deps.clock.now().getTime() + LOOK_AGAIN));
  if (overlap !== 'run') return decide(overlap);

  const owner = await findOwner(deps.db, schedule, project, deps.clock.now());
  if (typeof owner === 'string') {
    await switchOff(deps, schedule, owner);
    return decide({ state: 'refused', reason: owner });
  }
  await start(deps, schedule, tick, { project, ...owner });
};

const reasonOfSwitchedOff = ({ deactivatedReason }: Schedule): string =>
  `the schedule was switched off before its start${deactivatedReason === null ? '' : `: ${deactivatedReason}`}`;

const start = async (
  deps: RunTickDeps,
  schedule: Schedule,
  tick: OpenTick,
  as: { readonly project: Project; readonly user: User; readonly role: Role | undefined },
): Promise<void> => {
  const result = await runSchedule(deps, schedule, {
    ...as,
    claim: async (tx) => (await lockOpenTicks(tx, [tick])).has(tick.id),
    settle: async (tx, { pipelineId, refusal }) => {
      const now = deps.clock.now();
      const made = { ...(pipelineId !== null && { pipelineId }) };
      const decision: TickDecision =
        refusal === null
          ? { ...stateOfStart(tick, now), ...made }
          : { state: 'refused', reason: refusal.message, refusalId: refusal.id, ...made };
      await decideTicks(tx, [{ ...decision, id: tick.id }], now);
    },
  });
  if (result.kind !== 'created') return;
  deps.observeScheduleLag((deps.clock.now().getTime() - tick.dueAt.getTime()) / 1000);
};

/** How a tick is decided whose pipeline is made now. */
export const stateOfStart = ({ plannedAt, dueAt }: OpenTick, now: Date): TickDecision => {
  const late = now.getTime() - dueAt.getTime();
  if (late <= LATE_AFTER) return { state: 'started' };
  const seconds = Math.round((now.getTime() - plannedAt.getTime()) / 1000);
  return { state: 'late', reason: `started ${seconds} seconds after its time` };
};

/** What the schedule's `overlap` says while its last run goes on. */
const judgeOverlap = async (
  deps: RunTickDeps,
  schedule: Schedule,
  tick: OpenTick,
): Promise<'run' | 'wait' | TickDecision> => {
  const { overlap } = schedule.policy;
  if (overlap === 'allow') return 'run';
  if (overlap === 'queue' && (await hasEarlierOpenTick(deps.db, tick))) return 'wait';
  const running = await findUnfinishedRuns(deps.db, schedule.id);
  const [first] = running;
  if (first === undefined) return 'run';
  switch (overlap) {
    case 'queue':
      return 'wait';
    case 'forbid':
      return { state: 'skipped', reason: `pipeline ${first} of this schedule has not ended` };
    case 'replace':
      for (const id of running) await cancelPipeline(deps, id);
      return 'run';
  }
};

/** As GitLab: a schedule whose owner may not run it is inactive from then on. Mostly it was when the right was lost. */
const switchOff = (deps: { readonly db: RunTickDeps['db']; readonly clock: Clock }, { id }: Schedule, reason: string) =>
  updateSchedule(deps.db, id, { active: false, deactivatedReason: reason }, deps.clock.now());
