import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { isAlive, isPostmasterOf, type Postmaster, readPostmaster } from './postmaster.ts';
import { type ServerIdentity, spawnAs } from './server-identity.ts';
import { SOCKET_PORT } from './socket-folder.ts';

const POLL_MS = 3;
const MAX_LOG_BYTES = 10_000_000;
/** A crash recovery reads all that was written since the last checkpoint; longer than this something is wrong. */
const START_TIMEOUT_MS = 300_000;

/** What a server is started with. */
export interface ServerLaunch {
  readonly folder: string;
  readonly cluster: string;
  readonly identity: ServerIdentity;
  readonly binaries: PostgresBinaries;
  readonly settings: Readonly<Record<string, string>>;
}

/** The server ended while starting; `transient` when what stands in its way goes away by itself. */
export class PostmasterExitError extends EmbeddedPostgresError {
  readonly transient: boolean;

  constructor(logPath: string, said: string) {
    super(`The embedded PostgreSQL did not start. Its log (${logPath}) ends in:\n${said}`);
    this.transient = /pre-existing shared memory block|lock file ".*" already exists/.test(said);
  }
}

const openLog = (path: string): { readonly fd: number; readonly start: number } => {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
  return { fd: openSync(path, 'a', 0o600), start: size > MAX_LOG_BYTES ? 0 : size };
};

/**
 * A pid file that a crash left behind stops the server when its number belongs to another process of the same user by
 * now. PostgreSQL ignores one such number, its launcher's parent; naming this one keeps its other checks in force.
 */
const strangerInPidFile = (cluster: string): Readonly<Record<string, string>> => {
  const left = readPostmaster(cluster);
  const isStranger = left !== undefined && isAlive(left.pid) && !isPostmasterOf(cluster, left.pid);
  return isStranger ? { PG_GRANDPARENT_PID: String(left.pid) } : {};
};

const argumentsOf = (launch: ServerLaunch, socketFolder: string): readonly string[] => {
  const settings = {
    ...launch.settings,
    listen_addresses: '',
    port: String(SOCKET_PORT),
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
  };
  return ['-D', launch.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
};

/**
 * Starts the server in a session of its own (so that a terminal's Ctrl-C does not reach it before its keeper decides),
 * with its output in `server.log`, and waits until it takes connections. Throws `PostmasterExitError` when it ends.
 */
export const startPostmaster = async (launch: ServerLaunch, socketFolder: string): Promise<Postmaster> => {
  const { cluster, folder, identity, binaries } = launch;
  const logPath = join(folder, 'server.log');
  const log = openLog(logPath);
  const child = spawnAs(identity, join(binaries.bindir, 'postgres'), argumentsOf(launch, socketFolder), {
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
    environment: strangerInPidFile(cluster),
  });
  closeSync(log.fd);
  let failure: string | undefined;
  const onExit = (): void => {
    failure ??= readFileSync(logPath).subarray(log.start).toString('utf8').trimEnd().split('\n').slice(-10).join('\n');
  };
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', onExit);
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const now = readPostmaster(cluster);
    if (now?.ready === true && now.pid === child.pid) {
      child.off('exit', onExit);
      child.unref();
      return now;
    }
    if (failure !== undefined) throw new PostmasterExitError(logPath, failure);
    await sleep(POLL_MS);
  }
  child.kill('SIGQUIT');
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL was not ready after ${START_TIMEOUT_MS / 1000} s; see ${logPath}`,
  );
};
