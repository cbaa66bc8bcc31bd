import type { EmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.ts';
import { openDatabase } from '../../src/platform/postgres/index.ts';

const WRITERS = 4;

/**
 * Several connections insert numbers one by one until the server is killed under them (`kill -9`), after that many were
 * acknowledged. Returns those that the server acknowledged and, after it is back, does not have: none may be missing.
 */
export const killWhileCommitting = async (server: EmbeddedPostgres, after: number): Promise<readonly number[]> => {
  const database = openDatabase(server.connection, { onError: () => undefined });
  try {
    await database.pool.query('CREATE TABLE IF NOT EXISTS acknowledged (number int PRIMARY KEY)');
    const { rows } = await database.pool.query<{ next: number }>(
      'SELECT coalesce(max(number), 0) + 1 AS next FROM acknowledged',
    );
    let next = rows[0]?.next ?? 1;
    const acknowledged: number[] = [];
    const killed = server.pid();
    const write = async (): Promise<void> => {
      for (;;) {
        const number = next++;
        try {
          await database.pool.query('INSERT INTO acknowledged VALUES ($1)', [number]);
        } catch {
          return; // killed
        }
        acknowledged.push(number);
        if (acknowledged.length === after) process.kill(killed, 'SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, write));
    const kept = await readWhenBack(async () => (await database.pool.query('SELECT number FROM acknowledged')).rows);
    const numbers = new Set(kept.map(({ number }) => number));
    return acknowledged.filter((number) => !numbers.has(number));
  } finally {
    await database.close();
  }
};

const readWhenBack = async <T>(read: () => Promise<T>): Promise<T> => {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
};
