import { sql } from 'kysely';
import type { PipelineId, ProjectId, ScheduleId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { jsonParameter } from '../../platform/postgres/index.ts';
import { isCompleted, STATUSES } from '../../wire/statuses.ts';
import type { PlannedTick } from './plan-ticks.ts';
import type { Schedule, TickState } from './schedule.ts';
import { policyOf } from './store.ts';

/** SQL that plans and decides ticks. */

/** What is known of a schedule while its ticks are planned. */
export type DueSchedule = Pick<Schedule, 'id' | 'projectId' | 'cron' | 'cronTimezone' | 'policy' | 'nextRunAt'>;

/** Rows among which projects take turns; of more than that the earliest. It bounds what one look costs. */
const MOST_IN_TURNS = 20_000;

/**
 * Active schedules whose next run has come, the earliest of each project first, so that none waits behind all of another;
 * locked. Those that another server has are left out.
 */
export const lockDueSchedules = async (tx: Tx, now: Date, limit: number): Promise<readonly DueSchedule[]> => {
  const rows = await tx
    .selectFrom('pipeline_schedules')
    .selectAll()
    .where(
      'id',
      'in',
      sql<number>`(
        select id from (
          select id, next_run_at, row_number() over (partition by project_id order by next_run_at, id) as turn
          from (
            select id, project_id, next_run_at from pipeline_schedules
            where active and next_run_at <= ${now} order by next_run_at, id limit ${MOST_IN_TURNS}
          ) as due
        ) as queued
        order by turn, next_run_at, id limit ${limit}
      )`,
    )
    .where('active', '=', true)
    .where('next_run_at', '<=', now)
    // Not FOR UPDATE: a pipeline that is made meanwhile refers to its schedule.
    .forNoKeyUpdate()
    .skipLocked()
    .execute();
  return rows.map((row) => ({
    id: row.id as ScheduleId,
    projectId: row.project_id as ProjectId,
    cron: row.cron,
    cronTimezone: row.cron_timezone,
    policy: policyOf(row),
    nextRunAt: row.next_run_at,
  }));
};

/** Moves the next runs of schedules on that the transaction has locked. */
export const updateNextRuns = async (
  tx: Tx,
  plans: readonly { readonly id: ScheduleId; readonly nextRunAt: Date | null }[],
): Promise<void> => {
  if (plans.length === 0) return;
  await sql`
    update pipeline_schedules set next_run_at = plan."nextRunAt"
    from jsonb_to_recordset(${JSON.stringify(plans)}::jsonb) as plan(id bigint, "nextRunAt" timestamptz)
    where pipeline_schedules.id = plan.id`.execute(tx);
};

/** A tick of a schedule that is to be written. */
export interface NewTick extends PlannedTick {
  readonly scheduleId: ScheduleId;
  readonly projectId: ProjectId;
}

/** Rows of one statement. */
const MOST_ROWS = 5000;

/** A tick that stands there already stays as it is. */
export const insertTicks = async (tx: Tx, ticks: readonly NewTick[], now: Date): Promise<void> => {
  for (let start = 0; start < ticks.length; start += MOST_ROWS) {
    await sql`
      insert into schedule_ticks (schedule_id, project_id, planned_at, due_at, state, reason, decided_at)
      select tick."scheduleId", tick."projectId", tick."plannedAt", tick."dueAt",
        case when tick.missed is null then 'planned' else 'missed' end, tick.missed,
        case when tick.missed is null then null else ${now}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(ticks.slice(start, start + MOST_ROWS))}::jsonb) as tick(
        "scheduleId" bigint, "projectId" bigint, "plannedAt" timestamptz, "dueAt" timestamptz, missed text
      )
      on conflict (schedule_id, planned_at) do nothing`.execute(tx);
  }
};

/** A tick that waits for its decision. */
export interface OpenTick {
  readonly id: number;
  readonly scheduleId: ScheduleId;
  readonly projectId: ProjectId;
  readonly plannedAt: Date;
  readonly dueAt: Date;
}

/** What is not taken by `leaseDueTicks`. */
export interface LeaseOptions {
  readonly limit: number;
  readonly notOf: readonly ProjectId[];
}

/**
 * Takes ticks that are due until `until`: another server looks at them only after that. The earliest of each project come
 * first, so that none waits behind all of another.
 */
export const leaseDueTicks = async (
  db: Db,
  now: Date,
  until: Date,
  { limit, notOf }: LeaseOptions,
): Promise<readonly OpenTick[]> => {
  const isFree = sql`state = 'planned' and due_at <= ${now} and (leased_until is null or leased_until <= ${now})`;
  const { rows } = await sql<{ id: number; schedule_id: number; project_id: number; planned_at: Date; due_at: Date }>`
    update schedule_ticks set leased_until = ${until}
    where id in (
      select id from schedule_ticks
      where ${isFree} and id in (
        select id from (
          select id, due_at, row_number() over (partition by project_id order by due_at, id) as turn
          from (
            select id, project_id, due_at from schedule_ticks
            where ${isFree} and project_id <> all(${notOf}::bigint[])
            order by due_at, id limit ${MOST_IN_TURNS}
          ) as due
        ) as queued
        order by turn, due_at, id limit ${limit})
      for no key update skip locked)
    returning id, schedule_id, project_id, planned_at, due_at`.execute(db);
  return rows
    .map((row) => ({
      id: row.id,
      scheduleId: row.schedule_id as ScheduleId,
      projectId: row.project_id as ProjectId,
      plannedAt: row.planned_at,
      dueAt: row.due_at,
    }))
    .toSorted((one, other) => one.dueAt.getTime() - other.dueAt.getTime() || one.id - other.id);
};

/** Gives ticks back that have to wait; nobody looks at them before `until`. */
export const putOffTicks = async (db: Db, ids: readonly number[], until: Date): Promise<void> => {
  if (ids.length === 0) return;
  await db
    .updateTable('schedule_ticks')
    .set({ leased_until: until })
    .where('id', 'in', [...ids])
    .where('state', '=', 'planned')
    .execute();
};

/**
 * Locks undecided ticks, and answers their numbers; one that was decided before, or whose schedule is gone, is not among
 * them. Schedules come first, as in their deletion, and all in one order, so that nobody waits in a circle.
 */
export const lockOpenTicks = async (tx: Tx, ticks: readonly OpenTick[]): Promise<ReadonlySet<number>> => {
  const schedules = await tx
    .selectFrom('pipeline_schedules')
    .select('id')
    .where('id', 'in', [...new Set(ticks.map((tick) => tick.scheduleId))])
    .orderBy('id')
    .forKeyShare()
    .execute();
  if (schedules.length === 0) return new Set();
  const there = new Set<number>(schedules.map(({ id }) => id));
  const ids = ticks.filter((tick) => there.has(tick.scheduleId)).map(({ id }) => id);
  const rows = await tx
    .selectFrom('schedule_ticks')
    .select('id')
    .where('id', 'in', ids)
    .where('state', '=', 'planned')
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return new Set(rows.map(({ id }) => id));
};

/** When the next schedule has its run, or the next planned tick is due, after `now`; undefined: nothing is planned. */
export const findNextMoment = async (db: Db, now: Date): Promise<Date | undefined> => {
  const { rows } = await sql<{ readonly at: Date | null }>`
    select least(
      (select next_run_at from pipeline_schedules where active and next_run_at > ${now} order by next_run_at limit 1),
      (select due_at from schedule_ticks where state = 'planned' and due_at > ${now} order by due_at limit 1)
    ) as at`.execute(db);
  return rows[0]?.at ?? undefined;
};

export interface TickDecision {
  readonly state: Exclude<TickState, 'planned'>;
  readonly reason?: string;
  readonly pipelineId?: PipelineId;
  readonly refusalId?: number;
}

/** Decides ticks once. One that was decided before stays as it is. */
export const decideTicks = async (
  db: Db | Tx,
  decisions: readonly (TickDecision & { readonly id: number })[],
  now: Date,
): Promise<void> => {
  await sql`
    update schedule_ticks set state = decision.state, reason = decision.reason, pipeline_id = decision."pipelineId",
      refusal_id = decision."refusalId", decided_at = ${now}
    from jsonb_to_recordset(${jsonParameter(decisions)}::jsonb) as decision(
      id bigint, state text, reason text, "pipelineId" bigint, "refusalId" bigint
    )
    where schedule_ticks.id = decision.id and schedule_ticks.state = 'planned'`.execute(db);
};

/** Pipelines of the schedule that are not over; one that waits for a person only does not count. */
export const findUnfinishedRuns = async (db: Db, scheduleId: ScheduleId): Promise<readonly PipelineId[]> => {
  const alive = STATUSES.filter((status) => !isCompleted(status) && status !== 'manual');
  const { rows } = await sql<{ id: number }>`
    select id from pipelines
    where schedule_id = ${scheduleId} and status = any(${alive}::text[])
    order by id`.execute(db);
  return rows.map((row) => row.id as PipelineId);
};

/** Whether an earlier tick of the schedule waits. */
export const hasEarlierOpenTick = async (db: Db, tick: OpenTick): Promise<boolean> => {
  const row = await db
    .selectFrom('schedule_ticks')
    .select('id')
    .where('schedule_id', '=', tick.scheduleId)
    .where('state', '=', 'planned')
    .where('planned_at', '<', tick.plannedAt)
    .executeTakeFirst();
  return row !== undefined;
};

/** Forgets what was decided before then. Answers how many. */
export const deleteTicksDecidedBefore = async (db: Db, time: Date): Promise<number> => {
  const result = await db.deleteFrom('schedule_ticks').where('decided_at', '<', time).executeTakeFirst();
  return Number(result.numDeletedRows);
};
