import type { Pool, PoolClient } from 'pg';

/** Counts what is asked of a database from now on. */
export const countStatements = (pool: Pool): { readonly during: (work: () => Promise<unknown>) => Promise<number> } => {
  let count = 0;
  const counted = new WeakSet<PoolClient>();
  pool.on('acquire', (client) => {
    if (counted.has(client)) return;
    counted.add(client);
    const query = client.query.bind(client);
    const value = (...args: readonly unknown[]): unknown => {
      count += 1;
      return Reflect.apply(query, client, args);
    };
    Object.defineProperty(client, 'query', { value });
  });
  return {
    during: async (work) => {
      const before = count;
      await work();
      return count - before;
    },
  };
};
