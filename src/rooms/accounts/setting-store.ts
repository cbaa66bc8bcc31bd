import type { Db } from '../../platform/postgres/index.ts';

/** A setting of the whole instance; undefined = not set, the default holds. */
export const findSetting = async (db: Db, key: string): Promise<unknown> => {
  const row = await db.selectFrom('instance_settings').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
};

/** Sets it unless it is set. */
export const insertSetting = async (db: Db, key: string, value: unknown, now: Date): Promise<void> => {
  await db
    .insertInto('instance_settings')
    .values({ key, value: JSON.stringify(value), updated_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
};
