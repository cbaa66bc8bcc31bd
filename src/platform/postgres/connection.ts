/** A server reached over its socket, with no password: the embedded one. */
export interface SocketConnection {
  /** The folder that holds the socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** How to reach the database: the embedded one's socket, or what `DATABASE_URL` says. */
export type DatabaseConfig = SocketConnection | { readonly url: string };

/** The same as one `postgresql://` URL, for a child process's `DATABASE_URL` and for `psql`. */
export const databaseUrl = (config: DatabaseConfig): string => {
  if ('url' in config) return config.url;
  const { host, port, user, database } = config;
  return `postgresql://${encodeURIComponent(user)}@/${encodeURIComponent(database)}?host=${encodeURIComponent(host)}&port=${port}`;
};

/**
 * What the driver's clients are made with. TLS is off on a socket, whatever PGSSLMODE says, and dead peers of a remote
 * server are noticed by keepalives.
 */
export const clientConfig = (config: DatabaseConfig) => ({
  ...('url' in config ? { connectionString: config.url } : { ...config, ssl: false }),
  application_name: 'penstock',
  keepAlive: true,
  connectionTimeoutMillis: 10_000,
});
