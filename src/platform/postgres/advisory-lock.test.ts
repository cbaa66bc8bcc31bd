import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.ts';
import { withAdvisoryLock } from './advisory-lock.ts';

describe('withAdvisoryLock', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  const tryLock = (key: string) => withAdvisoryLock(database.pool, key, () => Promise.resolve('worked'));

  it('lets one work and tells the others that it is busy', async () => {
    const inner = await withAdvisoryLock(database.pool, 'ticker', async () => ({
      same: await tryLock('ticker'),
      other: await tryLock('sweeper'),
    }));
    expect(inner).toEqual({
      kind: 'done',
      value: { same: { kind: 'busy' }, other: { kind: 'done', value: 'worked' } },
    });
    expect(await tryLock('ticker')).toEqual({ kind: 'done', value: 'worked' });
  });

  it('is free again after the work failed', async () => {
    const failing = withAdvisoryLock(database.pool, 'failing', () => Promise.reject(new Error('work failed')));
    await expect(failing).rejects.toThrow('work failed');
    expect(await tryLock('failing')).toEqual({ kind: 'done', value: 'worked' });
  });

  it('aborts the work when its connection breaks, for the lock is gone', async () => {
    const outcome = await withAdvisoryLock(database.pool, 'broken', async (signal) => {
      const aborted = once(signal, 'abort');
      await database.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      await aborted;
      return await tryLock('broken');
    });
    expect(outcome).toEqual({ kind: 'done', value: { kind: 'done', value: 'worked' } });
  });
});
