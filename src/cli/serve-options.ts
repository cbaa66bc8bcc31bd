import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { Config, Flags } from '../app/config.ts';
import { readConfig } from '../app/config.ts';

/** Flags that several commands share; each has a variable of the same meaning, which the flag overrides. */
export function withServeOptions(command: Command): Command {
  return command
    .option('--host <address>', 'address to listen on (PENSTOCK_HOST, default 127.0.0.1)')
    .option('--port <number>', 'port to listen on, 0 = any free one (PENSTOCK_PORT, default 8080)')
    .option('--external-url <url>', 'address that users, jobs and runners see (PENSTOCK_EXTERNAL_URL)')
    .option('--root-password <text>', "root's password at the first start (PENSTOCK_ROOT_PASSWORD)")
    .option('--root-token <token>', 'a personal token of root, for automation (PENSTOCK_ROOT_TOKEN)')
    .option('--runner <embedded|off>', 'whether to run jobs here (PENSTOCK_RUNNER, default embedded)')
    .option('--runner-concurrency <number>', 'jobs at the same time (PENSTOCK_RUNNER_CONCURRENCY)')
    .option(
      '--outbound-allow <list>',
      'private hosts and networks that includes and hooks may reach (PENSTOCK_OUTBOUND_ALLOW)',
    )
    .option('--schedule-tick-cron <cron>', "imitate GitLab's schedule worker (PENSTOCK_SCHEDULE_TICK_CRON)");
}

export function withDataOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'where everything is kept (PENSTOCK_DATA, default ./data)')
    .option('--database-url <url>', 'a PostgreSQL 15 or newer instead of the embedded one (DATABASE_URL)')
    .option('--secret-key-file <path>', 'key for stored secrets (PENSTOCK_SECRET_KEY_FILE, default in the data folder)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent (PENSTOCK_LOG_LEVEL)');
}

export const configOf = (flags: Flags): Config =>
  readConfig(flags, process.env, { concurrency: Math.max(2, availableParallelism()) });
