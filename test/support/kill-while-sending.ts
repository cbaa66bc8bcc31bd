import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestDatabase } from './database.ts';
import { DeliveryLedger, describeFindings, type ExpectedEvent, type LedgerFindings } from './delivery-ledger.ts';
import type { PenstockProcess } from './penstock-process.ts';
import { httpReceiver } from './receiver.ts';
import { RestClient } from './rest-client.ts';
import { until } from './until.ts';

export interface SendingKills {
  readonly findings: readonly LedgerFindings[];
  /** Changes that the API has acknowledged, and events of them. */
  readonly acknowledged: number;
  readonly events: number;
  readonly kills: number;
  /** One line a receiver. */
  readonly report: string;
}

const PROJECTS = 3;

/**
 * Changes projects through the API and kills the server (`kill -9`) each time that a receiver has an event and has not
 * answered yet; the receiver keeps the event. Then the server starts again. `passLeases`: the time for which a dead server
 * keeps its hooks is taken as over; otherwise it is waited for.
 */
export const killWhileSending = async (
  server: PenstockProcess,
  database: TestDatabase,
  { kills, passLeases }: { readonly kills: number; readonly passLeases: boolean },
): Promise<SendingKills> => {
  const rest = new RestClient(server.api, server.rootToken);
  const ids: number[] = [];
  for (let index = 0; index < PROJECTS; index += 1) {
    const made = await rest.post<{ readonly id: number }>('/projects', { name: `sent-${index}` });
    ids.push(made.body.id);
  }
  await until(async () => (await count(database, 'outbox')) === 0, 'the projects are in the feed');
  const { last_sequence: since } = await database.db
    .selectFrom('event_counter')
    .select('last_sequence')
    .executeTakeFirstOrThrow();
  const receivers = [await keepingReceiver(), await keepingReceiver(), await keepingReceiver()];
  for (const { url } of receivers) await rest.post('/hooks', { url });
  let acknowledged = 0;
  const change = async (text: string): Promise<void> => {
    for (const id of ids) {
      const { status } = await rest.put(`/projects/${id}`, { description: text });
      if (status === 200) acknowledged += 1;
    }
  };
  for (let round = 0; round < kills; round += 1) {
    const receiver = receivers[round % receivers.length];
    if (receiver === undefined) throw new Error('no receiver');
    const held = receiver.holdNext();
    await change(`round ${round}`);
    const release = await held;
    await server.kill();
    release();
    if (passLeases) await database.db.updateTable('hooks').set({ drain_leased_until: null }).execute();
    await server.start();
  }
  await change('the end');
  await until(
    async () => (await count(database, 'outbox')) + (await count(database, 'hook_deliveries')) === 0,
    'everything is sent',
    120_000,
  );
  const expected = await eventsSince(database, since);
  const findings = receivers.map(({ ledger }) => ledger.check(expected));
  const report = findings.map((found, index) => describeFindings(`receiver ${index + 1}`, found)).join('\n');
  return { findings, acknowledged, events: expected.length, kills, report };
};

/** Takes everything. `holdNext`: does not answer the next request until it is released; resolves when that has come. */
const keepingReceiver = async () => {
  const ledger = new DeliveryLedger();
  let onHeld: ((release: () => void) => void) | undefined;
  const { host } = await httpReceiver((request: IncomingMessage, response: ServerResponse) => {
    request.resume().on('end', () => {
      ledger.hear(request.headers, true);
      const hold = onHeld;
      onHeld = undefined;
      if (hold === undefined) response.end();
      else hold(() => response.end());
    });
  });
  const holdNext = (): Promise<() => void> =>
    new Promise((resolve) => {
      onHeld = resolve;
    });
  return { ledger, holdNext, url: `http://${host}/` };
};

const count = async ({ db }: TestDatabase, table: 'outbox' | 'hook_deliveries'): Promise<number> => {
  const rows =
    table === 'outbox'
      ? await db.selectFrom('outbox').select('id').execute()
      : await db.selectFrom('hook_deliveries').select('id').where('state', '=', 'pending').execute();
  return rows.length;
};

const eventsSince = ({ db }: TestDatabase, since: number): Promise<readonly ExpectedEvent[]> =>
  db
    .selectFrom('events')
    .select(['sequence', 'subject'])
    .where('sequence', '>', since)
    .where('payload', 'is not', null)
    .orderBy('sequence')
    .execute();
