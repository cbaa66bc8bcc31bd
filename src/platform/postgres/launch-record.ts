import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isErrno } from './errno.ts';
import { describeIdentity, type ServerIdentity } from './server-identity.ts';

/** What stands in `server.json` beside the cluster. */
export interface LaunchRecord {
  /** As whom the server runs (a short text: `self 1000`, `uid 65534`, `namespace 0`); never changes for a cluster. */
  readonly runsAs: string;
  /** Binaries and settings of the last start: a running server with others is restarted, not adopted. */
  readonly launch: string;
}

const NAME = 'server.json';

const isRecord = (value: unknown): value is LaunchRecord =>
  typeof value === 'object' &&
  value !== null &&
  'runsAs' in value &&
  typeof value.runsAs === 'string' &&
  'launch' in value &&
  typeof value.launch === 'string';

/** The record of the last start in that folder, if there was one. */
export const findLaunchRecord = (folder: string): LaunchRecord | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, NAME), 'utf8'));
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
};

export const writeLaunchRecord = (folder: string, record: LaunchRecord): void => {
  const path = join(folder, NAME);
  writeFileSync(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`);
  chmodSync(`${path}.new`, 0o644);
  renameSync(`${path}.new`, path);
};

// `self 1000`, as seen by user 1000, and `uid 1000`, as root sees the same cluster, name one owner.
const ownerOf = (runsAs: string): string => runsAs.replace(/^\w+ /, '');

/**
 * Refuses to start a cluster as somebody else than who made it: a folder whose owner was changed in part, or copied
 * without owners, would come up broken. Throws `EmbeddedPostgresError`.
 */
export const refuseMixedOwners = (folder: string, record: LaunchRecord | undefined, identity: ServerIdentity): void => {
  const runsAs = describeIdentity(identity);
  if (record === undefined || ownerOf(record.runsAs) === ownerOf(runsAs)) return;
  throw new EmbeddedPostgresError(
    `The database in ${folder} was made to run as ${record.runsAs}, and its files now say ${runsAs}. ` +
      'Give the cluster back to its owner (chown -R), or, if every file really belongs to the new one, remove server.json.',
  );
};
