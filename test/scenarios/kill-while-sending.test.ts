import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { NOTHING_WRONG } from '../support/delivery-ledger.ts';
import { killWhileSending } from '../support/kill-while-sending.ts';
import { PenstockProcess } from '../support/penstock-process.ts';

let server: PenstockProcess;
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  server = new PenstockProcess({ databaseUrl: database.url, runner: 'off' });
  await server.start();
});
afterAll(() => server.dispose());

it('kill -9 between sending and writing it down: nothing is lost, what comes twice has the same id, order is kept', {
  timeout: 120_000,
}, async () => {
  const { findings, acknowledged, events, kills, report } = await killWhileSending(server, database, {
    kills: 4,
    passLeases: true,
  });
  process.stdout.write(`${kills} kills, ${acknowledged} changes acknowledged, ${events} events\n${report}\n`);
  expect(events).toBe(acknowledged);
  for (const found of findings) expect(found).toMatchObject({ ...NOTHING_WRONG, overtaken: 0 });
  expect(findings.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBeGreaterThanOrEqual(kills);
});
