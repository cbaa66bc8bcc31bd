import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.ts';

describe('openDatabase', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });

  it('reads bigints as numbers, dates as text and moments as Date', async () => {
    const { rows } = await sql`
      SELECT 9007199254740991::int8 AS big, ARRAY[1, NULL, 3]::int8[] AS bigs, '{}'::int8[] AS none,
        DATE '2026-03-01' AS day, TIMESTAMPTZ '2026-03-01 12:00:00+09' AS moment, 1.50::numeric AS amount,
        '{"a": [1]}'::jsonb AS json, count(*) AS counted
    `.execute(database.db);
    expect(rows).toEqual([
      {
        big: 9_007_199_254_740_991,
        bigs: [1, null, 3],
        none: [],
        day: '2026-03-01',
        moment: new Date('2026-03-01T03:00:00Z'),
        amount: '1.50',
        json: { a: [1] },
        counted: 1,
      },
    ]);
  });

  it('refuses a bigint that a number cannot hold rather than changing it', async () => {
    await expect(sql`SELECT 9007199254740993::int8`.execute(database.db)).rejects.toThrow(RangeError);
  });

  it('goes on after its connections were cut, idle and in use', async () => {
    await Promise.all([1, 2, 3].map(() => database.pool.query('SELECT pg_sleep(0.01)')));
    const cut = sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()`;
    const used = database.pool.query('SELECT pg_sleep(20)');
    const end = used.catch((error: unknown) => error);
    await expect
      .poll(
        async () =>
          (await database.pool.query("SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20)'")).rowCount,
      )
      .toBe(1);
    await cut.execute(database.db);
    expect(await end).toMatchObject({ message: expect.stringContaining('terminating connection') });
    expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});
