import { beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.ts';

describe('Database.listen', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  const notify = (channel: string, payload: string): Promise<unknown> =>
    database.pool.query('SELECT pg_notify($1, $2)', [channel, payload]);

  it('hands each notification to the handlers of its channel, until they end', async () => {
    const heard: string[] = [];
    const endFirst = await database.listen('jobs', (payload) => heard.push(`first ${payload}`));
    const endSecond = await database.listen('jobs', (payload) => heard.push(`second ${payload}`));
    const endOther = await database.listen('Other channel', (payload) => heard.push(`other ${payload}`));
    await notify('jobs', 'a');
    await notify('Other channel', 'b');
    await expect.poll(() => heard).toEqual(['first a', 'second a', 'other b']);
    await endFirst();
    await notify('jobs', 'c');
    await expect.poll(() => heard.slice(3)).toEqual(['second c']);
    await endSecond();
    await endOther();
    const { rows } = await database.pool.query(`SELECT query FROM pg_stat_activity WHERE query LIKE 'UNLISTEN%'`);
    expect(rows).toEqual([{ query: 'UNLISTEN "Other channel"' }]);
  });

  it('comes back when its connection was cut, and says that something may have been missed', async () => {
    const heard: (string | undefined)[] = [];
    await database.listen('wake', (payload) => heard.push(payload));
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%LISTEN "wake"%' AND pid <> pg_backend_pid()`,
    );
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([undefined]);
    await notify('wake', 'again');
    await expect.poll(() => heard).toEqual([undefined, 'again']);
  });

  it('refuses to listen after it was closed', async () => {
    const closed = await testDatabase();
    await closed.close();
    await expect(closed.listen('late', () => undefined)).rejects.toThrow(/abort/i);
  });
});
