import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHook } from '../../../../test/support/add-hook.ts';
import { httpReceiver } from '../../../../test/support/receiver.ts';
import { startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import { until } from '../../../../test/support/until.ts';
import type { HookId } from '../../../kit/ids.ts';
import { insertDeliveries } from '../delivery-store.ts';
import type { HookPlace } from '../hook.ts';
import { deliverNow } from './deliver-now.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ outboundAllow: '127.0.0.1' });
});
afterAll(() => app.close());

const enqueue = (hookId: HookId, subjects: readonly string[]) =>
  app.db.transaction().execute((tx) =>
    insertDeliveries(
      tx,
      subjects.map((subject) => ({ hookId, eventSequence: null, trigger: null, subject, payload: { subject } })),
      app.clock.now(),
    ),
  );

/** Answers with 410 when it is told to; `count` requests have come. */
const hesitant = async () => {
  const release = Promise.withResolvers<undefined>();
  let count = 0;
  const { host } = await httpReceiver((_request, response) => {
    count += 1;
    void release.promise.then(() => response.writeHead(410).end());
  });
  return { url: `http://${host}/`, count: () => count, answer: () => release.resolve(undefined) };
};

const projectPlace = async (): Promise<Extract<HookPlace, { kind: 'project' }>> => ({
  kind: 'project',
  projectId: (await app.addProject({})).id,
});

const noticesOf = async (id: HookId) => {
  await app.tick('events');
  return app.db
    .selectFrom('events')
    .select('event_name')
    .where('subject', '=', `hook:${id}`)
    .where('event_name', '=', 'hook_disabled')
    .execute();
};

describe('what an endpoint answers', () => {
  it('says nothing of the hook that leads elsewhere by then', async () => {
    const before = await hesitant();
    const heard: string[] = [];
    const after = await httpReceiver((request, response) => {
      heard.push(String(request.headers['webhook-id']));
      response.end();
    });
    const place = await projectPlace();
    const { id } = await addHook(app, { url: before.url, place });
    await enqueue(id, ['a', 'b']);
    await app.parts.drains.look();
    await until(() => before.count() === 1, 'it is sending to the old address');
    const path = `/projects/${place.projectId}/hooks/${id}`;
    const json = { url: `http://${after.host}/` };
    const changed = await app.http('PUT', path, { as: (await app.root()).token, json });
    expect(changed.status).toBe(200);
    before.answer();
    await app.parts.drains.idle();
    await app.parts.drains.look();
    await app.parts.drains.idle();
    const row = await app.db.selectFrom('hooks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ disabled_at: null, consecutive_failures: 0, drain_leased_until: null });
    expect(await noticesOf(id)).toEqual([]);
    expect(heard).toHaveLength(2);
  });

  it('disables no hook that a test has found healthy since', async () => {
    const release = Promise.withResolvers<undefined>();
    let count = 0;
    const { host } = await httpReceiver((_request, response) => {
      count += 1;
      if (count > 1) response.end();
      else void release.promise.then(() => response.writeHead(500).end());
    });
    const hook = await addHook(app, { url: `http://${host}/`, place: await projectPlace() });
    const { id } = hook;
    const since = new Date(app.clock.now().getTime() - 8 * 86_400_000);
    await app.db
      .updateTable('hooks')
      .set({ consecutive_failures: 39, failing_since: since })
      .where('id', '=', id)
      .execute();
    await enqueue(id, ['a']);
    await app.parts.drains.look();
    await until(() => count === 1, 'it is sending');
    await deliverNow(app.parts, hook, { trigger: null, payload: {}, subject: 'test' });
    release.resolve(undefined);
    await app.parts.drains.idle();
    const row = await app.db.selectFrom('hooks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row.disabled_at).toBeNull();
    expect(await noticesOf(id)).toEqual([]);
  });

  it('disables no hook that is deleted by then, and nobody is told so', async () => {
    const receiver = await hesitant();
    const { id } = await addHook(app, { url: receiver.url, place: await projectPlace() });
    await enqueue(id, ['a']);
    await app.parts.drains.look();
    await until(() => receiver.count() === 1, 'it is sending');
    await app.db.deleteFrom('hooks').where('id', '=', id).execute();
    receiver.answer();
    await app.parts.drains.idle();
    expect(await noticesOf(id)).toEqual([]);
  });
});
