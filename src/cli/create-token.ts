import { ConfigError } from '../app/config-error.ts';
import { openAppDatabase } from '../app/database.ts';
import { systemClock } from '../app/system-clock.ts';
import { createLogger } from '../platform/log.ts';
import { createPersonalToken, findUserByUsername, isTokenScope } from '../rooms/accounts/index.ts';
import { configOf } from './serve-options.ts';
import { printOut } from './terminal.ts';

export interface TokenFlags extends Record<string, string | undefined> {
  readonly user: string;
  readonly name: string;
  /** Comma-separated. */
  readonly scopes: string;
  /** `YYYY-MM-DD`. */
  readonly expiresAt?: string;
}

/** Prints a new personal token of a user. Works beside a running server. */
export async function createToken(flags: TokenFlags): Promise<void> {
  const scopes = flags.scopes.split(',').map((scope) => scope.trim());
  const wrong = scopes.find((scope) => !isTokenScope(scope));
  if (wrong !== undefined) throw new ConfigError(`--scopes: there is no scope "${wrong}"`);
  const expiresAt = flags.expiresAt ?? null;
  if (expiresAt !== null && !/^\d{4}-\d{2}-\d{2}$/.test(expiresAt)) {
    throw new ConfigError(`--expires-at must be a day such as 2030-01-31, not "${expiresAt}"`);
  }
  const config = configOf(flags);
  const database = await openAppDatabase(config, createLogger({ level: 'warn' }), { exclusive: false });
  try {
    const user = await findUserByUsername(database.db, flags.user);
    if (user === undefined) throw new Error(`there is no user "${flags.user}"`);
    const deps = { db: database.db, clock: systemClock };
    const { token } = await createPersonalToken(deps, user, {
      name: flags.name,
      scopes: scopes.filter(isTokenScope),
      expiresAt,
    });
    printOut(`${token}\n`);
  } finally {
    await database.close();
  }
}
