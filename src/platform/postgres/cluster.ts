import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { NOBODY, runAs, type ServerIdentity } from './server-identity.ts';
import { moveIntoPlace, unfinishedName } from './unfinished.ts';

/** The database's superuser: the only user, who owns everything. */
export const CLUSTER_USER = 'penstock';

// The server listens on one socket in a folder that only its own user may enter, so there is nobody to ask a password.
const ACCESS = `# Written by Penstock. The socket's folder is closed to every other user; there is no TCP.
local all all trust
`;

/** Settings of a small server on a machine that it shares: 48 MB when idle. */
export const clusterSettings = (major: number): Readonly<Record<string, string>> => ({
  shared_buffers: '32MB',
  max_connections: '40',
  max_wal_size: '256MB',
  ...(major >= 18 ? { io_method: 'sync' } : {}),
  jit: 'off',
  max_logical_replication_workers: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  // Statements, and the messages and details of their errors, hold tokens and variables: they reach the caller, who
  // knows what to tell, and not the file. What concerns the server itself is still logged.
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
});

/** Some uid that has a name here, nobody's if it can be. */
const findNamedUid = (): number | undefined => {
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  const uids = lines.map((line) => Number(line.split(':')[2])).filter((uid) => uid > 0);
  return uids.includes(NOBODY) ? NOBODY : uids[0];
};

/**
 * `initdb` (and it alone) insists that its user has a name, which a container's arbitrary uid has not. Inside a user
 * namespace the same user looks like one who has; the files stay theirs.
 */
const runInitdb = async (identity: ServerIdentity, program: string, args: readonly string[]) => {
  const made = await runAs(identity, program, args);
  const uid = findNamedUid();
  if (made.ok || uid === undefined || !made.output.includes('could not look up effective user ID')) return made;
  const again = await runAs(identity, 'unshare', ['--user', `--map-user=${uid}`, '--', program, ...args]);
  return again.ok ? again : made;
};

/**
 * Makes the cluster if it is not there: UTF-8, locale C (so that an operating system's update never changes an index's
 * order). It appears under its name only when complete. Throws `EmbeddedPostgresError`, also for a cluster of another
 * major version.
 */
export const ensureCluster = async (
  cluster: string,
  identity: ServerIdentity,
  binaries: PostgresBinaries,
  options: { readonly sync: boolean },
): Promise<void> => {
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    const major = Number.parseInt(readFileSync(join(cluster, 'PG_VERSION'), 'utf8'), 10);
    if (major === binaries.major) return;
    throw new EmbeddedPostgresError(
      `The database in ${cluster} was made by PostgreSQL ${major}, and this Penstock brings ${binaries.major}. ` +
        'Make a backup with the Penstock that made it, and restore that here.',
    );
  }
  const unfinished = unfinishedName(cluster);
  mkdirSync(unfinished, { mode: 0o700 });
  chmodSync(unfinished, 0o700);
  if (identity.kind === 'uid') chownSync(unfinished, identity.uid, identity.gid);
  const made = await runInitdb(identity, join(binaries.bindir, 'initdb'), [
    `--pgdata=${unfinished}`,
    `--username=${CLUSTER_USER}`,
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
    ...(options.sync ? [] : ['--no-sync']),
  ]);
  if (!made.ok) throw new EmbeddedPostgresError(`The database could not be made in ${cluster}: ${made.output}`);
  writeFileSync(join(unfinished, 'pg_hba.conf'), ACCESS);
  moveIntoPlace(unfinished, cluster);
};
