import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { databaseUrl, migrate, startEmbeddedPostgres } from '../src/platform/postgres/index.ts';
import { describeSchema } from './describe-schema.ts';

const log = { info: (): void => undefined, warn: (text: string): void => console.error(text) };

const readSchema = async (url: string): Promise<string> => {
  const client = new Client(url);
  await client.connect();
  try {
    return await describeSchema(async (statement) => (await client.query(statement)).rows);
  } finally {
    await client.end();
  }
};

/** Runs `work` on an embedded database (its URL, its schema) that has every migration and is thrown away afterwards. */
export const withMigratedDatabase = async (work: (url: string, schema: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-throw-away-'));
  // Root's server runs as nobody, who must be able to pass.
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log, settings: { fsync: 'off' } });
  try {
    await migrate(server.connection, { log });
    const url = databaseUrl(server.connection);
    await work(url, await readSchema(url));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
