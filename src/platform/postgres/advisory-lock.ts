import type { Pool } from 'pg';

/** What became of an attempt to work under a lock. */
export type LockOutcome<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'busy' };

/**
 * Runs `work` while holding the advisory lock of that name, on a connection of its own, or answers `busy` at once when
 * another session has it. The lock ends with the connection, so a killed holder blocks nobody. Should the connection
 * break in between, `signal` aborts: somebody else may hold the lock from then on, so stop.
 */
export const withAdvisoryLock = async <T>(
  pool: Pool,
  key: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<LockOutcome<T>> => {
  const client = await pool.connect();
  const lost = new AbortController();
  const onEnd = (): void => lost.abort(new Error(`the connection that held the lock "${key}" broke`));
  client.once('end', onEnd);
  try {
    const { rows } = await client.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
      [key],
    );
    if (rows[0]?.locked !== true) return { kind: 'busy' };
    try {
      return { kind: 'done', value: await work(lost.signal) };
    } finally {
      if (!lost.signal.aborted) await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [key]);
    }
  } finally {
    client.removeListener('end', onEnd);
    client.release(lost.signal.aborted);
  }
};
