import { afterAll, beforeAll, expect, it } from 'vitest';
import { NOTHING_WRONG } from '../support/delivery-ledger.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { runZoo } from '../support/zoo-campaign.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ outboundAllow: '127.0.0.1' });
});
afterAll(() => app.close());

it('receivers of all kinds, one of them down for 26 hours: nothing is lost, ids stay, subjects keep their order', {
  timeout: 120_000,
}, async () => {
  const { findings, pending, hours, report } = await runZoo(app, { rounds: 30, projects: 4 });
  process.stdout.write(`${hours} simulated hours\n${report}\n`);
  expect(pending).toBe(0);
  for (const [name, found] of Object.entries(findings)) expect(found, name).toMatchObject(NOTHING_WRONG);
  // An endpoint that was not there hears everything in the order in which it happened.
  for (const name of ['good', 'down for 26 hours', 'TLS error', 'reset', 'status 429', 'status 503']) {
    expect(findings[name], name).toMatchObject({ overtaken: 0, duplicates: 0 });
  }
});
