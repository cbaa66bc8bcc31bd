import { expect, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { NOTHING_WRONG } from '../support/delivery-ledger.ts';
import { killWhileSending } from '../support/kill-while-sending.ts';
import { PenstockProcess } from '../support/penstock-process.ts';
import { startTestApp } from '../support/test-app.ts';
import { runZoo } from '../support/zoo-campaign.ts';

it('the zoo, at length', async () => {
  const app = await startTestApp({ outboundAllow: '127.0.0.1' });
  try {
    const { findings, pending, hours, report } = await runZoo(app, { rounds: 300, projects: 12 });
    process.stdout.write(`${hours} simulated hours\n${report}\n`);
    expect(pending).toBe(0);
    for (const [name, found] of Object.entries(findings)) expect(found, name).toMatchObject(NOTHING_WRONG);
  } finally {
    await app.close();
  }
});

it('forty kills between sending and writing it down, leases waited for', async () => {
  const database = await testDatabase();
  const server = new PenstockProcess({ databaseUrl: database.url, runner: 'off' });
  try {
    await server.start();
    const { findings, acknowledged, events, kills, report } = await killWhileSending(server, database, {
      kills: 40,
      passLeases: false,
    });
    process.stdout.write(`${kills} kills, ${acknowledged} changes acknowledged, ${events} events\n${report}\n`);
    expect(events).toBe(acknowledged);
    for (const found of findings) expect(found).toMatchObject({ ...NOTHING_WRONG, overtaken: 0 });
  } finally {
    await server.dispose();
  }
});
