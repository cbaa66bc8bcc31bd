import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { PenstockProcess } from '../support/penstock-process.ts';

let server: PenstockProcess;
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  server = new PenstockProcess({ databaseUrl: database.url, runner: 'off' });
  await server.start();
});
afterAll(() => server.dispose());

// The system's resolver cannot be made to hang here; how many may hang at once, the threads tell.
it.skipIf(process.platform !== 'linux')(
  'as many names as hooks are told at once may hang, and others are found',
  () => {
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    expect(Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1])).toBeGreaterThan(2 * 48);
  },
);
