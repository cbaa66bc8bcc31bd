import { statSync } from 'node:fs';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isErrno } from './errno.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { canEnter, describeIdentity, NOBODY, runnableBinaries, type ServerIdentity } from './server-identity.ts';

export interface ChosenIdentity {
  readonly identity: ServerIdentity;
  readonly binaries: PostgresBinaries;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const findOwner = (path: string): Owner | undefined => {
  try {
    const { uid, gid } = statSync(path);
    return { uid, gid };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
};

const candidatesForRoot = (owner: Owner | undefined): readonly ServerIdentity[] => {
  if (owner === undefined) return [{ kind: 'uid', uid: NOBODY, gid: NOBODY }, { kind: 'namespace' }];
  return owner.uid === 0 ? [{ kind: 'namespace' }] : [{ kind: 'uid', uid: owner.uid, gid: owner.gid }];
};

/**
 * As whom the server of this folder runs, and with which binaries. An existing cluster is always run as its owner;
 * a new one of root's is given to nobody where that user can reach folder and binaries (or a copy of them),
 * else it stays root's inside a user namespace. Throws `EmbeddedPostgresError` when nothing works, saying why.
 */
export const chooseIdentity = async (
  folder: string,
  cluster: string,
  binaries: PostgresBinaries,
): Promise<ChosenIdentity> => {
  const own = process.getuid?.();
  if (own === undefined) {
    throw new EmbeddedPostgresError('The embedded PostgreSQL needs Linux or macOS. Set DATABASE_URL instead.');
  }
  const owner = findOwner(cluster);
  if (own !== 0) {
    if (owner !== undefined && owner.uid !== own) {
      throw new EmbeddedPostgresError(
        `The database in ${cluster} belongs to user ${owner.uid}, but Penstock runs as user ${own}. ` +
          'Start it as the user (or root) who made it, or change the owner of the whole folder.',
      );
    }
    return { identity: { kind: 'self' }, binaries: await runnableBinaries({ kind: 'self' }, binaries, folder) };
  }
  const refusals: string[] = [];
  for (const identity of candidatesForRoot(owner)) {
    if (await canEnter(identity, folder)) {
      try {
        return { identity, binaries: await runnableBinaries(identity, binaries, folder) };
      } catch (error) {
        if (!(error instanceof EmbeddedPostgresError)) throw error;
        refusals.push(`${describeIdentity(identity)}: ${error.message}`);
      }
    } else {
      refusals.push(
        `${describeIdentity(identity)}: cannot enter ${folder} (a folder above it is closed, or not allowed)`,
      );
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL must not run as root, and no other way works here:\n- ${refusals.join('\n- ')}\n` +
      'Run Penstock as an ordinary user, put its data where every user may enter, or set DATABASE_URL.',
  );
};
