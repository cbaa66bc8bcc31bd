import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Pool } from 'pg';
import { clientConfig, type DatabaseConfig } from './connection.ts';
import { type NotificationHandler, NotificationListener } from './notification-listener.ts';
import type { DB } from './schema.ts';
import { valueTypes } from './value-types.ts';

/** Typed SQL outside of a transaction; what a verb opens its transaction from. */
export type Db = Kysely<DB>;
/** Typed SQL inside of one: the first argument of every store function that writes. */
export type Tx = Transaction<DB>;

export interface Database {
  readonly db: Db;
  /** The driver's own pool, for hot statements and for locks. */
  readonly pool: Pool;
  /**
   * Calls `handler` for each NOTIFY on `channel`; resolves once that is so, to a function that ends it.
   * The one connection behind it comes back by itself, and then calls every handler with `undefined`:
   * something may have been missed, look.
   */
  readonly listen: (channel: string, handler: NotificationHandler) => Promise<() => Promise<void>>;
  /** Waits for running statements and closes every connection. */
  readonly close: () => Promise<void>;
}

export interface DatabaseOptions {
  /** A connection broke while nobody used it, or is being opened anew. Nothing is lost; to be logged. */
  readonly onError: (error: Error) => void;
  /** Connections at once, 10 unless told. */
  readonly maxConnections?: number;
}

/** Opens a pool of connections, none of them before it is needed. */
export const openDatabase = (config: DatabaseConfig, options: DatabaseOptions): Database => {
  const pool = new Pool({
    ...clientConfig(config),
    types: valueTypes,
    max: options.maxConnections ?? 10,
    idleTimeoutMillis: 60_000,
  });
  // A connection that breaks emits `error` from the pool while idle and from the client while in use; either
  // without a listener ends the process. The one in use fails its statement too, so that error is told once.
  let closing = false;
  pool.on('error', (error) => {
    // The pool says that it has ended before its connections have: a server that stops now is no news.
    if (!closing) options.onError(error);
  });
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  const listener = new NotificationListener(config, options.onError);
  return {
    db,
    pool,
    listen: (channel, handler) => listener.listen(channel, handler),
    close: async () => {
      closing = true;
      await listener.close();
      await db.destroy();
    },
  };
};
