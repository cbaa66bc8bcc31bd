import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { databaseUrl, startEmbeddedPostgres } from '../../src/platform/postgres/index.ts';

const silent = { info: () => undefined, warn: () => undefined };

/**
 * `COPY` of every table of a running server's embedded database, then a CHECKPOINT, so that the files hold what the
 * tables hold. `folder` must be enterable by the database's user.
 */
export const dumpTables = async (dataDir: string, folder: string): Promise<ReadonlyMap<string, Buffer>> => {
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), exclusive: false, log: silent });
  const client = new Client({ connectionString: databaseUrl(postgres.connection) });
  await client.connect();
  try {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    const { rows } = await client.query<{ readonly name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    const dumps = new Map<string, Buffer>();
    for (const { name } of rows) {
      const file = join(folder, name);
      await client.query(`COPY (SELECT * FROM ${escapeIdentifier(name)}) TO ${escapeLiteral(file)}`);
      dumps.set(name, readFileSync(file));
    }
    await client.query('CHECKPOINT');
    return dumps;
  } finally {
    await client.end();
    await postgres.stop();
  }
};
