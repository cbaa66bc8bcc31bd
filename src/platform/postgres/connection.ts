/** A server reached over its socket, with no password: the embedded one. */
export interface SocketConnection {
  /** The folder that holds the socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** How to reach the database: the embedded one's socket, or what `DATABASE_URL` says. */
export type DatabaseConfig = SocketConnection | { readonly connectionString: string };

/** The same as one `postgresql://` URL, for a child process's `DATABASE_URL` and for `psql`. */
export const databaseUrl = (config: DatabaseConfig): string => {
  if ('connectionString' in config) return config.connectionString;
  const { host, port, user, database } = config;
  return `postgresql://${encodeURIComponent(user)}@/${encodeURIComponent(database)}?host=${encodeURIComponent(host)}&port=${port}`;
};

/**
 * What the driver's clients are made with. TLS is off on a socket, whatever PGSSLMODE says, and dead peers of a remote
 * server are noticed by keepalives.
 */
export const clientConfig = (config: DatabaseConfig) => ({
  ...('connectionString' in config ? config : { ...config, ssl: false }),
  application_name: 'penstock',
  keepAlive: true,
  connectionTimeoutMillis: 10_000,
});
