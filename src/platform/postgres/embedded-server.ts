import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chooseIdentity } from './choose-identity.ts';
import { clusterSettings, ensureCluster } from './cluster.ts';
import type { EmbeddedPostgres, LauncherLog } from './embedded-postgres.ts';
import { findLaunchRecord, refuseMixedOwners, writeLaunchRecord } from './launch-record.ts';
import { locateEmbeddedBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { describeIdentity } from './server-identity.ts';
import { ServerOwner } from './server-owner.ts';
import { removeUnfinished } from './unfinished.ts';

const PATIENCE_MS = 15_000;

export interface EmbeddedPostgresOptions {
  /** The database's own folder (`<data>/postgres`): the cluster, its log, its socket and a record of how it runs. */
  readonly dataDir: string;
  readonly log: LauncherLog;
  /**
   * Whether this process must be the only one that keeps the server (the default, for `serve`). With false a server
   * that another process keeps is joined, and left alone by `stop` (for commands beside a running server).
   */
  readonly exclusive?: boolean;
  /** How long to wait for a server that another process keeps, 15 s unless told: it may be just ending. */
  readonly patienceMs?: number;
  /** Other binaries than the npm package's, for tests. */
  readonly binaries?: PostgresBinaries;
  /** Settings that add to or replace the usual ones, for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts the embedded PostgreSQL of a data folder, or adopts the one that a killed process left running. While it is
 * kept, a server that dies is started again; pools get errors until it is back and then connect anew.
 * Throws `EmbeddedPostgresError` with a text for the operator.
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const folder = resolve(options.dataDir);
  const cluster = join(folder, 'cluster');
  mkdirSync(folder, { recursive: true });
  // Root's server runs as somebody else, who must be able to pass through.
  if (process.getuid?.() === 0) chmodSync(folder, 0o711);
  removeUnfinished(folder);
  const { identity, binaries } = await chooseIdentity(folder, cluster, options.binaries ?? locateEmbeddedBinaries());
  const record = existsSync(cluster) ? findLaunchRecord(folder) : undefined;
  refuseMixedOwners(folder, record, identity);
  const settings = { ...clusterSettings(binaries.major), ...options.settings };
  if (record === undefined) writeLaunchRecord(folder, { runsAs: describeIdentity(identity), launch: '' });
  await ensureCluster(cluster, identity, binaries, { sync: settings['fsync'] !== 'off' });
  const owner = new ServerOwner({
    folder,
    cluster,
    identity,
    binaries,
    settings,
    log: options.log,
    exclusive: options.exclusive ?? true,
    patienceMs: options.patienceMs ?? PATIENCE_MS,
  });
  return await owner.start();
};
