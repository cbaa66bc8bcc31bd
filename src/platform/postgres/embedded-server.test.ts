import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startDatabaseKeeper } from '../../../test/support/database-keeper.ts';
import { killWhileCommitting } from '../../../test/support/kill-while-committing.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { databaseUrl, type SocketConnection } from './connection.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-server.ts';
import { NOBODY } from './server-identity.ts';

const log = { info: (): void => undefined, warn: (): void => undefined };
const settings = { fsync: 'off' };

// Making a cluster takes ten times as long as copying one.
let prepared: string;
beforeAll(async () => {
  prepared = mkdtempSync(join(tmpdir(), 'penstock-prepared-'));
  chmodSync(prepared, 0o711);
  await (await startEmbeddedPostgres({ dataDir: prepared, log, settings })).stop();
  return () => rmSync(prepared, { recursive: true, force: true });
});

/** A folder with a cluster in it that nobody runs. */
const preparedFolder = (): string => {
  const folder = temporaryFolder();
  execFileSync('cp', ['-a', `${prepared}/.`, folder]);
  return folder;
};

const isRoot = process.getuid?.() === 0;
const start = async (dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({ dataDir, log, settings, patienceMs: 2000, ...options });
  onTestFinished(server.stop);
  return server;
};

const query = async (connection: SocketConnection, statement: string): Promise<unknown[]> => {
  const client = new Client(databaseUrl(connection));
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
};

describe('startEmbeddedPostgres', () => {
  it('makes a cluster in UTF-8 and locale C, reached over a socket only, and keeps its data', async () => {
    const folder = temporaryFolder();
    const first = await start(folder);
    await query(first.connection, `CREATE TABLE kept AS SELECT 'ä' AS word`);
    const shown = await query(
      first.connection,
      `SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'server_encoding', 'shared_buffers', 'fsync')
       UNION SELECT 'collation', datcollate FROM pg_database WHERE datname = current_database() ORDER BY name`,
    );
    expect(shown).toEqual([
      { name: 'collation', setting: 'C' },
      { name: 'fsync', setting: 'off' },
      { name: 'listen_addresses', setting: '' },
      { name: 'server_encoding', setting: 'UTF8' },
      { name: 'shared_buffers', setting: '4096' },
    ]);
    expect(statSync(first.connection.host).mode & 0o777).toBe(0o700);
    await first.stop();
    expect(existsSync(join(folder, 'cluster/postmaster.pid'))).toBe(false);
    const second = await start(folder);
    expect(second.owned).toBe(true);
    expect(await query(second.connection, 'SELECT word FROM kept')).toEqual([{ word: 'ä' }]);
  });

  it('syncs to disk unless told otherwise', async () => {
    const server = await start(preparedFolder(), { settings: {} });
    expect(await query(server.connection, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('adopts the server that a killed process left running', async () => {
    const folder = preparedFolder();
    const keeper = await startDatabaseKeeper(folder);
    await keeper.kill();
    const server = await start(folder);
    expect(server.owned).toBe(true);
    expect(server.pid()).toBe(keeper.server.pid);
    expect(await query(server.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('restarts a server left running with other settings', async () => {
    const folder = preparedFolder();
    const keeper = await startDatabaseKeeper(folder);
    await keeper.kill();
    const server = await start(folder, { settings: { ...settings, work_mem: '5MB' } });
    expect(server.pid()).not.toBe(keeper.server.pid);
    expect(await query(server.connection, 'SHOW work_mem')).toEqual([{ work_mem: '5MB' }]);
  });

  it('refuses a folder whose server another process keeps, or joins it when it may', async () => {
    const folder = preparedFolder();
    const server = await start(folder);
    await expect(startDatabaseKeeper(folder)).rejects.toThrow(/Another Penstock keeps the database/);
    const guest = await startDatabaseKeeper(folder, { shared: true });
    expect(guest.server).toEqual({ pid: server.pid(), owned: false, url: databaseUrl(server.connection) });
    await guest.end();
    expect(await query(server.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts a server again that was killed, where the pools look for it, with every acknowledged row', async () => {
    const server = await start(preparedFolder(), { settings: {} });
    const killed = server.pid();
    expect(await killWhileCommitting(server, 50)).toEqual([]);
    expect(server.pid()).not.toBe(killed);
  });

  it('starts although a crash left a pid file whose number belongs to another process by now', async () => {
    const folder = preparedFolder();
    const server = await start(folder);
    const pidFile = join(folder, 'cluster/postmaster.pid');
    const left = readFileSync(pidFile, 'utf8');
    await server.stop();
    // A process of the very user that the server runs as, which the server would take for another server.
    const stranger = spawn('sleep', ['60'], { cwd: '/', ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}) });
    onTestFinished(() => void stranger.kill());
    writeFileSync(pidFile, left.replace(/^\d+/, String(stranger.pid)));
    const again = await start(folder);
    expect(await query(again.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(stranger.exitCode).toBeNull();
  });

  it('puts the socket into a short private folder when the path is too long for one', async () => {
    const folder = join(temporaryFolder(), 'a-folder-with-a-name-that-is-long'.repeat(3));
    const server = await start(folder);
    const socket = join(server.connection.host, '.s.PGSQL.5432');
    expect(socket.length).toBeLessThan(104);
    expect(statSync(server.connection.host).mode & 0o777).toBe(0o700);
    expect(await query(server.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(existsSync(server.connection.host)).toBe(false);
  });

  it('says which version made a cluster that these binaries cannot read', async () => {
    const folder = preparedFolder();
    await (await start(folder)).stop();
    writeFileSync(join(folder, 'cluster/PG_VERSION'), '14\n');
    await expect(start(folder)).rejects.toThrow(/was made by PostgreSQL 14, and this Penstock brings 18/);
  });

  it('says what the log says when the server does not start', async () => {
    const folder = preparedFolder();
    await expect(start(folder, { settings: { shared_buffers: 'much' } })).rejects.toThrow(
      /did not start[\s\S]*invalid value for parameter "shared_buffers"/,
    );
  });

  it('writes no statement and no value of one into its log', async () => {
    const folder = preparedFolder();
    const server = await start(folder);
    await query(server.connection, 'CREATE TABLE tokens (token text UNIQUE)');
    const insert = `INSERT INTO tokens VALUES ('glpat-secret')`;
    await query(server.connection, insert);
    await expect(query(server.connection, insert)).rejects.toThrow(/duplicate key/);
    await expect(query(server.connection, `SELECT 'glpat-secret'::int`)).rejects.toThrow(/invalid input/);
    await server.stop();
    const said = readFileSync(join(folder, 'server.log'), 'utf8');
    expect(said).toContain('ready to accept connections');
    expect(said).not.toMatch(/INSERT|glpat-secret/);
  });
});
