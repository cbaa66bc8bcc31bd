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

/** Those of these settings that are set. */
export const findSettings = async (db: Db, keys: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
  const rows = await db
    .selectFrom('instance_settings')
    .select(['key', 'value'])
    .where('key', 'in', [...keys])
    .execute();
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
};

/** Sets them, set before or not. */
export const upsertSettings = async (db: Db, settings: Readonly<Record<string, unknown>>, now: Date): Promise<void> => {
  const rows = Object.entries(settings).map(([key, value]) => ({ key, value: JSON.stringify(value), updated_at: now }));
  if (rows.length === 0) return;
  await db
    .insertInto('instance_settings')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((row) => ({
        value: row.ref('excluded.value'),
        updated_at: row.ref('excluded.updated_at'),
      })),
    )
    .execute();
};
