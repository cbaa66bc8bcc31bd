import { join } from 'node:path';
import type { Logger } from '../platform/log.ts';
import type { Database, EmbeddedPostgres } from '../platform/postgres/index.ts';
import { migrate, openDatabase, startEmbeddedPostgres } from '../platform/postgres/index.ts';
import type { Config } from './config.ts';
import { makeDataFolder } from './data-folder.ts';

/** The database of a data folder or of `DATABASE_URL`, migrated. `close` also stops an embedded server that is ours. */
export async function openAppDatabase(
  config: Config,
  log: Logger,
  options: { readonly exclusive: boolean },
): Promise<Database> {
  const embedded = config.databaseUrl === undefined ? await startEmbedded(config, log, options) : undefined;
  const address = embedded === undefined ? { url: config.databaseUrl ?? '' } : embedded.connection;
  const database = openDatabase(address, {
    // The error carries the whole connection; its sentence is enough.
    onError: (error) => log.warn(`a database connection was lost and will be opened anew: ${error.message}`),
  });
  const close = async (): Promise<void> => {
    await database.close();
    await embedded?.stop();
  };
  try {
    await migrate(address, { log: launcherLog(log) });
    return { ...database, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startEmbedded(
  config: Config,
  log: Logger,
  options: { readonly exclusive: boolean },
): Promise<EmbeddedPostgres> {
  makeDataFolder(config.dataDir);
  return startEmbeddedPostgres({
    dataDir: join(config.dataDir, 'postgres'),
    exclusive: options.exclusive,
    log: launcherLog(log),
  });
}

const launcherLog = (log: Logger) => ({
  info: (message: string) => log.info(message),
  warn: (message: string) => log.warn(message),
});
