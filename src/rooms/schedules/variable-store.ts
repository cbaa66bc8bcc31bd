import type { Selectable } from 'kysely';
import type { ScheduleId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import type { ScheduleVariable } from './schedule.ts';

/** SQL of `pipeline_schedule_variables`. Values are sealed. */

const PLACE = 'pipeline_schedule_variables.value';

/** In the order in which they were added; one of that key alone where one is named. */
export const findScheduleVariables = async (
  db: Db | Tx,
  vault: Vault,
  scheduleId: ScheduleId,
  key?: string,
): Promise<readonly ScheduleVariable[]> => {
  let query = db
    .selectFrom('pipeline_schedule_variables')
    .select(['key', 'value_sealed', 'variable_type', 'raw'])
    .where('schedule_id', '=', scheduleId)
    .orderBy('id');
  if (key !== undefined) query = query.where('key', '=', key);
  const rows = await query.execute();
  return rows.map((row) => toVariable(vault, row));
};

type Row = Pick<Selectable<DB['pipeline_schedule_variables']>, 'key' | 'value_sealed' | 'variable_type' | 'raw'>;

const toVariable = (vault: Vault, row: Row): ScheduleVariable => ({
  key: row.key,
  value: vault.open(row.value_sealed, PLACE),
  variableType: row.variable_type === 'file' ? 'file' : 'env_var',
  raw: row.raw,
});

/** By schedule, each in the order in which they were added. A schedule without variables is not among them. */
export const findVariablesOfSchedules = async (
  db: Db | Tx,
  vault: Vault,
  ids: readonly ScheduleId[],
): Promise<ReadonlyMap<ScheduleId, readonly ScheduleVariable[]>> => {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('pipeline_schedule_variables')
    .select(['schedule_id', 'key', 'value_sealed', 'variable_type', 'raw'])
    .where('schedule_id', 'in', [...ids])
    .orderBy('id')
    .execute();
  const bySchedule = Map.groupBy(rows, (row) => row.schedule_id as ScheduleId);
  return new Map([...bySchedule].map(([id, own]) => [id, own.map((row) => toVariable(vault, row))]));
};

/** False: the schedule has a variable of that key. */
export const insertScheduleVariable = async (
  db: Db | Tx,
  vault: Vault,
  scheduleId: ScheduleId,
  variable: ScheduleVariable,
): Promise<boolean> => {
  const row = await db
    .insertInto('pipeline_schedule_variables')
    .values({
      schedule_id: scheduleId,
      key: variable.key,
      value_sealed: vault.seal(variable.value, PLACE),
      variable_type: variable.variableType,
      raw: variable.raw,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

export const updateScheduleVariable = async (
  db: Db,
  vault: Vault,
  scheduleId: ScheduleId,
  variable: ScheduleVariable,
): Promise<void> => {
  await db
    .updateTable('pipeline_schedule_variables')
    .set({ value_sealed: vault.seal(variable.value, PLACE), variable_type: variable.variableType })
    .where('schedule_id', '=', scheduleId)
    .where('key', '=', variable.key)
    .execute();
};

export const deleteScheduleVariable = async (db: Db, scheduleId: ScheduleId, key: string): Promise<void> => {
  await db
    .deleteFrom('pipeline_schedule_variables')
    .where('schedule_id', '=', scheduleId)
    .where('key', '=', key)
    .execute();
};
