import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Background } from '../../src/app/background.ts';
import { makeParts } from '../../src/app/parts.ts';
import type { Clock } from '../../src/kit/clock.ts';
import { createLogger } from '../../src/platform/log.ts';
import { openDatabase } from '../../src/platform/postgres/index.ts';
import { createVault, parseKeyring } from '../../src/platform/secrets/index.ts';
import { runDueTicks } from '../../src/rooms/schedules/index.ts';

/**
 * A server that does nothing but run schedules, as a process that can be killed: `start-schedule-worker.ts <connection as JSON> <data
 * folder> <file with the time in milliseconds>`. It ends when its parent does.
 */
const [connection = '{}', dataDir = '', clockFile = ''] = process.argv.slice(2);

const clock: Clock = { now: () => new Date(Number(readFileSync(clockFile, 'utf8'))) };
const log = createLogger({ level: 'error' });
const database = openDatabase(JSON.parse(connection), { onError: () => undefined });
const parts = makeParts({
  database,
  clock,
  log,
  vault: createVault(parseKeyring(`1:${Buffer.alloc(32, 'k').toString('base64')}`, 'test')),
  background: new Background(log),
  dataDir,
  externalUrl: 'https://ci.example.com',
  outboundAllow: [],
});
const parent = process.ppid;

while (process.ppid === parent) {
  await runDueTicks(parts);
  await pause(5);
}
process.exit();
