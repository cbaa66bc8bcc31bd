import { afterAll, beforeAll, expect, it } from 'vitest';
import { FactRecord } from '../../test/support/fact-record.ts';
import { startTestApp, type TestApp } from '../../test/support/test-app.ts';
import { ensureRoot } from '../rooms/accounts/index.ts';

const record = new FactRecord();
let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ subscribers: [record.subscriber] });
  await record.open(app.db);
});
afterAll(() => app.close());

it('a start without root tells of the one that it makes, and makes none where a group has the name', async () => {
  const start = () => ensureRoot(app.parts, { password: 'correct horse battery' });
  const owner = await app.addPerson('owner', { admin: true });
  const form = { name: 'Root', path: 'root' };
  const id = (await app.http('POST', '/groups', { as: owner, form })).must(201).number('id');
  await record.take();
  await expect(start()).rejects.toThrow('belongs to a group');
  expect((await app.http('GET', '/users?username=root', { as: owner })).must(200).body).toEqual([]);
  expect(await record.take()).toEqual([]);
  (await app.http('DELETE', `/groups/${id}`, { as: owner })).must(202);
  await record.take();
  expect((await start()).created).toBe(true);
  expect((await start()).created).toBe(false);
  expect(await record.take()).toEqual([{ type: 'user_created', userId: expect.any(Number) }]);
});
