import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { MigrationError, migrate } from './migrate.ts';

const log = { info: (): void => undefined, warn: (): void => undefined };

const folderOf = (files: Readonly<Record<string, string>>): string => {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
};

const tables = async ({ pool }: TestDatabase): Promise<unknown[]> =>
  (await pool.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`)).rows.map(
    ({ tablename }) => tablename,
  );

const FIRST = { '0001_first.sql': 'CREATE TABLE one (id int);' };
const SECOND = {
  ...FIRST,
  '0002_second.sql': 'CREATE TABLE two (id int); INSERT INTO two VALUES (2);',
  'notes.md': '',
};

describe('migrate', () => {
  it('runs what is new, in order, once', async () => {
    const database = await testDatabase({ empty: true });
    expect(await migrate(database.connection, { log, folder: folderOf(FIRST) })).toEqual(['0001_first']);
    expect(await migrate(database.connection, { log, folder: folderOf(SECOND) })).toEqual(['0002_second']);
    expect(await migrate(database.connection, { log, folder: folderOf(SECOND) })).toEqual([]);
    expect(await tables(database)).toEqual(['one', 'schema_migrations', 'two']);
  });

  it('runs all or nothing', async () => {
    const database = await testDatabase({ empty: true });
    const folder = folderOf({ ...SECOND, '0003_broken.sql': 'CREATE TABLE three (id int); SELECT 1 / 0;' });
    await expect(migrate(database.connection, { log, folder })).rejects.toThrow(/division by zero/);
    expect(await tables(database)).not.toContain('one');
    expect(await migrate(database.connection, { log, folder: folderOf(SECOND) })).toHaveLength(2);
  });

  it('lets servers that start together wait for each other', async () => {
    const database = await testDatabase({ empty: true });
    const folder = folderOf(SECOND);
    const ran = await Promise.all([1, 2, 3, 4].map(() => migrate(database.connection, { log, folder })));
    expect(ran.flat().toSorted()).toEqual(['0001_first', '0002_second']);
  });

  it('refuses a database that is newer than the code, and names what it does not know', async () => {
    const database = await testDatabase({ empty: true });
    await migrate(database.connection, { log, folder: folderOf(SECOND) });
    const older = migrate(database.connection, { log, folder: folderOf(FIRST) });
    await expect(older).rejects.toThrow(/newer than this Penstock: it has 0002_second/);
    await expect(older).rejects.toBeInstanceOf(MigrationError);
  });

  it('refuses a wrong name and a number that stands twice', async () => {
    const database = await testDatabase({ empty: true });
    const wrong = folderOf({ '1_x.sql': '' });
    await expect(migrate(database.connection, { log, folder: wrong })).rejects.toThrow('1_x.sql is not named');
    const twice = folderOf({ '0001_a.sql': '', '0001_b.sql': '' });
    await expect(migrate(database.connection, { log, folder: twice })).rejects.toThrow(
      'two migrations have the number 0001',
    );
    expect(await tables(database)).toEqual([]);
  });

  it('finds nothing to do in a cloned test database', async () => {
    const database = await testDatabase();
    expect(await migrate(database.connection, { log })).toEqual([]);
  });
});
