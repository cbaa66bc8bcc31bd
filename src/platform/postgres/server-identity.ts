import { type ChildProcess, execFile, type StdioOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { copyBinaries, type PostgresBinaries, repairLinks } from './postgres-binaries.ts';

/** The user that the database server runs as when Penstock runs as root, who PostgreSQL refuses: nobody's number. */
export const NOBODY = 65_534;

/**
 * As whom the server runs, and so whose files the cluster holds. Recorded beside the data, never changed:
 * - `self`: as whoever runs Penstock;
 * - `uid`: root steps down to another uid, who must be able to reach the data and the binaries;
 * - `namespace`: root looks like nobody inside a user namespace, while the files stay root's
 *   (for folders that only root may enter).
 */
export type ServerIdentity =
  | { readonly kind: 'self' }
  | { readonly kind: 'uid'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'namespace' };

/** `self 1000`, `uid 65534`, `namespace 0`: the kind, and the uid that the files belong to. */
export const describeIdentity = (identity: ServerIdentity): string =>
  identity.kind === 'uid' ? `uid ${identity.uid}` : `${identity.kind} ${process.getuid?.() ?? 0}`;

// Nothing of PGHOST, PGPORT, LC_ALL … of the caller's environment may reach the server.
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export interface CommandOptions {
  readonly stdio?: StdioOptions;
  readonly detached?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

const commandLine = (
  identity: ServerIdentity,
  program: string,
  args: readonly string[],
): { readonly program: string; readonly args: readonly string[] } =>
  identity.kind === 'namespace'
    ? {
        program: 'unshare',
        args: ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--', program, ...args],
      }
    : { program, args };

const processOptions = (identity: ServerIdentity, environment: Readonly<Record<string, string>> = {}) => ({
  cwd: '/',
  env: { ...ENVIRONMENT, ...environment },
  ...(identity.kind === 'uid' ? { uid: identity.uid, gid: identity.gid } : {}),
});

/** Starts a program as the server's user, in the root folder, with an environment of its own. */
export const spawnAs = (
  identity: ServerIdentity,
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): ChildProcess => {
  const line = commandLine(identity, program, args);
  return spawn(line.program, line.args, {
    ...processOptions(identity, options.environment),
    stdio: options.stdio ?? 'ignore',
    detached: options.detached ?? false,
  });
};

/** Runs a program as the server's user to its end. */
export const runAs = (
  identity: ServerIdentity,
  program: string,
  args: readonly string[],
): Promise<{ readonly ok: boolean; readonly output: string }> => {
  const line = commandLine(identity, program, args);
  return new Promise((resolve) => {
    try {
      execFile(line.program, line.args, processOptions(identity), (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`.trim();
        resolve({ ok: error === null, output: output === '' && error !== null ? error.message : output });
      });
    } catch (error) {
      // A uid that this container does not have: spawn throws where the system call does.
      resolve({ ok: false, output: error instanceof Error ? error.message : String(error) });
    }
  });
};

/** Whether the server's user can enter that folder: every folder above it must be searchable for them. */
export const canEnter = async (identity: ServerIdentity, folder: string): Promise<boolean> =>
  (await runAs(identity, '/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder])).ok;

const runsServer = (identity: ServerIdentity, binaries: PostgresBinaries) =>
  runAs(identity, join(binaries.bindir, 'postgres'), ['--version']);

/**
 * The binaries that this user can execute: the given ones, else a copy beside the data.
 * Throws `EmbeddedPostgresError` when neither runs.
 */
export const runnableBinaries = async (
  identity: ServerIdentity,
  binaries: PostgresBinaries,
  folder: string,
): Promise<PostgresBinaries> => {
  const linked = binaries.packageRoot === undefined || repairLinks(binaries.packageRoot);
  const first = await runsServer(identity, binaries);
  if (linked && first.ok) return binaries;
  const copy = copyBinaries(binaries, folder);
  const second = copy === binaries ? first : await runsServer(identity, copy);
  if (second.ok) return copy;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL does not run here: ${second.output}\n` +
      'It needs glibc (not Alpine) and a folder that allows programs. Set DATABASE_URL to a PostgreSQL 15 or newer instead.',
  );
};
