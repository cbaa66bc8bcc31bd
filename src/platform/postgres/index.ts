export { type LockOutcome, withAdvisoryLock } from './advisory-lock.ts';
export { type DatabaseConfig, databaseUrl, type SocketConnection } from './connection.ts';
export { type Database, type DatabaseOptions, type Db, openDatabase, type Tx } from './database.ts';
export type { EmbeddedPostgres } from './embedded-postgres.ts';
export { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-server.ts';
export { jsonParameter } from './json-parameter.ts';
export { migrate } from './migrate.ts';
export type { NotificationHandler } from './notification-listener.ts';
export type { DB } from './schema.ts';
