import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { type Database, databaseUrl, openDatabase, type SocketConnection } from '../../src/platform/postgres/index.ts';

/** A database of one test (file) alone, migrated, on the server that its project runs against. */
export interface TestDatabase extends Database {
  readonly connection: SocketConnection;
  /** For a child process's `DATABASE_URL`. */
  readonly url: string;
  /** Closes the pool and drops the database; happens by itself after the test file. */
  readonly drop: () => Promise<void>;
}

const open = new Set<TestDatabase>();

const onServer = async (statement: string): Promise<void> => {
  const client = new Client(databaseUrl({ ...inject('databaseServer'), database: 'postgres' }));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/**
 * Clones the migrated database (about 30 ms), or makes an empty one. Call it in `beforeAll` or in a test; it is dropped
 * when the test file ends.
 */
export const testDatabase = async (options: { readonly empty?: boolean } = {}): Promise<TestDatabase> => {
  const server = inject('databaseServer');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${options.empty === true ? 'template0' : server.database}`);
  const connection = { ...server, database: name };
  // Broken connections are what some tests make; what matters then shows in the statements that fail.
  const database = openDatabase(connection, { onError: () => undefined });
  const made: TestDatabase = {
    ...database,
    connection,
    url: databaseUrl(connection),
    drop: async () => {
      if (!open.delete(made)) return;
      await database.close();
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
  open.add(made);
  return made;
};

/** Drops what the test file left open. */
export const dropTestDatabases = async (): Promise<void> => {
  await Promise.all([...open].map((database) => database.drop()));
};
