import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { CLUSTER_USER } from './cluster.ts';
import { clientConfig, type SocketConnection } from './connection.ts';
import type { EmbeddedPostgres, LauncherLog } from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { findLaunchRecord, writeLaunchRecord } from './launch-record.ts';
import { isPostmasterOf, type Postmaster, readPostmaster, stopPostmaster } from './postmaster.ts';
import { PostmasterExitError, type ServerLaunch, startPostmaster } from './postmaster-process.ts';
import { describeIdentity } from './server-identity.ts';
import { closeSocketFolder, makeSocketFolder, removeSocketFolder, SOCKET_PORT } from './socket-folder.ts';

const DATABASE = 'penstock';
const RETRY_MS = 100;
const MAX_RETRY_MS = 5000;

export interface ServerOwnerOptions extends ServerLaunch {
  readonly log: LauncherLog;
  readonly exclusive: boolean;
  /** How long another keeper, or something transient that blocks the start, is waited for. */
  readonly patienceMs: number;
}

type Keeping = { readonly running: Postmaster; readonly lock: Client | undefined };

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Keeps one cluster's server alive. Whoever holds an advisory lock on a connection of its own is the keeper; the lock
 * goes with the connection, so a killed keeper's server can be taken over at once, and never by two.
 */
export class ServerOwner {
  readonly #options: ServerOwnerOptions;
  readonly #launch: string;
  #keeping: Keeping | undefined;
  #socketFolder: string | undefined;
  #stopping = false;
  #recovery: Promise<void> | undefined;

  constructor(options: ServerOwnerOptions) {
    this.#options = options;
    this.#launch = JSON.stringify([options.binaries.version, options.settings]);
  }

  async start(): Promise<EmbeddedPostgres> {
    const began = performance.now();
    const { running, lock } = await this.#bringUp();
    const took = Math.round(performance.now() - began);
    const owned = lock !== undefined;
    const what = `embedded PostgreSQL ${this.#options.binaries.version}, pid ${running.pid}`;
    this.#options.log.info(owned ? `${what}: ready after ${took} ms` : `${what}: joined`);
    return {
      connection: this.#connection(running, DATABASE),
      owned,
      pid: () => readPostmaster(this.#options.cluster)?.pid ?? running.pid,
      stop: () => this.#stop(),
    };
  }

  #connection(running: Postmaster, database: string): SocketConnection {
    return { host: running.socketFolder, port: SOCKET_PORT, user: CLUSTER_USER, database };
  }

  /** A running server and, unless another process keeps it, the lock on it. */
  async #bringUp(): Promise<Keeping> {
    const deadline = performance.now() + this.#options.patienceMs;
    for (;;) {
      try {
        const kept = await this.#tryOnce();
        if (kept !== 'again') return kept;
      } catch (error) {
        const transient = error instanceof PostmasterExitError && error.transient;
        if (!transient || performance.now() > deadline) throw error;
      }
      if (performance.now() > deadline) {
        throw new EmbeddedPostgresError(
          `Another Penstock keeps the database in ${this.#options.folder} (PostgreSQL's pid ${readPostmaster(this.#options.cluster)?.pid ?? 'unknown'}). ` +
            'Stop it first, or give this one a data folder of its own.',
        );
      }
      await sleep(RETRY_MS);
    }
  }

  async #tryOnce(): Promise<Keeping | 'again'> {
    const { cluster } = this.#options;
    const found = readPostmaster(cluster);
    const adopted = found !== undefined && isPostmasterOf(cluster, found.pid);
    const running = adopted ? found : await this.#startServer(found);
    const client = await this.#connect(running);
    if (client === undefined) {
      // It is starting or stopping; one that does neither for this long is stuck.
      if (adopted && readPostmaster(cluster)?.ready === true) await stopPostmaster(cluster, running.pid);
      return 'again';
    }
    const isKeeper = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(hashtextextended('penstock: keeper of the embedded server', 0)) AS locked`,
    );
    if (isKeeper.rows[0]?.locked !== true) {
      await client.end();
      return this.#options.exclusive ? 'again' : { running, lock: undefined };
    }
    if (adopted && findLaunchRecord(this.#options.folder)?.launch !== this.#launch) {
      await client.end();
      this.#options.log.info('the running embedded PostgreSQL has other binaries or settings: restarting it');
      await stopPostmaster(cluster, running.pid);
      return 'again';
    }
    await this.#ensureDatabase(client);
    this.#keep({ running, lock: client });
    return { running, lock: client };
  }

  async #startServer(left: Postmaster | undefined): Promise<Postmaster> {
    const { folder, identity } = this.#options;
    if (left !== undefined && left.socketFolder !== this.#socketFolder) removeSocketFolder(left.socketFolder);
    // Once chosen it stays, so that pools find a server that was started again where the old one was.
    this.#socketFolder ??= await makeSocketFolder(identity, folder);
    closeSocketFolder(identity, this.#socketFolder);
    writeLaunchRecord(folder, { runsAs: describeIdentity(identity), launch: this.#launch });
    return await startPostmaster(this.#options, this.#socketFolder);
  }

  async #connect(running: Postmaster): Promise<Client | undefined> {
    const client = new Client(clientConfig(this.#connection(running, 'postgres')));
    // Without a listener a broken connection would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch {
      await client.end().catch(() => undefined);
      return undefined;
    }
  }

  async #ensureDatabase(client: Client): Promise<void> {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  }

  #keep(keeping: Keeping): void {
    this.#keeping = keeping;
    this.#socketFolder = keeping.running.socketFolder;
    keeping.lock?.once('end', () => {
      if (!this.#stopping && this.#keeping === keeping) this.#recovery ??= this.#recover();
    });
  }

  /** The connection that holds the lock has ended: the server died or restarted itself. */
  async #recover(): Promise<void> {
    const { log } = this.#options;
    log.warn('the embedded PostgreSQL went away: starting it again');
    let wait = RETRY_MS;
    while (!this.#stopping) {
      try {
        const { running } = await this.#bringUp();
        log.info(`embedded PostgreSQL is back, pid ${running.pid}`);
        break;
      } catch (error) {
        log.warn(`the embedded PostgreSQL cannot be started again yet: ${errorText(error)}`);
        await sleep(wait);
        wait = Math.min(wait * 2, MAX_RETRY_MS);
      }
    }
    this.#recovery = undefined;
  }

  async #stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    await this.#recovery;
    const { cluster } = this.#options;
    if (this.#keeping === undefined) return;
    await this.#keeping.lock?.end().catch(() => undefined);
    const running = readPostmaster(cluster);
    if (running !== undefined && isPostmasterOf(cluster, running.pid)) await stopPostmaster(cluster, running.pid);
    removeSocketFolder(this.#keeping.running.socketFolder);
    this.#keeping = undefined;
  }
}
