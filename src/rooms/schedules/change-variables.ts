import { invalid, notFound } from '../../kit/errors.ts';
import type { ScheduleId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import { variableKeyErrors } from '../variables/index.ts';
import type { ScheduleVariable } from './schedule.ts';
import { lockSchedule } from './store.ts';
import {
  deleteScheduleVariable,
  findScheduleVariables,
  insertScheduleVariable,
  updateScheduleVariable,
} from './variable-store.ts';

export interface ScheduleVariableDeps {
  readonly db: Db;
  readonly vault: Vault;
}

/** The variable of that name. Throws 404 when the schedule has none. */
export const getScheduleVariable = async (
  { db, vault }: ScheduleVariableDeps,
  id: ScheduleId,
  key: string,
): Promise<ScheduleVariable> => {
  const [variable] = await findScheduleVariables(db, vault, id, key);
  if (variable === undefined) throw notFound('Pipeline Schedule Variable');
  return variable;
};

/** Throws 400 for a bad name and one that is there already, 404 when the schedule is gone. */
export const addScheduleVariable = async (
  { db, vault }: ScheduleVariableDeps,
  id: ScheduleId,
  wanted: ScheduleVariable,
): Promise<ScheduleVariable> => {
  const variable = { ...wanted, key: wanted.key.trim() };
  const errors = variableKeyErrors(variable.key);
  if (errors.length > 0) throw invalid({ key: errors });
  return db.transaction().execute(async (tx) => {
    // It may be deleted at this moment.
    if ((await lockSchedule(tx, id)) === undefined) throw notFound('Pipeline Schedule');
    if (!(await insertScheduleVariable(tx, vault, id, variable))) throw invalid({ key: ['has already been taken'] });
    return variable;
  });
};

export const changeScheduleVariable = async (
  deps: ScheduleVariableDeps,
  id: ScheduleId,
  key: string,
  changes: Partial<Pick<ScheduleVariable, 'value' | 'variableType'>>,
): Promise<ScheduleVariable> => {
  const variable = { ...(await getScheduleVariable(deps, id, key)), ...changes };
  await updateScheduleVariable(deps.db, deps.vault, id, variable);
  return variable;
};

/** The variable as it was. */
export const removeScheduleVariable = async (
  deps: ScheduleVariableDeps,
  id: ScheduleId,
  key: string,
): Promise<ScheduleVariable> => {
  const variable = await getScheduleVariable(deps, id, key);
  await deleteScheduleVariable(deps.db, id, key);
  return variable;
};
