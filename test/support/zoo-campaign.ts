import { Drains } from '../../src/rooms/hooks/index.ts';
import { addHook } from './add-hook.ts';
import { describeFindings, type ExpectedEvent, type LedgerFindings } from './delivery-ledger.ts';
import { type Animal, closedAnimal, openZoo, untrusted } from './hook-zoo.ts';
import type { TestApp } from './test-app.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DOWN = 26 * HOUR;
const STEP = 5 * MINUTE;
/** Less than deliveries are kept. */
const MOST_DAYS = 12;

export interface ZooOutcome {
  readonly findings: Readonly<Record<string, LedgerFindings>>;
  /** Of all hooks, what is neither delivered nor given up. */
  readonly pending: number;
  readonly hours: number;
  /** One line a receiver. */
  readonly report: string;
}

/**
 * Things happen to `projects` projects every few minutes for 26 simulated hours while the zoo behaves as it does, one
 * receiver is down and one has a certificate that nobody trusts; then both come back, and time passes until all is sent.
 * Afterwards each receiver's own ledger is checked against the feed.
 */
export const runZoo = async (
  app: TestApp,
  { rounds, projects }: { readonly rounds: number; readonly projects: number },
): Promise<ZooOutcome> => {
  const places = await Promise.all(Array.from({ length: projects }, () => app.addProject({})));
  await app.tick('events');
  const since = await lastSequence(app);
  const [zoo, tls, down] = await Promise.all([openZoo(), untrusted(), closedAnimal()]);
  const animals: readonly Animal[] = [...zoo, tls, down];
  for (const { name, url } of animals) await addHook(app, { url, name });
  const drains = new Drains({ ...app.parts, random: Math.random, sendTimeoutMs: 1000 });
  const deliver = async (): Promise<void> => {
    await app.tick('events');
    await drains.look();
    await drains.idle();
  };
  const begin = app.clock.now().getTime();
  for (let round = 0; round < rounds; round += 1) {
    for (const { id } of places.filter((_, index) => (index + round) % 3 !== 0)) {
      await app.db.transaction().execute((tx) => app.parts.publish(tx, [{ type: 'project_updated', projectId: id }]));
    }
    await deliver();
    app.clock.advance(DOWN / rounds);
  }
  await down.open();
  await app.db.updateTable('hooks').set({ enable_ssl_verification: false }).where('name', '=', tls.name).execute();
  // Receivers that refuse each event once take one step for each of them.
  for (let left = MOST_DAYS * 24 * HOUR; left > 0 && (await countPending(app)) > 0; left -= STEP) {
    app.clock.advance(STEP);
    await deliver();
  }
  await drains.stop(0);
  const expected = await eventsSince(app, since);
  const findings = Object.fromEntries(animals.map(({ name, ledger }) => [name, ledger.check(expected)]));
  return {
    findings,
    pending: await countPending(app),
    hours: (app.clock.now().getTime() - begin) / 1000 / HOUR,
    report: Object.entries(findings)
      .map(([name, found]) => describeFindings(name, found))
      .join('\n'),
  };
};

const lastSequence = async (app: TestApp): Promise<number> =>
  (await app.db.selectFrom('event_counter').select('last_sequence').executeTakeFirstOrThrow()).last_sequence;

const eventsSince = (app: TestApp, since: number): Promise<readonly ExpectedEvent[]> =>
  app.db
    .selectFrom('events')
    .select(['sequence', 'subject'])
    .where('sequence', '>', since)
    .orderBy('sequence')
    .execute();

const countPending = async (app: TestApp): Promise<number> => {
  const rows = await app.db.selectFrom('hook_deliveries').select('id').where('state', '=', 'pending').execute();
  return rows.length;
};
