import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const outputOf = (program: string, args: readonly string[]): string | undefined => {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
};

/**
 * The folder of this machine's own PostgreSQL server binaries of that major version, or undefined.
 * `pg_config --bindir` names the newest that is installed; Debian keeps each version in a folder of its own.
 */
export const findSystemPostgres = (major: number): string | undefined => {
  const candidates = [outputOf('pg_config', ['--bindir']), `/usr/lib/postgresql/${major}/bin`];
  return candidates.find(
    (bindir): bindir is string =>
      bindir !== undefined &&
      existsSync(join(bindir, 'initdb')) &&
      outputOf(join(bindir, 'postgres'), ['--version'])?.includes(` ${major}.`) === true,
  );
};
