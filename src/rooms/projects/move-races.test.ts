import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { FactRecord } from '../../../test/support/fact-record.ts';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { Tx } from '../../platform/postgres/index.ts';

const record = new FactRecord();
let app: TestApp;
let ada: Person;
let count = 0;

beforeAll(async () => {
  app = await startTestApp({ subscribers: [record.subscriber] });
  await record.open(app.db);
  ada = await app.addPerson('ada');
});
afterAll(() => app.close());
beforeEach(async () => {
  await record.take();
});

const newName = (): string => {
  count += 1;
  return `thing-${count}`;
};
const addGroup = async () => {
  const path = newName();
  const made = await app.http('POST', '/groups', { as: ada, form: { name: path, path } });
  return { id: made.must(201).number('id'), path };
};
const addProject = async (namespaceId: number) => {
  const form = { name: newName(), namespace_id: String(namespaceId) };
  return (await app.http('POST', '/projects', { as: ada, form })).must(201).number('id');
};
const rowOf = (id: number) =>
  app.db.selectFrom('projects').select(['full_path', 'deleted_at']).where('id', '=', id).executeTakeFirstOrThrow();

/** Until somebody waits for a row, or has not for a long while. */
const untilSomebodyWaits = async (): Promise<void> => {
  for (let tries = 0; tries < 300; tries += 1) {
    const { rows } = await sql<{ readonly waiting: number }>`
      select count(*)::integer as waiting from pg_locks where not granted`.execute(app.db);
    if ((rows[0]?.waiting ?? 0) > 0) return;
  }
};

/** The answer to a request that was under way while a transaction did something. */
const duringWhich = async (
  lock: (tx: Tx) => Promise<unknown>,
  ask: () => ReturnType<TestApp['http']>,
  change: (tx: Tx) => Promise<unknown>,
) => {
  let answer: ReturnType<TestApp['http']> | undefined;
  await app.db.transaction().execute(async (tx) => {
    await lock(tx);
    answer = ask();
    await untilSomebodyWaits();
    await change(tx);
  });
  return answer;
};

it('a project that is deleted at this moment is not transferred', async () => {
  const [from, to] = [await addGroup(), await addGroup()];
  const id = await addProject(from.id);
  await record.take();
  const answer = await duringWhich(
    (tx) => tx.selectFrom('projects').select('id').where('id', '=', id).forNoKeyUpdate().execute(),
    () => app.http('PUT', `/projects/${id}/transfer`, { as: ada, form: { namespace: String(to.id) } }),
    (tx) => tx.updateTable('projects').set({ deleted_at: app.clock.now() }).where('id', '=', id).execute(),
  );
  answer?.must(404);
  expect((await rowOf(id)).full_path.startsWith(`${from.path}/`)).toBe(true);
  expect(await record.take()).toEqual([]);
});

it('a project that is transferred at this moment does not get a path in the namespace it left', async () => {
  const [from, to] = [await addGroup(), await addGroup()];
  const id = await addProject(from.id);
  await record.take();
  const answer = await duringWhich(
    (tx) => tx.selectFrom('namespaces').select('id').where('id', '=', from.id).forNoKeyUpdate().execute(),
    () => app.http('PUT', `/projects/${id}`, { as: ada, form: { path: newName() } }),
    (tx) =>
      tx
        .updateTable('projects')
        .set({ namespace_id: to.id, full_path: `${to.path}/moved` })
        .where('id', '=', id)
        .execute(),
  );
  answer?.must(409);
  expect((await rowOf(id)).full_path).toBe(`${to.path}/moved`);
  expect(await record.take()).toEqual([]);
});
