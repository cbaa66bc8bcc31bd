import type { PipelineId, ScheduleId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { TickState } from './schedule.ts';

/** SQL that reads the ledger. */

/** A row of `schedule_ticks`: what became of a planned run. */
export interface Tick {
  readonly id: number;
  readonly plannedAt: Date;
  /** When it may start: the planned time and the jitter. */
  readonly dueAt: Date;
  readonly decidedAt: Date | null;
  readonly state: TickState;
  readonly reason: string | null;
  readonly pipelineId: PipelineId | null;
  readonly refusalId: number | null;
}

export interface TickFilter {
  readonly scheduleId: ScheduleId;
  /** Any of these. */
  readonly states?: readonly TickState[];
}

const filtered = (db: Db, { scheduleId, states }: TickFilter) => {
  const query = db.selectFrom('schedule_ticks').where('schedule_id', '=', scheduleId);
  return states === undefined ? query : query.where('state', 'in', [...states]);
};

/** The newest planned time first. */
export const listTicks = async (
  db: Db,
  filter: TickFilter,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly Tick[]> => {
  const rows = await filtered(db, filter)
    .selectAll()
    .orderBy('planned_at', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    plannedAt: row.planned_at,
    dueAt: row.due_at,
    decidedAt: row.decided_at,
    state: row.state as TickState,
    reason: row.reason,
    pipelineId: row.pipeline_id as PipelineId | null,
    refusalId: row.refusal_id,
  }));
};

export const countTicks = async (db: Db, filter: TickFilter): Promise<number> => {
  const row = await filtered(db, filter)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};
