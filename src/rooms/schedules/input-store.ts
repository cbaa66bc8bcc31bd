import { sql } from 'kysely';
import type { ScheduleId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { ScheduleInput } from './schedule.ts';

/** SQL of `pipeline_schedule_inputs`. */

/** By schedule, each in the order in which they were added. A schedule without inputs is not among them. */
export const findInputsOfSchedules = async (
  db: Db | Tx,
  ids: readonly ScheduleId[],
): Promise<ReadonlyMap<ScheduleId, readonly ScheduleInput[]>> => {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('pipeline_schedule_inputs')
    .select(['schedule_id', 'name', 'value'])
    .where('schedule_id', 'in', [...ids])
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, (row) => row.schedule_id as ScheduleId);
};

export const findScheduleInputs = async (db: Db | Tx, id: ScheduleId): Promise<readonly ScheduleInput[]> =>
  (await findInputsOfSchedules(db, [id])).get(id) ?? [];

/** Adds what is new and replaces what is there. */
export const saveScheduleInputs = async (tx: Tx, id: ScheduleId, inputs: readonly ScheduleInput[]): Promise<void> => {
  if (inputs.length === 0) return;
  await tx
    .insertInto('pipeline_schedule_inputs')
    .values(inputs.map(({ name, value }) => ({ schedule_id: id, name, value: sql`${JSON.stringify(value)}::jsonb` })))
    .onConflict((conflict) =>
      conflict.columns(['schedule_id', 'name']).doUpdateSet({ value: (set) => set.ref('excluded.value') }),
    )
    .execute();
};

export const deleteScheduleInputs = async (tx: Tx, id: ScheduleId, names: readonly string[]): Promise<void> => {
  if (names.length === 0) return;
  await tx
    .deleteFrom('pipeline_schedule_inputs')
    .where('schedule_id', '=', id)
    .where('name', 'in', [...names])
    .execute();
};
