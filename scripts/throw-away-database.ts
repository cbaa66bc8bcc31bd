import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, migrate, startEmbeddedPostgres } from '../src/platform/postgres/index.ts';

const log = { info: (): void => undefined, warn: (text: string): void => console.error(text) };

/** Runs `work` on an embedded database that has every migration and is thrown away afterwards. */
export const withMigratedDatabase = async (work: (url: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-throw-away-'));
  // Root's server runs as nobody, who must be able to pass.
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log, settings: { fsync: 'off' } });
  try {
    await migrate(server.connection, { log });
    await work(databaseUrl(server.connection));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
