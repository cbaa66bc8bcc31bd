import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { clientConfig, type DatabaseConfig } from './connection.ts';

/** The migrations' own folder: forward-only `NNNN_name.sql`, never changed once released. */
export const MIGRATIONS_FOLDER = join(import.meta.dirname, 'migrations');
const TABLE = 'schema_migrations';
const OLDEST_MAJOR = 15;

/** The database cannot be brought to this code's schema; the message is for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrateOptions {
  /** Told the name of each migration, and what went wrong. */
  readonly log?: { info(message: string): void; warn(message: string): void };
  /** Another folder of migrations, for tests. */
  readonly folder?: string;
}

const migrationNames = (folder: string): readonly string[] => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  const names = files.map((file) => file.slice(0, -'.sql'.length)).toSorted();
  const wrong = names.find((name) => !/^\d{4}_[a-z\d_]+$/.test(name));
  if (wrong !== undefined) throw new MigrationError(`${wrong}.sql is not named NNNN_name.sql`);
  const numbers = names.map((name) => name.slice(0, 4));
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice !== undefined) throw new MigrationError(`two migrations have the number ${twice}`);
  return names;
};

const appliedNames = async (client: Client): Promise<readonly string[]> => {
  const found = await client.query<{ present: boolean }>('SELECT to_regclass($1) IS NOT NULL AS present', [
    `public.${TABLE}`,
  ]);
  if (found.rows[0]?.present !== true) return [];
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM public.${TABLE} ORDER BY name`);
  return rows.map(({ name }) => name);
};

const refuseOldServer = async (client: Client): Promise<void> => {
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (major >= OLDEST_MAJOR) return;
  throw new MigrationError(`The database is PostgreSQL ${major}; Penstock needs ${OLDEST_MAJOR} or newer.`);
};

const pendingNames = async (client: Client, names: readonly string[]): Promise<readonly string[]> => {
  const applied = await appliedNames(client);
  const unknown = applied.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new MigrationError(
      `The database is newer than this Penstock: it has ${unknown.join(', ')}, which this version does not know. ` +
        'Start the newer version, or restore a backup that was made with this one. Nothing was changed.',
    );
  }
  return names.filter((name) => !applied.includes(name));
};

/**
 * Brings the database to this code's schema and returns the names of the migrations that it ran: all of them in one
 * transaction, or none. Servers that start at the same time wait for each other.
 * Throws `MigrationError` for a database that is newer than the code, or a PostgreSQL older than 15.
 */
export const migrate = async (config: DatabaseConfig, options: MigrateOptions = {}): Promise<readonly string[]> => {
  const folder = options.folder ?? MIGRATIONS_FOLDER;
  const names = migrationNames(folder);
  const client = new Client(clientConfig(config));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await refuseOldServer(client);
    await client.query(`SELECT pg_advisory_lock(hashtextextended('penstock: migrate', 0))`);
    const pending = await pendingNames(client, names);
    if (pending.length === 0) return [];
    // Only now, for it takes longer to load than a start without migrations takes.
    const { runner } = await import('node-pg-migrate');
    const quiet = (): void => undefined;
    const ran = await runner({
      dbClient: client,
      dir: folder,
      ignorePattern: String.raw`(?!.*\.sql$).*`,
      direction: 'up',
      migrationsTable: TABLE,
      singleTransaction: true,
      noLock: true,
      logger: {
        debug: quiet,
        info: quiet,
        warn: (text) => options.log?.warn(text),
        error: (text) => options.log?.warn(text),
      },
    });
    for (const { name } of ran) options.log?.info(`migrated the database: ${name}`);
    return ran.map(({ name }) => name);
  } finally {
    await client.end();
  }
};
