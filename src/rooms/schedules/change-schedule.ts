import type { Clock } from '../../kit/clock.ts';
import { invalid, notFound } from '../../kit/errors.ts';
import type { ScheduleId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { judgeRef } from '../pipelines/index.ts';
import type { Project, Role } from '../projects/index.ts';
import type { RepositoryDeps } from '../repositories/index.ts';
import { writeDueTicks } from './due-ticks.ts';
import { expandRef } from './expand-ref.ts';
import { deleteScheduleInputs, findScheduleInputs, saveScheduleInputs } from './input-store.ts';
import type { Schedule, SchedulePolicy } from './schedule.ts';
import type { ClockProblem, ScheduleClock } from './schedule-clock.ts';
import type { AttributeErrors, InputChanges } from './schedule-policy.ts';
import { inputErrors, refOf, scheduleErrors } from './schedule-policy.ts';
import type { ScheduleTexts } from './store.ts';
import { insertSchedule, lockSchedule, updateSchedule } from './store.ts';

export interface ChangeScheduleDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repositories: RepositoryDeps;
  readonly scheduleClock: ScheduleClock;
}

/** Who changes a schedule, and where. */
export interface ScheduleCaller {
  readonly project: Project;
  readonly user: User;
  readonly role: Role | undefined;
}

/** Makes a schedule that runs as its maker. Throws 400 with GitLab's map of errors. */
export const createSchedule = async (
  deps: ChangeScheduleDeps,
  caller: ScheduleCaller,
  wanted: ScheduleTexts,
  inputs: InputChanges,
): Promise<Schedule> => {
  const ref = await expandRef(deps.repositories, caller.project, wanted.ref);
  const texts = { ...wanted, ref, cron: wanted.cron.trim() };
  await mustRunOn(deps, caller, texts.ref, 'create');
  const problems = deps.scheduleClock.check(texts.cron, texts.cronTimezone);
  refuseIfAny({ ...scheduleErrors(texts, problems), ...inputErrors([], inputs) }, problems);
  const now = deps.clock.now();
  return deps.db.transaction().execute(async (tx) => {
    const row = { ...texts, projectId: caller.project.id, ownerId: caller.user.id };
    const id = await insertSchedule(tx, row, now);
    await saveScheduleInputs(tx, id, inputs.save);
    const made = await mustLock(tx, id);
    await updateSchedule(tx, id, { nextRunAt: deps.scheduleClock.next(made, now) }, now);
    return mustLock(tx, id);
  });
};

/**
 * Changes what is named, and plans the next run anew where the cron or the zone is another, or where it was switched on.
 * Throws 400 with GitLab's map of errors.
 */
export const changeSchedule = async (
  deps: ChangeScheduleDeps,
  caller: ScheduleCaller,
  schedule: Schedule,
  changes: Partial<ScheduleTexts>,
  inputs: InputChanges,
): Promise<Schedule> => {
  const ref = await expandRef(deps.repositories, caller.project, changes.ref ?? schedule.ref);
  await mustRunOn(deps, caller, ref, 'update');
  return deps.db.transaction().execute(async (tx) => {
    const before = await mustLock(tx, schedule.id);
    const after = { ...before, ...changes, ref, cron: (changes.cron ?? before.cron).trim() };
    const problems = deps.scheduleClock.check(after.cron, after.cronTimezone);
    const known = await findScheduleInputs(tx, schedule.id);
    refuseIfAny({ ...scheduleErrors(after, problems), ...inputErrors(known, inputs) }, problems);
    await deleteScheduleInputs(tx, schedule.id, inputs.remove);
    await saveScheduleInputs(tx, schedule.id, inputs.save);
    if (!isChanged(before, after)) return before;
    const now = deps.clock.now();
    const isSwitchedOn = after.active && !before.active;
    const isReplanned = after.cron !== before.cron || after.cronTimezone !== before.cronTimezone || isSwitchedOn;
    const { description, cron, cronTimezone, active } = after;
    if (isReplanned || !active) await writeDueTicks(tx, deps, before, now);
    await updateSchedule(
      tx,
      schedule.id,
      {
        description,
        ref,
        cron,
        cronTimezone,
        active,
        ...(changes.active !== undefined && { deactivatedReason: null }),
        ...(isReplanned && { nextRunAt: deps.scheduleClock.next(after, now) }),
      },
      now,
    );
    return mustLock(tx, schedule.id);
  });
};

const isChanged = (before: Schedule, after: Schedule): boolean =>
  (['description', 'ref', 'cron', 'cronTimezone', 'active'] as const).some((name) => before[name] !== after[name]);

/** From now on it runs as that user. */
export const takeSchedule = async (
  deps: Pick<ChangeScheduleDeps, 'db' | 'clock'>,
  schedule: Schedule,
  user: User,
): Promise<Schedule> =>
  deps.db.transaction().execute(async (tx) => {
    await mustLock(tx, schedule.id);
    await updateSchedule(tx, schedule.id, { ownerId: user.id }, deps.clock.now());
    return mustLock(tx, schedule.id);
  });

/** Changes how the schedule treats its ticks; the next one is planned anew where daylight saving is treated otherwise. */
export const changePolicy = async (
  deps: Pick<ChangeScheduleDeps, 'db' | 'clock' | 'scheduleClock'>,
  schedule: Schedule,
  changes: Partial<SchedulePolicy>,
): Promise<Schedule> =>
  deps.db.transaction().execute(async (tx) => {
    const before = await mustLock(tx, schedule.id);
    const policy = { ...before.policy, ...changes };
    const now = deps.clock.now();
    const isReplanned = policy.dstGap !== before.policy.dstGap || policy.dstOverlap !== before.policy.dstOverlap;
    const nextRunAt = isReplanned ? deps.scheduleClock.next({ ...before, policy }, now) : before.nextRunAt;
    await updateSchedule(tx, schedule.id, { policy, nextRunAt }, now);
    return mustLock(tx, schedule.id);
  });

const mustLock = async (tx: Tx, id: ScheduleId): Promise<Schedule> => {
  const schedule = await lockSchedule(tx, id);
  if (schedule === undefined) throw notFound('Pipeline Schedule');
  return schedule;
};

const mustRunOn = async (
  { db }: Pick<ChangeScheduleDeps, 'db'>,
  { project, ...who }: ScheduleCaller,
  ref: string,
  verb: 'create' | 'update',
): Promise<void> => {
  const verdict = await judgeRef(db, project, who, refOf(ref));
  if (verdict.allowed) return;
  throw invalid({ base: [`The current user is not authorized to ${verb} the pipeline schedule`] });
};

/** Beside GitLab's sentence stands why a cron or a zone is refused. */
const refuseIfAny = (errors: AttributeErrors, problems: readonly ClockProblem[]): void => {
  if (Object.keys(errors).length === 0) return;
  const reasons = problems.map(({ attribute, reason }) => ({ attribute, message: reason }));
  throw invalid(errors, reasons.length === 0 ? {} : { reasons });
};
