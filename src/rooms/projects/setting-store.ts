import type { Db } from '../../platform/postgres/index.ts';

/** A setting of the whole instance; undefined = not set, the default holds. */
export const findSetting = async (db: Db, key: string): Promise<unknown> => {
  const row = await db.selectFrom('instance_settings').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
};
