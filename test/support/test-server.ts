import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import {
  databaseUrl,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  migrate,
  type SocketConnection,
  startEmbeddedPostgres,
} from '../../src/platform/postgres/index.ts';
import { isAlive, isPostmasterOf, readPostmaster, stopPostmaster } from '../../src/platform/postgres/postmaster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that this project's tests share, and the migrated database on it that each of them clones. */
    readonly databaseServer: SocketConnection;
  }
}

const PREFIX = 'penstock-test-';
const log = { info: (): void => undefined, warn: (text: string): void => console.error(text) };

/** A killed test run leaves its server and folder behind; the next run clears them away. */
const clearAway = async (): Promise<void> => {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const cluster = join(tmpdir(), name, 'postgres/cluster');
    const running = readPostmaster(cluster);
    if (running !== undefined && isPostmasterOf(cluster, running.pid)) await stopPostmaster(cluster, running.pid);
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
};

const makeTemplate = async (server: EmbeddedPostgres): Promise<void> => {
  await migrate(server.connection, { log });
  // Cloning needs a template that nobody is connected to.
  const client = new Client(databaseUrl({ ...server.connection, database: 'postgres' }));
  await client.connect();
  await client.query(`ALTER DATABASE ${server.connection.database} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  await client.end();
};

/**
 * Vitest's global set-up of a project whose tests need a database: one server without fsync in a temporary folder, with
 * one migrated database. Returns the tear-down.
 */
export const startTestServer = async (
  project: TestProject,
  options: Pick<EmbeddedPostgresOptions, 'binaries'> = {},
): Promise<() => Promise<void>> => {
  await clearAway();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // Root's server runs as nobody, who must be able to pass.
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    log,
    settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '200' },
    ...options,
  });
  await makeTemplate(server);
  project.provide('databaseServer', server.connection);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
};
