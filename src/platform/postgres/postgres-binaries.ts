import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isErrno } from './errno.ts';
import { isUnfinished, moveIntoPlace, unfinishedName } from './unfinished.ts';

/** Where a PostgreSQL server's programs are, and which version they are. */
export interface PostgresBinaries {
  readonly bindir: string;
  readonly major: number;
  /** Names these exact binaries: a server that runs others is not adopted. */
  readonly version: string;
  /** Set for the npm package's binaries only: the folder that holds `bin`, `lib` and `share`. */
  readonly packageRoot?: string;
}

const useDatabaseUrl = 'Set DATABASE_URL to a PostgreSQL 15 or newer instead.';

/** The binaries that npm installed for this platform. Throws `EmbeddedPostgresError` when there are none. */
export const locateEmbeddedBinaries = (): PostgresBinaries => {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new EmbeddedPostgresError(`The embedded PostgreSQL is not installed (package ${name}). ${useDatabaseUrl}`);
  }
  const home = dirname(dirname(entry));
  const manifest: unknown = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  const packageRoot = join(home, 'native');
  return {
    bindir: join(packageRoot, 'bin'),
    major: Number.parseInt(String(version), 10),
    version: `${platform} ${String(version)}`,
    packageRoot,
  };
};

const isLink = (value: unknown): value is { readonly source: string; readonly target: string } =>
  typeof value === 'object' &&
  value !== null &&
  'source' in value &&
  typeof value.source === 'string' &&
  'target' in value &&
  typeof value.target === 'string';

/**
 * Makes the links between the shared libraries that the package lists in `pg-symlinks.json`. Its own install script
 * would do it, but a checkout is installed with `--ignore-scripts` as often as not.
 * Returns false where the folder cannot be written and a link is missing.
 */
export const repairLinks = (packageRoot: string): boolean => {
  const links: unknown = JSON.parse(readFileSync(join(packageRoot, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(links) || !links.every(isLink)) throw new EmbeddedPostgresError('pg-symlinks.json is not a list');
  for (const { source, target } of links) {
    // Both are written relative to the package, one folder above.
    const link = join(packageRoot, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(packageRoot, '..', source)), link);
    } catch (error) {
      if (isErrno(error, 'EACCES', 'EROFS', 'EPERM')) return false;
      if (!isErrno(error, 'EEXIST')) throw error;
    }
  }
  return true;
};

const openToAll = (folder: string): void => {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
};

/**
 * A copy of the package's binaries under `folder` that every user can execute, for a server user who cannot reach the
 * original, or where its links cannot be made. About 60 MB; made once per version.
 */
export const copyBinaries = (binaries: PostgresBinaries, folder: string): PostgresBinaries => {
  const { packageRoot, version } = binaries;
  if (packageRoot === undefined) return binaries;
  const name = `binaries-${version.replaceAll(/[^\w.-]/g, '-')}`;
  const home = join(folder, name);
  const copy = { ...binaries, packageRoot: join(home, 'native'), bindir: join(home, 'native', 'bin') };
  if (existsSync(home)) return copy;
  for (const entry of readdirSync(folder)) {
    if (entry.startsWith('binaries-') && !isUnfinished(entry))
      rmSync(join(folder, entry), { recursive: true, force: true });
  }
  const unfinished = unfinishedName(home);
  mkdirSync(unfinished, { mode: 0o755 });
  // Static libraries serve only whoever compiles against PostgreSQL.
  const filter = (source: string): boolean => !source.endsWith('.a');
  cpSync(packageRoot, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true, filter });
  repairLinks(join(unfinished, 'native'));
  openToAll(unfinished);
  moveIntoPlace(unfinished, home);
  return copy;
};
