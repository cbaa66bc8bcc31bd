import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { canEnter, type ServerIdentity } from './server-identity.ts';

export const SOCKET_PORT = 5432;
const TEMPORARY_PREFIX = 'penstock-pg-';
/** `sockaddr_un` holds 108 bytes on Linux and 104 on macOS, the closing NUL among them. */
const MAX_SOCKET_PATH = 103;

const isShortEnough = (folder: string): boolean =>
  Buffer.byteLength(join(folder, `.s.PGSQL.${SOCKET_PORT}`)) <= MAX_SOCKET_PATH;

/** Makes that socket folder, or closes it again to everybody but the server's user. */
export const closeSocketFolder = (identity: ServerIdentity, folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  if (identity.kind === 'uid') chownSync(folder, identity.uid, identity.gid);
};

/**
 * A folder for the server's socket that only the server's user (and root) may enter: that is the whole access control,
 * for the database asks for no password. Beside the data, or where that path is too long for a socket in a fresh
 * private folder of the system's temporary one. Throws `EmbeddedPostgresError` when neither can be had.
 */
export const makeSocketFolder = async (identity: ServerIdentity, folder: string): Promise<string> => {
  const beside = join(folder, 'socket');
  if (isShortEnough(beside)) {
    closeSocketFolder(identity, beside);
    return beside;
  }
  for (const parent of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    if (!isShortEnough(join(parent, `${TEMPORARY_PREFIX}XXXXXX`)) || !(await canEnter(identity, parent))) continue;
    const made = mkdtempSync(join(parent, TEMPORARY_PREFIX));
    closeSocketFolder(identity, made);
    return made;
  }
  throw new EmbeddedPostgresError(
    `The path of ${folder} is too long for a socket (${MAX_SOCKET_PATH} bytes), and no temporary folder can be used. ` +
      'Choose a shorter data folder or set TMPDIR.',
  );
};

/** Removes a socket folder that `makeSocketFolder` made outside of the data; never anything else. */
export const removeSocketFolder = (socketFolder: string): void => {
  if (!basename(socketFolder).startsWith(TEMPORARY_PREFIX)) return;
  const isFolder = lstatSync(socketFolder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder) rmSync(socketFolder, { recursive: true, force: true });
};
