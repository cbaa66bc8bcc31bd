import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { startDatabaseKeeper } from '../../../test/support/database-keeper.ts';
import { needPrograms } from '../../../test/support/programs.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { databaseUrl } from './connection.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-server.ts';
import { locateEmbeddedBinaries, type PostgresBinaries, repairLinks } from './postgres-binaries.ts';
import { NOBODY } from './server-identity.ts';

const isRoot = process.getuid?.() === 0;
const ORDINARY_USER = 4711;
const log = { info: (): void => undefined, warn: (): void => undefined };

const start = async (dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({ dataDir, log, settings: { fsync: 'off' }, ...options });
  onTestFinished(server.stop);
  return server;
};

const answer = async (server: EmbeddedPostgres): Promise<unknown> => {
  const client = new Client(databaseUrl(server.connection));
  await client.connect();
  const { rows } = await client.query('SELECT 1 AS one');
  await client.end();
  return rows;
};

/** The package's binaries in a folder of ours, as npm unpacks them: without the links that its script would make. */
const unpackedBinaries = (folder: string): PostgresBinaries => {
  const binaries = locateEmbeddedBinaries();
  const packageRoot = join(folder, 'native');
  const filter = (source: string): boolean => !lstatSync(source).isSymbolicLink() && !source.endsWith('.a');
  cpSync(binaries.packageRoot ?? '', packageRoot, { recursive: true, filter });
  return { ...binaries, packageRoot, bindir: join(packageRoot, 'bin') };
};

const recorded = (folder: string): unknown => JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8'));

const needNamespaces = (context: TestContext): void => {
  needPrograms(context, 'unshare');
  try {
    execFileSync('unshare', ['--user', `--map-user=${NOBODY}`, 'true'], { stdio: 'ignore' });
  } catch {
    context.skip('needs user namespaces');
  }
};

const describeAsRoot = (): void => {
  it('runs the server as nobody where that user can pass', async () => {
    const folder = temporaryFolder();
    const server = await start(folder);
    expect(await answer(server)).toEqual([{ one: 1 }]);
    expect(statSync(join(folder, 'cluster')).uid).toBe(NOBODY);
    expect(recorded(folder)).toMatchObject({ runsAs: `uid ${NOBODY}` });
    expect(readdirSync(folder).filter((name) => name.startsWith('binaries'))).toEqual([]);
  });

  it('copies the binaries beside the data when nobody cannot reach them', async () => {
    const closed = temporaryFolder();
    chmodSync(closed, 0o700);
    const folder = temporaryFolder();
    const server = await start(folder, { binaries: unpackedBinaries(closed) });
    expect(await answer(server)).toEqual([{ one: 1 }]);
    expect(statSync(join(folder, 'cluster')).uid).toBe(NOBODY);
    expect(readdirSync(folder).filter((name) => name.startsWith('binaries'))).toHaveLength(1);
  });

  it('uses a user namespace when only root may enter the data, then and later', async (context) => {
    needNamespaces(context);
    const closed = temporaryFolder();
    chmodSync(closed, 0o700);
    const folder = join(closed, 'data');
    for (const turn of ['made', 'started again']) {
      const server = await start(folder, { binaries: unpackedBinaries(join(closed, turn)) });
      expect(await answer(server)).toEqual([{ one: 1 }]);
      expect(statSync(join(folder, 'cluster')).uid).toBe(0);
      expect(recorded(folder)).toMatchObject({ runsAs: 'namespace 0' });
      await server.stop();
    }
    // Open by now, but made for root: it stays so.
    chmodSync(closed, 0o711);
    const server = await start(folder);
    expect(await answer(server)).toEqual([{ one: 1 }]);
    expect(recorded(folder)).toMatchObject({ runsAs: 'namespace 0' });
  });

  it('refuses a cluster whose files changed hands, and one that an ordinary user cannot run', async () => {
    const folder = temporaryFolder();
    await (await start(folder)).stop();
    await expect(startDatabaseKeeper(folder, { uid: ORDINARY_USER })).rejects.toThrow(
      /permission denied|belongs to user/i,
    );
    chownSync(join(folder, 'cluster'), 0, 0);
    await expect(start(folder)).rejects.toThrow(/was made to run as uid 65534, and its files now say namespace 0/);
  });

  it('refuses, and says every reason, when no way works', async () => {
    const closed = temporaryFolder();
    const bindir = join(closed, 'bin');
    mkdirSync(bindir);
    writeFileSync(join(bindir, 'postgres'), '#!/bin/sh\necho no such loader; exit 127\n', { mode: 0o755 });
    const binaries = { bindir, major: 18, version: 'broken 18' };
    const folder = temporaryFolder();
    await expect(start(folder, { binaries })).rejects.toThrow(/no such loader[\s\S]*DATABASE_URL/);
    expect(existsSync(join(folder, 'cluster'))).toBe(false);
  });

  it('keeps other users from the socket', async () => {
    const server = await start(temporaryFolder());
    const url = databaseUrl(server.connection);
    const program = `new (require(${JSON.stringify(join(import.meta.dirname, '../../../node_modules/pg'))}).Client)(${JSON.stringify(url)})
      .connect().then(() => console.log('connected'), (error) => console.log(error.code)).then(() => process.exit())`;
    const said = execFileSync(process.execPath, ['-e', program], { uid: ORDINARY_USER, gid: ORDINARY_USER, cwd: '/' });
    expect(said.toString().trim()).toBe('EACCES');
  });

  it('serves an ordinary user (here one without a name) as that user, and root later as the same', async (context) => {
    needNamespaces(context);
    const home = temporaryFolder();
    chownSync(home, ORDINARY_USER, ORDINARY_USER);
    const folder = join(home, 'data');
    const keeper = await startDatabaseKeeper(folder, { uid: ORDINARY_USER });
    expect(statSync(join(folder, 'cluster')).uid).toBe(ORDINARY_USER);
    await keeper.end();
    const server = await start(folder);
    expect(await answer(server)).toEqual([{ one: 1 }]);
    expect(statSync(join(folder, 'cluster')).uid).toBe(ORDINARY_USER);
  });
};

// An ordinary user's run leaves these out, uncounted: nothing is missing there.
if (isRoot) {
  describe('as root', () => {
    describeAsRoot();
  });
}

describe('repairLinks', () => {
  it('makes what the install script would have made, so that the server runs', () => {
    const { packageRoot = '', bindir } = unpackedBinaries(temporaryFolder());
    const runs = (): string =>
      execFileSync(join(bindir, 'postgres'), ['--version'], { encoding: 'utf8', stdio: 'pipe' });
    expect(runs).toThrow(/error while loading shared libraries/);
    expect(repairLinks(packageRoot)).toBe(true);
    expect(runs()).toContain('PostgreSQL) 18');
  });
});
