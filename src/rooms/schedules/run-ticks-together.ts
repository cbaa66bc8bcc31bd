import type { UserId } from '../../kit/ids.ts';
import type { MadeInBatch, RequestInBatch } from '../pipelines/index.ts';
import { createPipelines } from '../pipelines/index.ts';
import { findProjectById, type Project } from '../projects/index.ts';
import { findOwner } from './find-owner.ts';
import { findInputsOfSchedules } from './input-store.ts';
import { decideTicks, lockOpenTicks, type OpenTick } from './ledger-store.ts';
import { requestOf } from './run-schedule.ts';
import { type RunTickDeps, stateOfStart } from './run-tick.ts';
import type { Schedule } from './schedule.ts';
import { findSchedulesByIds } from './store.ts';
import { findVariablesOfSchedules } from './variable-store.ts';

/**
 * Runs ticks of one project together as far as nothing stands against them: what they have in common is read once, and their
 * pipelines and decisions are written in one transaction. Answers the ticks that have to be run alone (`runTick`), for their
 * policy, or because they end in something else than a pipeline.
 */
export const runTicksTogether = async (deps: RunTickDeps, ticks: readonly OpenTick[]): Promise<readonly OpenTick[]> => {
  const projectId = ticks[0]?.projectId;
  const project = projectId === undefined ? undefined : await findProjectById(deps.db, projectId);
  if (project === undefined || project.archived) return ticks;
  const requests = await requestsOf(deps, project, ticks);
  const { made } = await createPipelines(deps, project, requests, {
    claim: async (tx, keys) => {
      const open = await lockOpenTicks(tx, keys);
      return new Set(keys.filter(({ id }) => open.has(id)));
    },
    settle: (tx, pipelines) => {
      const now = deps.clock.now();
      return decideTicks(tx, pipelines.map(decisionAt(now)), now);
    },
  });
  const now = deps.clock.now().getTime();
  for (const { dueAt } of made) deps.observeScheduleLag((now - dueAt.getTime()) / 1000);
  const done = new Set(made);
  return ticks.filter((tick) => !done.has(tick));
};

const decisionAt =
  (now: Date) =>
  ({ key, pipeline }: MadeInBatch<OpenTick>) => ({ ...stateOfStart(key, now), id: key.id, pipelineId: pipeline.id });

/** Of those whose policy asks nothing and whose owner may run them now. */
const requestsOf = async (
  deps: RunTickDeps,
  project: Project,
  ticks: readonly OpenTick[],
): Promise<readonly RequestInBatch<OpenTick>[]> => {
  const ids = [...new Set(ticks.map((tick) => tick.scheduleId))];
  const [schedules, variables, inputs] = await Promise.all([
    findSchedulesByIds(deps.db, project.id, ids),
    findVariablesOfSchedules(deps.db, deps.vault, ids),
    findInputsOfSchedules(deps.db, ids),
  ]);
  const owners = new Map<UserId | undefined, Awaited<ReturnType<typeof findOwner>>>();
  const ownerOf = async (schedule: Schedule) => {
    const known = owners.get(schedule.owner?.id);
    const owner = known ?? (await findOwner(deps.db, schedule, project, deps.clock.now()));
    owners.set(schedule.owner?.id, owner);
    return owner;
  };
  const requests: RequestInBatch<OpenTick>[] = [];
  for (const tick of ticks) {
    const schedule = schedules.get(tick.scheduleId);
    if (schedule?.active !== true || schedule.policy.overlap !== 'allow') continue;
    const owner = await ownerOf(schedule);
    if (typeof owner === 'string') continue;
    const { id } = schedule;
    const request = requestOf(schedule, variables.get(id) ?? [], inputs.get(id) ?? []);
    requests.push({ key: tick, request: { ...request, ...owner } });
  }
  return requests;
};
