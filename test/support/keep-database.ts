import { createInterface } from 'node:readline';
import { databaseUrl, startEmbeddedPostgres } from '../../src/platform/postgres/index.ts';

// A process of its own that keeps an embedded server, for tests that kill it or run it as somebody else:
// `keep-database.ts <folder> [shared]`. Says one line of JSON when the server is up (or what went wrong), and stops the
// server when its input ends.

const [dataDir = '', mode] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const log = { info: (): void => undefined, warn: (): void => undefined };

try {
  const exclusive = mode !== 'shared';
  const server = await startEmbeddedPostgres({ dataDir, log, exclusive, patienceMs: 500, settings: { fsync: 'off' } });
  say({ pid: server.pid(), owned: server.owned, url: databaseUrl(server.connection) });
  for await (const _line of createInterface({ input: process.stdin })) continue;
  await server.stop();
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
