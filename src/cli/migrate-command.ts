import { Command } from 'commander';
import { configOf, withDataOptions } from './serve-options.ts';

export const migrateCommand = (): Command =>
  withDataOptions(
    new Command('migrate').description('Bring the database to the newest schema (serve does it at its start, too).'),
  ).action(async (flags: Record<string, string | undefined>) => {
    const config = configOf(flags);
    const { openAppDatabase } = await import('../app/database.ts');
    const { createLogger } = await import('../platform/log.ts');
    const database = await openAppDatabase(config, createLogger({ level: config.logLevel }), { exclusive: false });
    await database.close();
    console.log('The database is up to date.');
  });
