import type { SocketConnection } from './connection.ts';

/** Where the launcher tells what it does. */
export interface LauncherLog {
  info(message: string): void;
  warn(message: string): void;
}

/** A server that `startEmbeddedPostgres` started, adopted or joined. */
export interface EmbeddedPostgres {
  readonly connection: SocketConnection;
  /** False when another process keeps the server. */
  readonly owned: boolean;
  /** The server's pid, which changes when it had to be started again. */
  readonly pid: () => number;
  /** Stops the server (under 30 ms) and returns when it is gone; close every pool first. */
  readonly stop: () => Promise<void>;
}
