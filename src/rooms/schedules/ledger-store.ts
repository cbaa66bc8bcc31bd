import { sql } from 'kysely';
import type { PipelineId, ProjectId, ScheduleId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { isCompleted, STATUSES } from '../../wire/statuses.ts';
import type { PlannedTick } from './plan-ticks.ts';
import type { TickState } from './schedule.ts';

/** SQL that plans and decides ticks. */

/** Numbers of active schedules whose next run has come, the earliest first, locked; those that another server has are left out. */
export const lockDueSchedules = async (tx: Tx, now: Date, limit: number): Promise<readonly ScheduleId[]> => {
  const rows = await tx
    .selectFrom('pipeline_schedules')
    .select('id')
    .where('active', '=', true)
    .where('next_run_at', '<=', now)
    .orderBy('next_run_at')
    .limit(limit)
    // Not FOR UPDATE: a pipeline that is made meanwhile refers to its schedule.
    .forNoKeyUpdate()
    .skipLocked()
    .execute();
  return rows.map((row) => row.id as ScheduleId);
};

/** A tick that stands there already stays as it is. */
export const insertTicks = async (
  tx: Tx,
  schedule: { readonly id: ScheduleId; readonly projectId: ProjectId },
  ticks: readonly PlannedTick[],
  now: Date,
): Promise<void> => {
  if (ticks.length === 0) return;
  await tx
    .insertInto('schedule_ticks')
    .values(
      ticks.map(({ plannedAt, dueAt, missed }) => ({
        schedule_id: schedule.id,
        project_id: schedule.projectId,
        planned_at: plannedAt,
        due_at: dueAt,
        state: missed === undefined ? 'planned' : 'missed',
        reason: missed ?? null,
        decided_at: missed === undefined ? null : now,
      })),
    )
    .onConflict((conflict) => conflict.columns(['schedule_id', 'planned_at']).doNothing())
    .execute();
};

/** A tick that waits for its decision. */
export interface OpenTick {
  readonly id: number;
  readonly scheduleId: ScheduleId;
  readonly projectId: ProjectId;
  readonly plannedAt: Date;
  readonly dueAt: Date;
}

/** Takes ticks that are due until `until`: another server looks at them only after that. */
export const leaseDueTicks = async (db: Db, now: Date, until: Date, limit: number): Promise<readonly OpenTick[]> => {
  const { rows } = await sql<{ id: number; schedule_id: number; project_id: number; planned_at: Date; due_at: Date }>`
    update schedule_ticks set leased_until = ${until}
    where id in (
      select id from schedule_ticks
      where state = 'planned' and due_at <= ${now} and (leased_until is null or leased_until <= ${now})
      order by due_at, id limit ${limit}
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

/** Gives a tick back that has to wait; nobody looks at it before `until`. */
export const putOffTick = async (db: Db, id: number, until: Date): Promise<void> => {
  await db
    .updateTable('schedule_ticks')
    .set({ leased_until: until })
    .where('id', '=', id)
    .where('state', '=', 'planned')
    .execute();
};

/**
 * Locks an undecided tick; false when it was decided before, or its schedule is gone. The schedule comes first, as in its
 * deletion, so that the two never wait for each other in a circle.
 */
export const lockOpenTick = async (tx: Tx, { id, scheduleId }: OpenTick): Promise<boolean> => {
  const schedule = await tx
    .selectFrom('pipeline_schedules')
    .select('id')
    .where('id', '=', scheduleId)
    .forKeyShare()
    .executeTakeFirst();
  if (schedule === undefined) return false;
  const row = await tx
    .selectFrom('schedule_ticks')
    .select('id')
    .where('id', '=', id)
    .where('state', '=', 'planned')
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row !== undefined;
};

export interface TickDecision {
  readonly state: Exclude<TickState, 'planned'>;
  readonly reason?: string;
  readonly pipelineId?: PipelineId;
  readonly refusalId?: number;
}

/** Decides a tick once; false when it was decided before. */
export const decideTick = async (db: Db | Tx, id: number, decision: TickDecision, now: Date): Promise<boolean> => {
  const result = await db
    .updateTable('schedule_ticks')
    .set({
      state: decision.state,
      reason: decision.reason ?? null,
      pipeline_id: decision.pipelineId ?? null,
      refusal_id: decision.refusalId ?? null,
      decided_at: now,
    })
    .where('id', '=', id)
    .where('state', '=', 'planned')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
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
