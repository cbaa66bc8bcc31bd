import { afterAll, expect, it } from 'vitest';
import { testDatabase } from '../../../test/support/database.ts';
import { AdvisoryLockPresence } from './index.ts';

const database = await testDatabase();
afterAll(() => database.drop());

it('sees who is alive, and who is not any more', async () => {
  const [one, two] = [new AdvisoryLockPresence(database.pool), new AdvisoryLockPresence(database.pool)];
  await one.open();
  await two.open();
  expect(await one.isAlive(one.id)).toBe(true);
  expect(await one.isAlive(two.id)).toBe(true);
  expect(await one.isAlive('never was')).toBe(false);
  two.close();
  await expect.poll(() => one.isAlive(two.id)).toBe(false);
  one.close();
});

it('comes back when its connection breaks', async () => {
  const [one, two] = [new AdvisoryLockPresence(database.pool), new AdvisoryLockPresence(database.pool)];
  await one.open();
  await two.open();
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  );
  await expect.poll(() => one.isAlive(two.id), { timeout: 5000 }).toBe(true);
  await expect.poll(() => two.isAlive(one.id), { timeout: 5000 }).toBe(true);
  one.close();
  two.close();
});
